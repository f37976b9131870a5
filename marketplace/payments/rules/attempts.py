"""How one attempt to pay through a gateway goes, in whatever order its news arrives."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

from marketplace.kernel.errors import RuleBroken


class AttemptState(Enum):
    """How far one attempt is; the later in this list, the more it says."""

    WANTED = "diminta"
    OPEN = "terbuka"
    UNDER_REVIEW = "diperiksa"
    REFUSED = "ditolak"
    OVER = "berakhir"
    PAID = "lunas"


_FURTHER = {state: place for place, state in enumerate(AttemptState)}

# A refused card may be tried again on the same page of the gateway, and an attempt that is
# over may still turn out to have been paid: only money ends the waiting for good.
FINAL = frozenset({AttemptState.OVER, AttemptState.PAID})
# After these a buyer who still owes something gets a new page; before, the one there is.
SPENT = frozenset({AttemptState.REFUSED, AttemptState.OVER, AttemptState.PAID})

ASK_EVERY = timedelta(minutes=3)
ASK_ALSO_AFTER = timedelta(hours=24)
_AT_THE_END = timedelta(minutes=1)


class GatewayFailed(RuleBroken):
    """The gateway did not answer, or not in a way that can be understood."""

    status = 503
    code = "gateway_failed"


class ReferenceUsed(GatewayFailed):
    """The gateway knows this reference already: the next attempt needs another."""


class RefundRefused(GatewayFailed):
    """The gateway will not give this money back; asking again does not help."""


def merge(known: AttemptState, seen: AttemptState) -> AttemptState:
    """Take the state that says more, so that late or repeated news undoes nothing."""
    return max(known, seen, key=_FURTHER.__getitem__)


def reference(order_number: str, attempt: int) -> str:
    """Name an attempt to the gateway, which takes every name once.

    >>> reference("KM-2611-0042-A", 1)
    'KM-2611-0042-A-1'
    """
    return f"{order_number}-{attempt}"


def next_question(state: AttemptState, *, due: datetime, at: datetime) -> datetime | None:
    """Say when to ask the gateway again; None when nothing more is to be expected.

    Every few minutes while the buyer may pay, then once at the end; money that is being
    looked at is asked after for a day more.
    """
    if state in FINAL:
        return None
    end = due + _AT_THE_END
    if at < end:
        return min(at + ASK_EVERY, end) if at + ASK_EVERY > due else at + ASK_EVERY
    if state is AttemptState.UNDER_REVIEW and at < due + ASK_ALSO_AFTER:
        return at + ASK_EVERY
    return None
