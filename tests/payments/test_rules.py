"""Payments: money that was seen is a fact, and is counted exactly."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.money import Rupiah
from marketplace.payments.rules import (
    GRACE,
    LABELS,
    METHOD_LABELS,
    NEXT_STATES,
    PAYMENT_WINDOWS,
    NoMoney,
    PaymentMethod,
    PaymentState,
    Settlement,
    WrongPaymentStep,
    deadline,
    is_overdue,
    settle,
    step,
)

SATURDAY = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
P = PaymentState


def test_the_values_stay() -> None:
    assert [method.value for method in PaymentMethod] == [
        "qris",
        "transfer",
        "cod",
        "gateway",
        "balance",
    ]
    assert [state.value for state in PaymentState] == [
        "dibuat",
        "menunggu",
        "diperiksa",
        "lunas",
        "kurang",
        "lebih",
        "gagal",
        "kedaluwarsa",
        "batal",
        "lunas_terlambat",
    ]


def test_every_state_and_method_is_in_every_table() -> None:
    assert set(NEXT_STATES) == set(LABELS) == set(PaymentState)
    assert set(METHOD_LABELS) == set(PAYMENT_WINDOWS) == set(GRACE) == set(PaymentMethod)
    assert str(METHOD_LABELS[PaymentMethod.COD]) == "Bayar di tempat"


@pytest.mark.parametrize("wanted", [P.WAITING, P.FAILED, P.EXPIRED, P.CANCELLED, P.SHORT])
@pytest.mark.parametrize("current", [P.PAID, P.OVER, P.PAID_LATE])
def test_no_event_takes_money_back(current: P, wanted: P) -> None:
    with pytest.raises(WrongPaymentStep, match=str(LABELS[current])):
        step(current, wanted)


def test_a_payment_goes_its_way() -> None:
    assert step(P.CREATED, P.WAITING) is P.WAITING
    assert step(P.WAITING, P.UNDER_REVIEW) is P.UNDER_REVIEW
    assert step(P.UNDER_REVIEW, P.PAID) is P.PAID
    assert step(P.EXPIRED, P.PAID_LATE) is P.PAID_LATE


def test_who_has_paid_a_part_does_not_expire() -> None:
    with pytest.raises(WrongPaymentStep):
        step(P.SHORT, P.EXPIRED)


@pytest.mark.parametrize(
    ("due", "before", "now", "settlement"),
    [
        (30_000, 0, 30_000, Settlement(P.PAID, Rupiah(30_000), Rupiah(0))),
        (30_000, 0, 29_999, Settlement(P.SHORT, Rupiah(29_999), Rupiah(0))),
        (30_000, 0, 30_001, Settlement(P.OVER, Rupiah(30_001), Rupiah(1))),
        (30_000, 20_000, 10_000, Settlement(P.PAID, Rupiah(30_000), Rupiah(0))),
        (30_000, 20_000, 5_000, Settlement(P.SHORT, Rupiah(25_000), Rupiah(0))),
        (30_000, 30_000, 30_000, Settlement(P.OVER, Rupiah(60_000), Rupiah(30_000))),
    ],
)
def test_money_is_added_up(due: int, before: int, now: int, settlement: Settlement) -> None:
    assert settle(Rupiah(due), Rupiah(before), Rupiah(now)) == settlement


@pytest.mark.parametrize("now", [0, -1])
def test_nothing_received_is_refused(now: int) -> None:
    with pytest.raises(NoMoney):
        settle(Rupiah(30_000), Rupiah(0), Rupiah(now))


@given(due=st.integers(0, 10**12), parts=st.lists(st.integers(1, 10**12), min_size=1, max_size=6))
def test_any_parts_settle_like_their_sum_and_by_allowed_steps(due: int, parts: list[int]) -> None:
    state, received = P.WAITING, Rupiah(0)
    for part in parts:
        settlement = settle(Rupiah(due), received, Rupiah(part))
        state = step(state, settlement.state)
        received = settlement.received

    assert settlement == settle(Rupiah(due), Rupiah(0), Rupiah(sum(parts)))
    assert state is settlement.state


def test_a_transfer_has_a_day_and_half_a_day_of_grace() -> None:
    due = deadline(PaymentMethod.TRANSFER, SATURDAY)

    assert due == SATURDAY + timedelta(hours=24)
    assert not is_overdue(PaymentMethod.TRANSFER, due, due + timedelta(hours=11, minutes=59))
    assert is_overdue(PaymentMethod.TRANSFER, due, due + timedelta(hours=12))


def test_qris_has_an_hour_and_paying_on_collection_no_deadline() -> None:
    assert deadline(PaymentMethod.QRIS, SATURDAY) == SATURDAY + timedelta(minutes=60)
    assert deadline(PaymentMethod.COD, SATURDAY) is None
    assert is_overdue(PaymentMethod.QRIS, SATURDAY, SATURDAY)
