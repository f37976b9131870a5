"""Money back: how much, of what, by whom; and how a part of a sale is mirrored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from uuid import UUID

from marketplace.kernel.allocation import largest_remainder
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import Sentence, say
from marketplace.orders.rules.states import OrderState

NOTHING = Rupiah(0)
LONGEST_REASON = 300


class RefundState(Enum):
    """How far the giving back of money is."""

    REQUESTED = "diminta"
    APPROVED = "disetujui"
    PAID = "dibayar"
    REFUSED = "ditolak"


class RefundKind(Enum):
    """Why money goes back: it was owed anyway, or a part of a sale is undone."""

    OWED = "terutang"
    RETURN = "retur"


class RefundMethod(Enum):
    """By what way money goes back to the buyer."""

    CASH = "tunai"
    SAME_WAY = "asal"
    TRANSFER = "transfer"
    BALANCE = "titipan"


NEXT_REFUND_STATES: dict[RefundState, frozenset[RefundState]] = {
    RefundState.REQUESTED: frozenset({RefundState.APPROVED, RefundState.REFUSED}),
    RefundState.APPROVED: frozenset({RefundState.PAID}),
    RefundState.PAID: frozenset(),
    RefundState.REFUSED: frozenset(),
}
REFUND_LABELS: dict[RefundState, Sentence] = {
    RefundState.REQUESTED: say("Menunggu persetujuan"),
    RefundState.APPROVED: say("Siap dibayar"),
    RefundState.PAID: say("Sudah dikembalikan"),
    RefundState.REFUSED: say("Ditolak"),
}
REFUND_METHOD_LABELS: dict[RefundMethod, Sentence] = {
    RefundMethod.CASH: say("Tunai"),
    RefundMethod.SAME_WAY: say("Lewat jalan uangnya masuk"),
    RefundMethod.TRANSFER: say("Transfer, dengan bukti"),
    RefundMethod.BALANCE: say("Titipan anggota"),
}


class TooMuchBack(RuleBroken):
    """More than was paid less what has gone back already."""

    code = "refund_too_much"


class NothingOwed(RuleBroken):
    """There is no money of this order that could go back."""

    code = "nothing_owed"


class WrongRefundStep(RuleBroken):
    """A step that a refund may not take now."""

    code = "wrong_step"


class SecondOfficer(RuleBroken):
    """Who asked for a large refund may not be the one who approves it."""

    status = 403
    code = "needs_another_person"


class ProofMissing(RuleBroken):
    """Money that left by transfer needs something that shows it."""

    status = 422
    code = "proof_missing"


def refund_step(current: RefundState, wanted: RefundState) -> RefundState:
    """Return the wanted state if the refund may take that step now."""
    if wanted not in NEXT_REFUND_STATES[current]:
        raise WrongRefundStep(
            say(
                "Pengembalian “%(current)s” tidak bisa dijadikan “%(wanted)s”.",
                current=REFUND_LABELS[current],
                wanted=REFUND_LABELS[wanted],
            )
        )
    return wanted


def needs_second(limit: Rupiah, before: Rupiah, amount: Rupiah) -> bool:
    """Say whether another officer must agree; many small refunds of one order add up."""
    return before + amount > limit


def owed_back(
    state: OrderState, *, due: Rupiah, received: Rupiah, returned: Rupiah, refunded: Rupiah
) -> Rupiah:
    """Say how much of a buyer's money the cooperative keeps for no goods.

    ``returned`` is the part of a sale that was undone. While an order goes on, only what is
    more than its price is owed; once it has ended without goods, all.
    """
    ended = state in (OrderState.EXPIRED, OrderState.CANCELLED)
    earned = NOTHING if ended else min(due, received)
    return received - earned + returned - refunded


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of an order as its money may go back.

    ``paid`` is its part of what the buyer paid, ``refunded`` and ``returned`` what went back
    of it: money and pieces.
    """

    id: UUID
    quantity: int
    total: Rupiah
    maker_share: Rupiah
    paid: Rupiah
    refunded: Rupiah = NOTHING
    returned: int = 0

    @property
    def left(self) -> Rupiah:
        """Say how much money may still go back."""
        return self.paid - self.refunded

    @property
    def pieces_left(self) -> int:
        """Say how many pieces may still come back."""
        return self.quantity - self.returned

    def worth(self, quantity: int) -> Rupiah:
        """Say how much goes back for so many pieces more; all pieces make all of the money."""
        before, after = (
            self.paid.amount * pieces // self.quantity
            for pieces in (self.returned, self.returned + quantity)
        )
        return min(Rupiah(after - before), self.left)


@dataclass(frozen=True, slots=True)
class LineBack:
    """What of one line goes back: pieces and money."""

    line_id: UUID
    quantity: int
    amount: Rupiah


@dataclass(frozen=True, slots=True)
class Parts:
    """Whose the money was that goes back; more than it by the discount that was given."""

    maker: Rupiah
    cooperative: Rupiah


def paid_for(due: Rupiah, totals: Sequence[Rupiah]) -> list[Rupiah]:
    """Say which part of what was paid each line has: a discount is shared by price."""
    weights = [total.amount for total in totals]
    if not any(weights):
        return [NOTHING for _ in weights]
    return [Rupiah(part) for part in largest_remainder(due.amount, weights)]


def fee_paid(fee: Rupiah, due: Rupiah) -> Rupiah:
    """Say what is paid for bringing an order: a discount comes off the goods first."""
    return min(fee, due)


def fee_back(goods_left: Rupiah, fee_left: Rupiah, amount: Rupiah | None) -> Rupiah:
    """Say how much of a refund of no pieces in particular is of the delivery.

    The goods bear it first; without an amount all goes back, the delivery too.
    """
    if amount is None:
        return fee_left
    return min(max(amount - goods_left, NOTHING), fee_left)


def share_back(
    lines: Sequence[SoldLine], pieces: Mapping[UUID, int], amount: Rupiah | None
) -> list[LineBack]:
    """Say what goes back of each line, for pieces, for an amount, or an amount for pieces.

    Raises TooMuchBack, NothingOwed.
    """
    _check_pieces(lines, pieces)
    touched = [line for line in lines if not pieces or pieces.get(line.id)]
    room = [line.worth(pieces[line.id]) if pieces else line.left for line in touched]
    wanted = Rupiah.total(room) if amount is None else amount
    if wanted > Rupiah.total(room):
        raise TooMuchBack(
            say("Paling banyak %(most)s yang bisa dikembalikan.", most=Rupiah.total(room))
        )
    if wanted <= NOTHING:
        raise NothingOwed(say("Tidak ada uang yang bisa dikembalikan."))
    amounts = largest_remainder(wanted.amount, [part.amount for part in room])
    return [
        LineBack(line.id, pieces.get(line.id, 0), Rupiah(part))
        for line, part in zip(touched, amounts, strict=True)
        if part or pieces.get(line.id)
    ]


def _check_pieces(lines: Sequence[SoldLine], pieces: Mapping[UUID, int]) -> None:
    known = {line.id: line for line in lines}
    for line_id, quantity in pieces.items():
        if line_id not in known or quantity < 1:
            raise TooMuchBack(say("Barang atau jumlahnya tidak ada di pesanan ini."))
        if quantity > known[line_id].pieces_left:
            raise TooMuchBack(
                say(
                    "Tinggal %(left)s yang bisa dikembalikan dari barang ini.",
                    left=known[line_id].pieces_left,
                )
            )


def parts_back(line: SoldLine, amount: Rupiah) -> Parts:
    """Say whose an amount of a line was, so that over all refunds the parts sum exactly.

    The difference of two running sums, each split by largest remainder: what went back
    before never makes the last rupiah go missing.
    """
    before = _running(line, line.refunded)
    after = _running(replace(line, refunded=line.refunded + amount), line.refunded + amount)
    return Parts(after.maker - before.maker, after.cooperative - before.cooperative)


def _running(line: SoldLine, refunded: Rupiah) -> Parts:
    if not refunded:
        return Parts(NOTHING, NOTHING)
    gross = line.total.amount * refunded.amount // line.paid.amount
    shares = [line.maker_share.amount, (line.total - line.maker_share).amount]
    maker, cooperative = largest_remainder(gross, shares)
    return Parts(Rupiah(maker), Rupiah(cooperative))
