"""How an order is paid, how far its payment is, and what money that comes in makes of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import Sentence, say
from marketplace.ledger.rules import Purpose


class PaymentMethod(Enum):
    """How the buyer pays the cooperative."""

    QRIS = "qris"
    TRANSFER = "transfer"
    COD = "cod"
    GATEWAY = "gateway"
    BALANCE = "balance"


# Where a sign of money comes from: the counter, an officer's word, a statement, a gateway,
# a member's own balance with the cooperative, or the door, where a courier took it.
CASH, OFFICER, BANK, CREDIT, COURIER = "cash", "officer", "bank", "balance", "courier"
MEMBER = "member"  # what a sign of such a balance says: whose it was
CHANNELS = frozenset({"midtrans", "xendit"})

METHOD_LABELS: dict[PaymentMethod, Sentence] = {
    PaymentMethod.QRIS: say("QRIS"),
    PaymentMethod.TRANSFER: say("Transfer bank"),
    PaymentMethod.COD: say("Bayar di tempat"),
    PaymentMethod.GATEWAY: say("Bayar online (kartu, e-wallet, VA)"),
    PaymentMethod.BALANCE: say("Titipan"),
}

# How long a buyer has to pay, and how much longer money may be under way before the
# goods go back on the shelf. Who pays on collection, or has paid at once, has no deadline.
PAYMENT_WINDOWS: dict[PaymentMethod, timedelta | None] = {
    PaymentMethod.QRIS: timedelta(minutes=60),
    PaymentMethod.TRANSFER: timedelta(hours=24),
    PaymentMethod.COD: None,
    PaymentMethod.GATEWAY: timedelta(minutes=60),
    PaymentMethod.BALANCE: None,
}
GRACE: dict[PaymentMethod, timedelta] = {
    PaymentMethod.QRIS: timedelta(0),
    PaymentMethod.TRANSFER: timedelta(hours=12),
    PaymentMethod.COD: timedelta(0),
    PaymentMethod.GATEWAY: timedelta(minutes=10),  # the gateway is asked once at the deadline
    PaymentMethod.BALANCE: timedelta(0),
}


class PaymentState(Enum):
    """How far the payment of one order is."""

    CREATED = "dibuat"
    WAITING = "menunggu"
    UNDER_REVIEW = "diperiksa"
    PAID = "lunas"
    SHORT = "kurang"
    OVER = "lebih"
    FAILED = "gagal"
    EXPIRED = "kedaluwarsa"
    CANCELLED = "batal"
    PAID_LATE = "lunas_terlambat"


_MONEY = frozenset({PaymentState.PAID, PaymentState.SHORT, PaymentState.OVER})

# Money that was seen is a fact: no later event takes "lunas" back, only a refund row
# does. Money that comes after the end is kept apart as "lunas_terlambat".
NEXT_STATES: dict[PaymentState, frozenset[PaymentState]] = {
    PaymentState.CREATED: frozenset({PaymentState.WAITING, PaymentState.CANCELLED}),
    PaymentState.WAITING: _MONEY
    | {
        PaymentState.UNDER_REVIEW,
        PaymentState.FAILED,
        PaymentState.EXPIRED,
        PaymentState.CANCELLED,
    },
    PaymentState.UNDER_REVIEW: _MONEY
    | {
        PaymentState.WAITING,
        PaymentState.FAILED,
        PaymentState.EXPIRED,  # nobody looked in time
        PaymentState.CANCELLED,
    },
    PaymentState.SHORT: _MONEY | {PaymentState.UNDER_REVIEW, PaymentState.CANCELLED},
    PaymentState.FAILED: _MONEY
    | {PaymentState.WAITING, PaymentState.EXPIRED, PaymentState.CANCELLED},
    PaymentState.PAID: frozenset({PaymentState.OVER}),
    PaymentState.OVER: frozenset({PaymentState.OVER}),
    PaymentState.EXPIRED: frozenset({PaymentState.PAID_LATE}),
    PaymentState.CANCELLED: frozenset({PaymentState.PAID_LATE}),
    PaymentState.PAID_LATE: frozenset({PaymentState.PAID_LATE}),
}

LABELS: dict[PaymentState, Sentence] = {
    PaymentState.CREATED: say("Dibuat"),
    PaymentState.WAITING: say("Menunggu bayar"),
    PaymentState.UNDER_REVIEW: say("Sedang diperiksa"),
    PaymentState.PAID: say("Lunas"),
    PaymentState.SHORT: say("Kurang bayar"),
    PaymentState.OVER: say("Lebih bayar"),
    PaymentState.FAILED: say("Gagal"),
    PaymentState.EXPIRED: say("Kedaluwarsa"),
    PaymentState.CANCELLED: say("Batal"),
    PaymentState.PAID_LATE: say("Dibayar terlambat"),
}


class WrongPaymentStep(RuleBroken):
    """A step that a payment may not take now."""

    code = "wrong_step"


class NoMoney(Invalid):
    """An amount that cannot have been received."""


class Settlement(NamedTuple):
    """What a payment is after money came in."""

    state: PaymentState
    received: Rupiah
    over: Rupiah


def step(current: PaymentState, wanted: PaymentState) -> PaymentState:
    """Return the wanted state if the payment may take that step now."""
    if wanted not in NEXT_STATES[current]:
        raise WrongPaymentStep(
            say(
                "Pembayaran tidak bisa berubah dari “%(current)s” menjadi “%(wanted)s”.",
                current=LABELS[current],
                wanted=LABELS[wanted],
            )
        )
    return wanted


def arrives_in(method: PaymentMethod, source: str) -> Purpose:
    """Say which account money comes into: the drawer, the bank, a channel, a courier's debt."""
    if source == COURIER:
        return Purpose.COD_RECEIVABLE
    if source in CHANNELS:
        return Purpose.CHANNEL
    at_the_counter = source == CASH or method is PaymentMethod.COD
    return Purpose.CASH if at_the_counter else Purpose.BANK


def settle(amount_due: Rupiah, received_before: Rupiah, received_now: Rupiah) -> Settlement:
    """Add money that came in to what was there, with no tolerance either way."""
    if received_now <= Rupiah(0):
        raise NoMoney(say("Uang yang diterima harus lebih dari Rp 0."))
    received = received_before + received_now
    if received < amount_due:
        return Settlement(PaymentState.SHORT, received, Rupiah(0))
    over = received - amount_due
    return Settlement(PaymentState.OVER if over else PaymentState.PAID, received, over)


def deadline(method: PaymentMethod, asked: datetime) -> datetime | None:
    """Say until when the buyer should pay; None when paying waits for the goods."""
    window = PAYMENT_WINDOWS[method]
    return None if window is None else asked + window


def over_at(method: PaymentMethod, due: datetime) -> datetime:
    """Say when waiting for the money ends: the deadline, and how long money may be under way."""
    return due + GRACE[method]


def is_overdue(method: PaymentMethod, due: datetime, now: datetime) -> bool:
    """Say whether the deadline and its grace have passed."""
    return now >= over_at(method, due)
