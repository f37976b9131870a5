"""Paying makers what they have earned: promised days, and the life of a batch."""

from __future__ import annotations

from datetime import date, timedelta
from enum import Enum

from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.text import Sentence, say
from marketplace.ledger.rules import Purpose


class BatchState(Enum):
    """How far a batch of pay-outs is."""

    COMPOSED = "disusun"
    APPROVED = "disetujui"
    PAID = "dibayar"
    CANCELLED = "batal"


class PaidBy(Enum):
    """How the money goes to the makers."""

    CASH = "tunai"
    TRANSFER = "transfer"


NEXT_STATES: dict[BatchState, frozenset[BatchState]] = {
    BatchState.COMPOSED: frozenset({BatchState.APPROVED, BatchState.CANCELLED}),
    BatchState.APPROVED: frozenset({BatchState.PAID, BatchState.CANCELLED}),
    BatchState.PAID: frozenset(),
    BatchState.CANCELLED: frozenset(),
}
LABELS: dict[BatchState, Sentence] = {
    BatchState.COMPOSED: say("Menunggu persetujuan"),
    BatchState.APPROVED: say("Siap dibayar"),
    BatchState.PAID: say("Sudah dibayar"),
    BatchState.CANCELLED: say("Batal"),
}
PAID_BY_LABELS: dict[PaidBy, Sentence] = {
    PaidBy.CASH: say("Tunai"),
    PaidBy.TRANSFER: say("Transfer bank"),
}
PURSES: dict[PaidBy, Purpose] = {PaidBy.CASH: Purpose.CASH, PaidBy.TRANSFER: Purpose.BANK}
# What a cooperative may owe a member: goods sold for them, and goods bought from them.
OWED = (Purpose.CONSIGNMENT_PAYABLE, Purpose.PURCHASE_PAYABLE)
LONGEST_PROMISE = 60


class WrongBatchStep(RuleBroken):
    """A step that a batch may not take now."""

    code = "wrong_step"


class NothingOwed(Invalid):
    """Nobody was chosen whom the cooperative owes anything."""

    code = "nobody_to_pay"


class OwedLess(RuleBroken):
    """Meanwhile a maker is owed less than the batch says."""

    code = "owed_less"


def step(current: BatchState, wanted: BatchState) -> BatchState:
    """Return the wanted state if the batch may take that step now."""
    if wanted not in NEXT_STATES[current]:
        raise WrongBatchStep(
            say("Setoran “%(current)s” tidak bisa diubah lagi.", current=LABELS[current])
        )
    return wanted


def promised_on(sold_on: date, days: int) -> date:
    """Say by when a maker is paid for what was sold on a day."""
    return sold_on + timedelta(days=days)
