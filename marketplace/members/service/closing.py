"""Leaving the site: a person closes their account, cooperatives keep what the law asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts import service as people
from marketplace.cooperatives import queries as cooperative_queries
from marketplace.cooperatives import service as cooperatives
from marketplace.cooperatives.models import Cooperative
from marketplace.cooperatives.service.posts import lock
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.text import say
from marketplace.members import queries
from marketplace.members.service.register import tell


class StillNeeded(RuleBroken):
    """A cooperative would be left without a chair, or without any officer."""

    code = "still_needed"

    def __init__(self, left_alone: Sequence[Cooperative]) -> None:
        super().__init__(
            say(
                "%(names)s masih membutuhkanmu. Serahkan dulu jabatanmu kepada pengurus lain.",
                names=", ".join(each.name for each in left_alone),
            )
        )


def close_account(session: Session, proof: people.Proof, *, at: datetime) -> None:
    """Close an account for good: posts end, and lines of registers become those of no account.

    Members stay members, for whom officers act from now on; orders stay as they were
    placed. Nobody closes who is the last chair or the last officer of a cooperative.
    """
    account_id = people.proven(session, proof).id
    for each in sorted(cooperative_queries.mine(session, account_id), key=_number):
        lock(session, each.cooperative.id)
    left_alone = cooperative_queries.left_alone_without(session, account_id)
    if left_alone:
        raise StillNeeded(left_alone)
    _lay_down_posts(session, account_id, at=at)
    for member in queries.lines_of(session, account_id):
        member.account_id = None
        tell(session, "member.changed", member, at=at)
    cooperatives.forget_invited(session, account_id)
    people.close(session, proof, at=at)


def _number(each: cooperative_queries.Mine) -> int:
    return each.cooperative.id


def _lay_down_posts(session: Session, account_id: UUID, *, at: datetime) -> None:
    for each in sorted(cooperative_queries.mine(session, account_id), key=_number):
        for post in cooperative_queries.posts_of(session, each.cooperative.id, account_id):
            cooperatives.end_post(session, each.cooperative, post.id, by=account_id, at=at)
