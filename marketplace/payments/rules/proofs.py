"""A picture of a transfer is a claim, not money: it stops the clock until somebody has looked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from marketplace.kernel.errors import RuleBroken
from marketplace.payments.rules.states import PaymentMethod

# How long the clock may stand still for one order, over all its pictures.
REVIEW_TIME = timedelta(hours=48)
MOST_PROOFS = 5
BY_PROOF = frozenset({PaymentMethod.TRANSFER})


class NoProofWanted(RuleBroken):
    """A picture for an order that waits for no transfer, or one too many."""

    code = "no_proof_wanted"


def pause_left(used: Iterable[timedelta]) -> timedelta:
    """Say for how long the clock may still stand, after these pauses."""
    return max(REVIEW_TIME - sum(used, timedelta()), timedelta())


def pause_used(since: datetime, until: datetime, *, granted: timedelta) -> timedelta:
    """Say how much of a pause was really taken."""
    return min(max(until - since, timedelta()), granted)
