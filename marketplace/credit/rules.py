"""A member's credit: how much room is left, when a bon is due, and which bon money pays.

Titipan is not counted: it stays the member's own until they say that a bon be paid from it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Generic, TypeVar

from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import Sentence, say
from marketplace.ledger.rules import Purpose

K = TypeVar("K", bound=Hashable)
NOTHING = Rupiah(0)
LARGEST_LIMIT = Rupiah(1_000_000_000)
LONGEST_DAYS = 365
USUAL_DAYS = 14
REMINDED_DAYS_BEFORE = 2
# So many nights may be missed before nobody is told that a bon is late.
LATE_DAYS_LOOKED_BACK = 30
LONGEST_KEY = 100
LONGEST_MEMO = 200


class PaidBy(Enum):
    """How a member pays what they owe."""

    CASH = "tunai"
    BANK = "bank"
    BALANCE = "titipan"


PAID_BY_LABELS: dict[PaidBy, Sentence] = {
    PaidBy.CASH: say("Tunai, masuk kas"),
    PaidBy.BANK: say("Transfer, masuk bank"),
    PaidBy.BALANCE: say("Titipan anggota"),
}
# Where the money arrives; titipan is taken from the member's own part instead.
PURSES: dict[PaidBy, Purpose] = {
    PaidBy.CASH: Purpose.CASH,
    PaidBy.BANK: Purpose.BANK,
    PaidBy.BALANCE: Purpose.MEMBER_BALANCE,
}


class CreditTooSmall(RuleBroken):
    """More is to be taken on account than there is room for."""

    code = "credit_too_small"


class PaidTooMuch(RuleBroken):
    """More is to be paid than is owed."""

    code = "paid_too_much"


class OwnLimit(RuleBroken):
    """Somebody would decide about their own credit."""

    status = 403
    code = "own_limit"


class NotAgreed(Invalid):
    """A member's titipan would be used without their consent."""

    code = "not_agreed"


class CreditKeyReused(RuleBroken):
    """The same key or cause came with something else."""

    code = "key_reused"


class AlreadyPaid(RuleBroken):
    """A bon of which something was paid cannot be undone."""

    code = "already_paid"


@dataclass(frozen=True, slots=True)
class Use:
    """What a member may take on account, and what of it is used: owed already, or held."""

    limit: Rupiah
    owed: Rupiah
    held: Rupiah

    @property
    def free(self) -> Rupiah:
        """Say how much more may be taken; never less than nothing."""
        return max(NOTHING, self.limit - self.owed - self.held)


def check_terms(amount: Rupiah, due_days: int) -> None:
    """Refuse a limit or a number of days that no cooperative would mean. Raises Invalid."""
    if not NOTHING <= amount <= LARGEST_LIMIT:
        raise _wrong("limit", say("Batas bon antara Rp 0 dan %(most)s.", most=LARGEST_LIMIT))
    if not 1 <= due_days <= LONGEST_DAYS:
        raise _wrong("due_days", say("Jatuh tempo antara 1 dan %(most)s hari.", most=LONGEST_DAYS))


def check_amount(amount: Rupiah) -> None:
    """Refuse to hold, charge or pay nothing. Raises Invalid."""
    if not NOTHING < amount <= LARGEST_LIMIT:
        raise _wrong("amount", say("Isi jumlahnya, misalnya 30.000."))


def _wrong(field: str, message: Sentence) -> Invalid:
    return Invalid(message, fields={field: message})


def check_room(use: Use, wanted: Rupiah, *, promised: Rupiah = NOTHING) -> None:
    """Refuse what does not fit. ``use`` counts all but what was ``promised`` for the same cause.

    What was promised is kept, also when the limit was lowered meanwhile. Raises CreditTooSmall.

    >>> check_room(Use(Rupiah(100), Rupiah(40), Rupiah(10)), Rupiah(50))
    """
    if wanted <= max(promised, use.free):
        return
    if not use.limit:
        raise CreditTooSmall(say("Anggota ini tidak punya bon. Bayar dengan cara lain."))
    raise CreditTooSmall(
        say(
            "Masih bisa bon %(free)s, kurang %(short)s. Bayar bon lama atau kurangi jumlahnya.",
            free=use.free,
            short=wanted - use.free,
        )
    )


def due_on(dated: date, days: int) -> date:
    """Say by when a bon is to be paid.

    >>> due_on(date(2026, 2, 25), 14)
    datetime.date(2026, 3, 11)
    """
    return dated + timedelta(days=days)


def days_late(due: date | None, today: date) -> int:
    """Count the days since a bon should have been paid; on the due day it is not late.

    >>> [days_late(date(2026, 3, 11), date(2026, 3, day)) for day in (10, 11, 12)]
    [0, 0, 1]
    """
    return max(0, (today - due).days) if due else 0


@dataclass(frozen=True, slots=True)
class OpenBill(Generic[K]):
    """A bon of which something is still to be paid."""

    key: K
    dated: date
    number: int
    left: Rupiah


def pay_oldest(bills: Iterable[OpenBill[K]], amount: Rupiah) -> list[tuple[K, Rupiah]]:
    """Say how much of a payment each bon gets: the oldest first, in whatever order they come.

    Raises PaidTooMuch.

    >>> first = OpenBill("sugar", date(2026, 3, 1), 1, Rupiah(30))
    >>> second = OpenBill("rice", date(2026, 3, 2), 2, Rupiah(50))
    >>> pay_oldest([second, first], Rupiah(40))
    [('sugar', Rupiah(amount=30)), ('rice', Rupiah(amount=10))]
    """
    waiting = sorted(bills, key=lambda bill: (bill.dated, bill.number))
    owed = Rupiah.total(bill.left for bill in waiting)
    if amount > owed:
        message = say("Bonnya tinggal %(owed)s. Isi paling banyak sejumlah itu.", owed=owed)
        raise PaidTooMuch(message, fields={"amount": message})
    parts, rest = [], amount
    for bill in waiting:
        part = min(bill.left, rest)
        if part:
            parts.append((bill.key, part))
        rest -= part
    return parts
