"""When goods may be fetched that are paid by transfer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from marketplace.cooperatives.rules import Slot, chosen
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.text import say
from marketplace.payments.rules import PaymentMethod


class TooSoonToPay(RuleBroken):
    """The goods would be fetched before their money can be expected."""

    code = "slot_gone"


def slot_for(
    slots: Sequence[Slot], starts: datetime | None, method: PaymentMethod, due: datetime | None
) -> Slot:
    """Choose when an order is fetched; without a wish the first time that will do.

    A transfer may take until ``due``: the time to fetch must not be over by then.
    Raises SlotGone, TooSoonToPay.
    """
    if method is not PaymentMethod.TRANSFER or due is None:
        return chosen(slots, starts)
    in_time = [slot for slot in slots if slot.ends > due]
    slot = chosen(in_time if starts is None and in_time else slots, starts)
    if slot.ends <= due:
        raise TooSoonToPay(
            say("Transfer boleh sampai 24 jam. Pilih jam ambil sesudah itu, atau cara bayar lain.")
        )
    return slot
