"""Transfers that name themselves: each is a little less than its order, and no two are alike."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.payments.rules.states import PaymentMethod, over_at

LARGEST_CODE = 999
# Less is not worth a transfer, and nearly all of it could be given away.
LEAST_TRANSFER = Rupiah(1_000)
# How long late money is still told apart from a new order's.
HELD_AFTER = timedelta(days=7)


class CodesUsedUp(RuleBroken):
    """Every amount near this total already names another order."""

    code = "codes_used_up"


def may_transfer(total: Rupiah) -> bool:
    """Say whether a sum is large enough to be told apart by a code."""
    return total >= LEAST_TRANSFER


def free_amounts(total: Rupiah, taken: Collection[Rupiah]) -> list[Rupiah]:
    """List what a transfer of this total may be: less by 1 to 999, above nothing, not taken."""
    codes = range(1, min(LARGEST_CODE, total.amount - 1) + 1)
    used = {amount.amount for amount in taken}
    return [Rupiah(total.amount - code) for code in codes if total.amount - code not in used]


def held_until(due: datetime) -> datetime:
    """Say until when an amount names its order: its deadline, its grace and a week."""
    return over_at(PaymentMethod.TRANSFER, due) + HELD_AFTER
