"""Taking pieces off an order before it is handed over."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.orders.rules.states import OrderState

# Money that is still waited for is asked for by a code with its amount: cancel and order anew.
REDUCIBLE = frozenset(
    {
        OrderState.NEW,
        OrderState.IN_PREPARATION,
        OrderState.READY,
        OrderState.READY_FOR_PICKUP,
    }
)
LONGEST_CUT_REASON = 200


class CutKeyReused(RuleBroken):
    """The same form asked for other pieces before."""

    code = "key_reused"


class NothingLeft(RuleBroken):
    """All pieces would go: that is a cancellation."""

    code = "nothing_left"


def check_cut(quantities: Mapping[UUID, int], pieces: Mapping[UUID, int], reason: str) -> None:
    """Refuse pieces that are not there, and an order that would be empty.

    Raises Invalid, NothingLeft.
    """
    if not pieces:
        raise Invalid(say("Isi berapa yang dikurangi, paling sedikit satu barang."))
    if not 1 <= len(reason.strip()) <= LONGEST_CUT_REASON:
        wrong = say("Tulis alasannya, misalnya bahan habis.")
        raise Invalid(wrong, fields={"reason": wrong})
    for line_id, quantity in pieces.items():
        if not 1 <= quantity <= quantities.get(line_id, 0):
            raise Invalid(say("Barang atau jumlahnya tidak ada di pesanan ini."))
    if sum(pieces.values()) >= sum(quantities.values()):
        raise NothingLeft(say("Paling sedikit satu barang tersisa. Kalau semua, batalkan saja."))


def commission_left(commission: Rupiah, quantity: int, left: int) -> Rupiah:
    """Say what the cooperative's share of a line is when fewer pieces are left.

    It is rounded down, as when it was made: a rupiah that cannot be divided is the maker's.

    >>> commission_left(Rupiah(1_001), 3, 2).amount
    667
    """
    return Rupiah(commission.amount * left // quantity)
