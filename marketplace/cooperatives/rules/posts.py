"""Who may give which post, and who may open a forgotten account again."""

from __future__ import annotations

from collections.abc import Iterable

from marketplace.kernel.access import OFFICERS, Role
from marketplace.kernel.text import Sentence, say

OFFICER_POSTS = OFFICERS | {Role.SUPERVISOR}
ROLE_NAMES: dict[Role, Sentence] = {
    Role.CHAIR: say("Ketua"),
    Role.SECRETARY: say("Sekretaris"),
    Role.TREASURER: say("Bendahara"),
    Role.SUPERVISOR: say("Pengawas"),
    Role.SELLER: say("Penjual"),
    Role.MEMBER: say("Anggota koperasi"),
}


def may_give(giver: Iterable[Role], role: Role) -> bool:
    """Say whether a holder of these posts may give or end this one.

    The chair gives all; the other officers call in sellers and members.
    """
    held = set(giver)
    if Role.CHAIR in held:
        return True
    return bool(held & OFFICERS) and role not in OFFICER_POSTS


def would_be_missed(own: Iterable[Role], others: Iterable[Role]) -> bool:
    """Say whether a cooperative would have no chair, or no officer at all, without a person."""
    lost, left = set(own) & OFFICERS, set(others) & OFFICERS
    return bool(lost) and (not left or (Role.CHAIR in lost and Role.CHAIR not in left))


def may_reset(officer: Iterable[Role], owner: Iterable[Role], *, trusted_elsewhere: bool) -> bool:
    """Say whether an officer may hand a person a link for a new password.

    Only people of one's own cooperative, officers only by the chair, and nobody who holds
    more than one could reach otherwise: an officer of another cooperative, the city
    office, those who run the site.
    """
    theirs = set(owner)
    if not theirs or trusted_elsewhere:
        return False
    return all(may_give(officer, role) for role in theirs)
