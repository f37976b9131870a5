"""Sharing the proceeds of what was sold together among those who delivered it.

Source: worked case POOL-01. The cooperative's fee is rounded down, so is each member's part of
the rest; what cannot be divided stays with the cooperative.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Generic, TypeVar

from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.shares import price_split
from marketplace.kernel.text import Sentence, say
from marketplace.ledger.rules import Purpose

K = TypeVar("K", bound=Hashable)
LARGEST_PROCEEDS = Rupiah(10**12)
MOST_DELIVERED = 1_000_000
MOST_MEMBERS = 150
LONGEST_TITLE = 120
LONGEST_UNIT = 20
LONGEST_REASON = 200


class PaidInto(Enum):
    """Where the money of a pooled sale came in."""

    CASH = "tunai"
    BANK = "bank"


PURSES: dict[PaidInto, Purpose] = {PaidInto.CASH: Purpose.CASH, PaidInto.BANK: Purpose.BANK}
PAID_INTO_LABELS: dict[PaidInto, Sentence] = {
    PaidInto.CASH: say("Tunai, masuk kas"),
    PaidInto.BANK: say("Transfer, masuk bank"),
}


class BadPool(Invalid):
    """A sale of which the proceeds cannot be shared."""

    code = "invalid"


class PaidOutAlready(RuleBroken):
    """A pooled sale cannot be undone: of its money too little is left."""

    code = "paid_out_already"


class PoolKeyReused(RuleBroken):
    """The same key came with another sale."""

    code = "key_reused"


@dataclass(frozen=True, slots=True)
class Proceeds(Generic[K]):
    """Who gets what: the members their parts, the cooperative its fee and the residue."""

    members: dict[K, Rupiah]
    fee: Rupiah
    residue: Rupiah

    @property
    def cooperative(self) -> Rupiah:
        """Give what the cooperative gets in all."""
        return self.fee + self.residue

    @property
    def net(self) -> Rupiah:
        """Give what is shared among the members, before rounding."""
        return Rupiah.total(self.members.values()) + self.residue


def share_proceeds(
    proceeds: Rupiah, fee_basis_points: int, delivered: Mapping[K, int]
) -> Proceeds[K]:
    """Share what a pooled sale brought by how much each delivered. Raises BadPool, NotAShare.

    >>> shared = share_proceeds(Rupiah(100), 500, {"Bu Lilik": 2, "Mas Wahyu": 1})
    >>> [part.amount for part in shared.members.values()], shared.cooperative.amount
    ([63, 31], 6)
    """
    if not Rupiah(0) < proceeds <= LARGEST_PROCEEDS:
        raise _wrong("proceeds", say("Isi hasil penjualan, misalnya 4.321.777."))
    for quantity in delivered.values():
        if not 0 < quantity <= MOST_DELIVERED:
            raise _wrong("delivered", say("Jumlah yang disetor antara 1 dan 1.000.000."))
    if len(delivered) > MOST_MEMBERS:
        raise _wrong(
            "delivered", say("Paling banyak %(most)s orang sekali bagi.", most=MOST_MEMBERS)
        )
    together = sum(delivered.values())
    if not together:
        raise _wrong("delivered", say("Isi siapa menyetor berapa, paling sedikit satu orang."))
    net, fee = price_split(proceeds, fee_basis_points)
    members = {
        member: Rupiah(net.amount * quantity // together) for member, quantity in delivered.items()
    }
    return Proceeds(members, fee, net - Rupiah.total(members.values()))


def _wrong(field: str, message: Sentence) -> BadPool:
    return BadPool(message, fields={field: message})


@dataclass(frozen=True, slots=True)
class PooledSale(Generic[K]):
    """A sale as the officer tells of it: what it brought, and who had delivered how much.

    ``unit`` names in what the quantities are counted.
    """

    title: str
    unit: str
    sold_on: date
    proceeds: Rupiah
    fee_basis_points: int
    delivered: Mapping[K, int]

    def shared(self) -> Proceeds[K]:
        """Say who gets what. Raises BadPool, NotAShare."""
        for field, text, longest in (
            ("title", self.title, LONGEST_TITLE),
            ("unit", self.unit, LONGEST_UNIT),
        ):
            if not 0 < len(text.strip()) <= longest:
                raise _wrong(field, say("Isi bagian ini."))
        return share_proceeds(self.proceeds, self.fee_basis_points, self.delivered)
