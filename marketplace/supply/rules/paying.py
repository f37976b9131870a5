"""How a member pays for what they fetch."""

from __future__ import annotations

from enum import Enum
from uuid import UUID

from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import Sentence, say
from marketplace.ledger.rules import MemberAccount, Purpose
from marketplace.payments.rules.cash import rounded_cash
from marketplace.supply.rules.charges import estimate


class PaidWith(Enum):
    """What a member hands over, lets be taken, or owes for their share."""

    CASH = "tunai"
    QRIS = "qris"
    TRANSFER = "transfer"
    BALANCE = "titipan"
    CREDIT = "bon"


PAID_WITH_LABELS: dict[PaidWith, Sentence] = {
    PaidWith.CASH: say("Tunai"),
    PaidWith.QRIS: say("QRIS"),
    PaidWith.TRANSFER: say("Transfer bank"),
    PaidWith.BALANCE: say("Titipan anggota"),
    PaidWith.CREDIT: say("Bon, dibayar nanti"),
}
_PARTS = {
    PaidWith.BALANCE: Purpose.MEMBER_BALANCE,
    PaidWith.CREDIT: Purpose.GOODS_ON_ACCOUNT,
}
_PURSES = {
    PaidWith.CASH: Purpose.CASH,
    PaidWith.QRIS: Purpose.BANK,  # the cooperative's own code pays into its bank
    PaidWith.TRANSFER: Purpose.BANK,
}


def place_of(way: PaidWith, member_id: UUID) -> Purpose | MemberAccount:
    """Say where in the books the money comes from that pays for a member's share."""
    part = _PARTS.get(way)
    return _PURSES[way] if part is None else MemberAccount(part, member_id)


def asked_of(way: PaidWith, total: Rupiah, rounding: int) -> Rupiah:
    """Say what is asked for a total: cash in whole steps, rounded down; the rest exactly.

    >>> asked_of(PaidWith.CASH, Rupiah(412_333), 500), asked_of(PaidWith.QRIS, Rupiah(412_333), 500)
    (Rupiah(412000), Rupiah(412333))
    """
    return rounded_cash(total, rounding) if way is PaidWith.CASH else total


def ceiling_of(
    quantity: int, pack_price: int, pack_size: int, *, pack_costs: int = 0, margin: int = 0
) -> Rupiah:
    """Say what a quantity can cost at most as announced: single price, costs and margin.

    >>> ceiling_of(10, 412_000, 4), ceiling_of(10, 412_000, 4, pack_costs=8_000, margin=250)
    (Rupiah(1030000), Rupiah(1076250))
    """
    goods = -(-quantity * pack_price // pack_size)
    said = estimate(goods, quantity, pack_costs=pack_costs, pack_size=pack_size, margin=margin)
    return Rupiah(said.total)
