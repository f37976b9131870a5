"""The life of a paying-out of a member's balance."""

from __future__ import annotations

from enum import Enum

from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.text import Sentence, say

WITHDRAWAL = "balance_withdrawal"  # what its entry in the books comes from


class WithdrawalState(Enum):
    """How far the paying-out of a balance is; until it ends, its money is held."""

    REQUESTED = "diminta"
    APPROVED = "disetujui"
    PAID = "dibayar"
    CANCELLED = "batal"


NEXT_STATES: dict[WithdrawalState, frozenset[WithdrawalState]] = {
    WithdrawalState.REQUESTED: frozenset({WithdrawalState.APPROVED, WithdrawalState.CANCELLED}),
    WithdrawalState.APPROVED: frozenset({WithdrawalState.PAID, WithdrawalState.CANCELLED}),
    WithdrawalState.PAID: frozenset(),
    WithdrawalState.CANCELLED: frozenset(),
}
LABELS: dict[WithdrawalState, Sentence] = {
    WithdrawalState.REQUESTED: say("Menunggu persetujuan"),
    WithdrawalState.APPROVED: say("Siap dibayar"),
    WithdrawalState.PAID: say("Sudah dibayar"),
    WithdrawalState.CANCELLED: say("Batal"),
}


class WrongWithdrawalStep(RuleBroken):
    """A step that a paying-out may not take now."""

    code = "wrong_step"


def step(current: WithdrawalState, wanted: WithdrawalState) -> WithdrawalState:
    """Return the wanted state if the paying-out may take that step now."""
    if wanted not in NEXT_STATES[current]:
        raise WrongWithdrawalStep(
            say("Pencairan “%(current)s” tidak bisa diubah lagi.", current=LABELS[current])
        )
    return wanted
