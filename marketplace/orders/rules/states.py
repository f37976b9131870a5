"""The life of an order: its states, who may move it, its numbers and its money."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import Enum

from marketplace.delivery.rules import Fulfilment
from marketplace.kernel.calendar import local
from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import Sentence, say
from marketplace.payments import rules as payments
from marketplace.payments.rules import PaymentMethod


class OrderState(Enum):
    """How far an order at one cooperative is."""

    AWAITING_PAYMENT = "menunggu_bayar"
    NEW = "baru"
    IN_PREPARATION = "diproses"
    READY = "siap"
    SHIPPED = "dikirim"
    READY_FOR_PICKUP = "siap_diambil"
    RECEIVED = "diterima"
    FINISHED = "selesai"
    EXPIRED = "kedaluwarsa"
    CANCELLED = "batal"


class Actor(Enum):
    """Who moves an order."""

    BUYER = "buyer"
    OFFICER = "officer"
    COURIER = "courier"
    PAYMENT = "payment"
    CLOCK = "clock"


_S, _A = OrderState, Actor
_OFFICER = frozenset({_A.OFFICER})
_BY_ANYONE_AT_FIRST = frozenset({_A.BUYER, _A.OFFICER, _A.CLOCK})

NEXT_STATES: dict[OrderState, dict[OrderState, frozenset[Actor]]] = {
    _S.AWAITING_PAYMENT: {
        _S.NEW: frozenset({_A.PAYMENT}),
        _S.EXPIRED: frozenset({_A.CLOCK}),
        _S.CANCELLED: frozenset({_A.BUYER, _A.OFFICER}),
    },
    _S.NEW: {_S.IN_PREPARATION: _OFFICER, _S.CANCELLED: _BY_ANYONE_AT_FIRST},
    _S.IN_PREPARATION: {
        _S.READY: _OFFICER,
        _S.READY_FOR_PICKUP: _OFFICER,
        _S.CANCELLED: _OFFICER,
    },
    _S.READY: {_S.SHIPPED: _OFFICER, _S.CANCELLED: _OFFICER},
    _S.READY_FOR_PICKUP: {_S.FINISHED: _OFFICER, _S.CANCELLED: _OFFICER},
    _S.SHIPPED: {
        _S.FINISHED: frozenset({_A.COURIER}),
        _S.READY: frozenset({_A.COURIER}),  # nobody was there: it may be tried again
    },
    _S.RECEIVED: {_S.FINISHED: frozenset({_A.BUYER, _A.CLOCK})},
    _S.FINISHED: {},
    _S.EXPIRED: {},
    _S.CANCELLED: {},
}

# Where only orders come that are fetched, or only those that are brought.
ONLY_FOR: dict[OrderState, Fulfilment] = {
    _S.READY_FOR_PICKUP: Fulfilment.PICKUP,
    _S.READY: Fulfilment.DELIVERY,
    _S.SHIPPED: Fulfilment.DELIVERY,
}

# What an officer may take back at once after a slip of the thumb.
PREVIOUS_STATES: dict[OrderState, OrderState] = {
    _S.IN_PREPARATION: _S.NEW,
    _S.READY_FOR_PICKUP: _S.IN_PREPARATION,
    _S.READY: _S.IN_PREPARATION,
    _S.SHIPPED: _S.READY,
    _S.FINISHED: _S.READY_FOR_PICKUP,
}
BACK_FROM_THE_DOOR = _S.SHIPPED  # where a delivered order was before it ended
UNDO_TIME = timedelta(minutes=15)
# Ways of paying with which an order need not wait for its money.
READY_AT_ONCE = frozenset({PaymentMethod.COD, PaymentMethod.BALANCE})

LABELS: dict[OrderState, Sentence] = {
    _S.AWAITING_PAYMENT: say("Menunggu bayar"),
    _S.NEW: say("Baru"),
    _S.IN_PREPARATION: say("Disiapkan"),
    _S.READY: say("Siap dikirim"),
    _S.SHIPPED: say("Dikirim"),
    _S.READY_FOR_PICKUP: say("Siap diambil"),
    _S.RECEIVED: say("Diterima"),
    _S.FINISHED: say("Selesai"),
    _S.EXPIRED: say("Kedaluwarsa"),
    _S.CANCELLED: say("Batal"),
}


class BoardColumn(Enum):
    """A column of the officers' board. Unpaid and cancelled orders are not on it."""

    NEW = "baru"
    IN_PREPARATION = "disiapkan"
    READY = "siap"
    FINISHED = "selesai"


BOARD_LABELS: dict[BoardColumn, Sentence] = {
    BoardColumn.NEW: say("Baru"),
    BoardColumn.IN_PREPARATION: say("Disiapkan"),
    BoardColumn.READY: say("Siap"),
    BoardColumn.FINISHED: say("Selesai"),
}
BOARD: dict[BoardColumn, frozenset[OrderState]] = {
    BoardColumn.NEW: frozenset({_S.NEW}),
    BoardColumn.IN_PREPARATION: frozenset({_S.IN_PREPARATION}),
    BoardColumn.READY: frozenset({_S.READY, _S.READY_FOR_PICKUP, _S.SHIPPED}),
    BoardColumn.FINISHED: frozenset({_S.RECEIVED, _S.FINISHED}),
}

PICKUP_TIME = timedelta(days=2)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WORD = re.compile(r"[A-Z]{2,12}")


class WrongStep(RuleBroken):
    """A step that the order may not take now, or not by this person."""

    code = "wrong_step"


class TooLateToUndo(RuleBroken):
    """The time in which a step may be taken back has passed."""

    code = "too_late"


class WrongNumber(Invalid):
    """A number or code that no order could have."""


def step(current: OrderState, wanted: OrderState, actor: Actor) -> OrderState:
    """Return the wanted state if this actor may take the order there now."""
    if actor not in NEXT_STATES[current].get(wanted, frozenset()):
        raise WrongStep(
            say(
                "Pesanan “%(current)s” tidak bisa dijadikan “%(wanted)s”.",
                current=LABELS[current],
                wanted=LABELS[wanted],
            )
        )
    return wanted


def steps_for(current: OrderState, actor: Actor) -> list[OrderState]:
    """List where this actor may take the order now, the way forward first."""
    return [wanted for wanted, actors in NEXT_STATES[current].items() if actor in actors]


def fits(wanted: OrderState, fulfilment: Fulfilment) -> None:
    """Refuse to let an order wait at the counter that is brought, and the other way round."""
    if ONLY_FOR.get(wanted, fulfilment) is not fulfilment:
        raise WrongStep(
            say("Pesanan yang diantar tidak menunggu diambil.")
            if fulfilment is Fulfilment.DELIVERY
            else say("Pesanan ini diambil sendiri, tidak diantar.")
        )


def step_back(
    current: OrderState,
    *,
    fulfilment: Fulfilment = Fulfilment.PICKUP,
    since: datetime,
    at: datetime,
) -> OrderState:
    """Return the state before, if the last step is young enough to be taken back."""
    if current not in PREVIOUS_STATES:
        raise WrongStep(
            say("Pesanan “%(current)s” tidak bisa diurungkan.", current=LABELS[current])
        )
    if at - since > UNDO_TIME:
        raise TooLateToUndo(
            say(
                "Sudah lewat %(minutes)s menit, tidak bisa diurungkan lagi.",
                minutes=UNDO_TIME // timedelta(minutes=1),
            )
        )
    delivered = current is _S.FINISHED and fulfilment is Fulfilment.DELIVERY
    return BACK_FROM_THE_DOOR if delivered else PREVIOUS_STATES[current]


def first_state(method: PaymentMethod) -> OrderState:
    """Say where a new order begins: who pays on collection, or has paid at once, need not wait."""
    return OrderState.NEW if method in READY_AT_ONCE else OrderState.AWAITING_PAYMENT


def deadline(state: OrderState, method: PaymentMethod, since: datetime) -> datetime | None:
    """Say until when somebody must act on an order that has been in a state since then.

    The buyer must pay, or fetch what is ready; other states wait for nobody's clock.
    """
    if state is OrderState.AWAITING_PAYMENT:
        return payments.deadline(method, since)
    return since + PICKUP_TIME if state is OrderState.READY_FOR_PICKUP else None


def order_total(lines: Iterable[tuple[Rupiah, int]]) -> Rupiah:
    """Add up the lines of an order, each a price and how many of it."""
    return Rupiah.total(price * quantity for price, quantity in lines)


def pickup_code(word: str, number: int) -> str:
    """Make the code that a buyer says at the counter.

    >>> pickup_code("Sanan", 27)
    'SANAN-27'
    """
    if number < 1 or not _WORD.fullmatch(word.upper()):
        raise WrongNumber(say("Kode ambil berupa satu kata pendek dan satu angka."))
    return f"{word.upper()}-{number}"


def period_prefix(at: datetime) -> str:
    """Begin the purchase numbers of a month in Malang, such as KM-2611."""
    return f"KM-{local(at):%y%m}"


def purchase_number(prefix: str, number: int) -> str:
    """Write the number of a purchase within its month.

    >>> purchase_number("KM-2611", 42)
    'KM-2611-0042'
    """
    if number < 1:
        raise WrongNumber(say("Nomor pesanan dimulai dari 1."))
    return f"{prefix}-{number:04d}"


def order_suffix(place: int) -> str:
    """Name the orders of one purchase: A to Z, then AA; the first has place 0."""
    if place < 0:
        raise WrongNumber(say("Nomor pesanan dimulai dari 1."))
    letters = ""
    place += 1
    while place:
        place, letter = divmod(place - 1, len(ALPHABET))
        letters = ALPHABET[letter] + letters
    return letters


def order_number(purchase: str, place: int) -> str:
    """Write the number of one cooperative's order within a purchase.

    >>> order_number("KM-2611-0042", 0)
    'KM-2611-0042-A'
    """
    return f"{purchase}-{order_suffix(place)}"
