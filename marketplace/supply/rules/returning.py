"""Members bring goods back: what the returned part had cost, and how the money goes back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from marketplace.kernel.allocation import largest_remainder
from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import Sentence, say
from marketplace.ledger.rules import Purpose
from marketplace.supply.rules.charges import Charge
from marketplace.supply.rules.paying import PaidWith


class ReturnedTo(Enum):
    """Where goods go that a member brought back."""

    STOCK = "stok"
    LOST = "susut"


RETURNED_TO_LABELS: dict[ReturnedTo, Sentence] = {
    ReturnedTo.STOCK: say("Masih bagus, masuk stok koperasi"),
    ReturnedTo.LOST: say("Rusak, ditanggung koperasi sebagai susut"),
}
RETURNED_TO_PURPOSES: dict[ReturnedTo, Purpose] = {
    ReturnedTo.STOCK: Purpose.STOCK,
    ReturnedTo.LOST: Purpose.SHRINKAGE,
}
MONEY_BACK_LABELS: dict[PaidWith, Sentence] = {
    PaidWith.CASH: say("Tunai"),
    PaidWith.TRANSFER: say("Transfer bank"),
    PaidWith.BALANCE: say("Jadi titipan anggota"),
    PaidWith.CREDIT: say("Potong bon"),
}


class BadReturn(Invalid):
    """More is brought back than was fetched, or nothing at all."""


class ReturnFixed(RuleBroken):
    """A return that cannot be taken back any more, or goods that were returned."""

    code = "return_fixed"


FREE = Charge()


@dataclass(frozen=True, slots=True)
class ReturnedPart:
    """So much of what was handed over, its price, and what rounding let off of that."""

    quantity: int = 0
    price: Charge = FREE
    rounded: int = 0

    def __add__(self, other: ReturnedPart) -> ReturnedPart:
        return ReturnedPart(
            self.quantity + other.quantity, self.price + other.price, self.rounded + other.rounded
        )


def returned_part(whole: ReturnedPart, before: ReturnedPart, returning: int) -> ReturnedPart:
    """Say what a part of a hand-over had cost, after ``before`` was returned of it.

    Each part of the price is split by quantity, and what is returned last makes it whole, so
    that nobody gets back a rupiah more or less than was paid. Raises BadReturn.

    >>> returned_part(ReturnedPart(3, Charge(goods=100), 1), ReturnedPart(), 2)
    ReturnedPart(quantity=2, price=Charge(goods=67, discount=0, costs=0, margin=0), rounded=1)
    """
    left = whole.quantity - before.quantity
    if not 0 < returning <= left:
        wrong = say("Yang dikembalikan tidak bisa lebih dari yang diambil, dan tidak bisa kosong.")
        raise BadReturn(wrong, fields={"quantity": wrong})
    rest = whole.price - before.price
    let_off = whole.rounded - before.rounded
    if returning == left:
        return ReturnedPart(returning, rest, let_off)
    weights = [returning, left - returning]
    goods, discount, costs, margin, off = (
        largest_remainder(amount, weights)[0]
        for amount in (rest.goods, rest.discount, rest.costs, rest.margin, let_off)
    )
    price = Charge(goods, discount, costs, margin)
    # Neither this part nor what is left of it may let more off than it cost.
    off = min(max(off, let_off - (rest.total - price.total)), price.total)
    return ReturnedPart(returning, price, off)


def ways_back(paid: PaidWith, owed: Rupiah) -> list[PaidWith]:
    """Say how money may go back: what was taken on account and is still owed is owed no more."""
    if owed and paid is PaidWith.CREDIT:
        return [PaidWith.CREDIT]
    ways = [PaidWith.CASH, PaidWith.TRANSFER, PaidWith.BALANCE]
    return [*ways, PaidWith.CREDIT] if owed else ways
