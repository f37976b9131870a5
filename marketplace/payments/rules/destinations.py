"""Where a cooperative's money goes: changed by two people, and not from one hour to the next."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.names import read_name
from marketplace.kernel.text import Sentence, say

COOLING = timedelta(hours=24)
LONGEST_BANK, LONGEST_HOLDER = 40, 80
_NUMBER = re.compile(r"[0-9]{6,20}")
_BETWEEN_DIGITS = re.compile(r"[ .\-]")


class DestinationKind(Enum):
    """A QRIS code or a bank account."""

    QRIS = "qris"
    BANK = "rekening"


class DestinationState(Enum):
    """How far a destination is; one of each kind is in use, and at most one is on its way."""

    PROPOSED = "diusulkan"
    APPROVED = "disetujui"
    IN_USE = "dipakai"
    REPLACED = "diganti"
    WITHDRAWN = "ditarik"


_S = DestinationState
NEXT_DESTINATIONS: dict[DestinationState, frozenset[DestinationState]] = {
    _S.PROPOSED: frozenset({_S.APPROVED, _S.IN_USE, _S.WITHDRAWN}),
    _S.APPROVED: frozenset({_S.IN_USE, _S.WITHDRAWN}),
    _S.IN_USE: frozenset({_S.REPLACED, _S.WITHDRAWN}),
    _S.REPLACED: frozenset(),
    _S.WITHDRAWN: frozenset(),
}
DESTINATION_LABELS: dict[DestinationState, Sentence] = {
    _S.PROPOSED: say("Menunggu persetujuan"),
    _S.APPROVED: say("Disetujui, belum berlaku"),
    _S.IN_USE: say("Dipakai"),
    _S.REPLACED: say("Diganti"),
    _S.WITHDRAWN: say("Ditarik"),
}


class SamePerson(RuleBroken):
    """Who proposes may not approve."""

    code = "same_person"


class OtherWaiting(RuleBroken):
    """Another change of the same kind is on its way."""

    code = "other_waiting"


class WrongDestinationStep(RuleBroken):
    """Somebody else was faster: the destination stands elsewhere by now."""

    code = "wrong_step"


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account as it stands on a bank book."""

    bank: str
    number: str
    holder: str

    kind = DestinationKind.BANK


@dataclass(frozen=True, slots=True)
class QrisCode:
    """A static code that was read and checked; ``holder`` is the name in it."""

    payload: str
    holder: str
    converts: bool

    kind = DestinationKind.QRIS


def checked_account(bank: str, number: str, holder: str) -> BankAccount:
    """Read an account as people write it: digits, perhaps in groups."""
    digits = _BETWEEN_DIGITS.sub("", number)
    wrong: dict[str, Sentence | str] = {}
    if not _NUMBER.fullmatch(digits):
        wrong["number"] = say("Nomor rekening berupa 6 sampai 20 angka.")
    names = {}
    for field, text, longest in (
        ("bank", bank, LONGEST_BANK),
        ("holder", holder, LONGEST_HOLDER),
    ):
        try:
            names[field] = read_name(text)
        except Invalid as unreadable:
            wrong[field] = unreadable.message
        else:
            if len(names[field]) > longest:
                wrong[field] = say("Paling panjang %(most)s huruf.", most=longest)
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong)
    return BankAccount(names["bank"], digits, names["holder"])


def move(current: DestinationState, wanted: DestinationState) -> DestinationState:
    """Return the wanted state if a destination may go there now."""
    if wanted not in NEXT_DESTINATIONS[current]:
        raise WrongDestinationStep(
            say("Perubahan ini sudah %(state)s.", state=DESTINATION_LABELS[current])
        )
    return wanted
