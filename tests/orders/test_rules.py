"""Orders: who may move them where, their numbers, and the split of their money."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.kernel.money import Rupiah
from marketplace.orders.rules import (
    BOARD,
    BOARD_LABELS,
    LABELS,
    NEXT_STATES,
    PREVIOUS_STATES,
    UNDO_TIME,
    Actor,
    BoardColumn,
    OrderState,
    TooLateToUndo,
    WrongNumber,
    WrongStep,
    deadline,
    first_state,
    order_number,
    order_suffix,
    order_total,
    period_prefix,
    pickup_code,
    purchase_number,
    step,
    step_back,
    steps_for,
)
from marketplace.payments.rules import PaymentMethod

SATURDAY = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
S = OrderState


def test_the_values_of_the_states_stay() -> None:
    assert [state.value for state in OrderState] == [
        "menunggu_bayar",
        "baru",
        "diproses",
        "siap",
        "dikirim",
        "siap_diambil",
        "diterima",
        "selesai",
        "kedaluwarsa",
        "batal",
    ]


@pytest.mark.parametrize(
    ("current", "wanted", "actor"),
    [
        (S.AWAITING_PAYMENT, S.NEW, Actor.PAYMENT),
        (S.NEW, S.IN_PREPARATION, Actor.OFFICER),
        (S.IN_PREPARATION, S.READY_FOR_PICKUP, Actor.OFFICER),
        (S.READY_FOR_PICKUP, S.FINISHED, Actor.OFFICER),
        (S.AWAITING_PAYMENT, S.EXPIRED, Actor.CLOCK),
        (S.AWAITING_PAYMENT, S.CANCELLED, Actor.BUYER),
        (S.NEW, S.CANCELLED, Actor.BUYER),
        (S.NEW, S.CANCELLED, Actor.CLOCK),
        (S.IN_PREPARATION, S.READY, Actor.OFFICER),
        (S.READY, S.SHIPPED, Actor.OFFICER),
        (S.SHIPPED, S.FINISHED, Actor.COURIER),
        (S.RECEIVED, S.FINISHED, Actor.BUYER),
    ],
)
def test_an_order_goes_its_way(current: S, wanted: S, actor: Actor) -> None:
    assert step(current, wanted, actor) is wanted


@pytest.mark.parametrize(
    ("current", "wanted", "actor"),
    [
        (S.AWAITING_PAYMENT, S.NEW, Actor.OFFICER),
        (S.NEW, S.IN_PREPARATION, Actor.BUYER),
        (S.NEW, S.FINISHED, Actor.OFFICER),
        (S.IN_PREPARATION, S.CANCELLED, Actor.BUYER),
        (S.SHIPPED, S.CANCELLED, Actor.OFFICER),
        (S.NEW, S.NEW, Actor.OFFICER),
    ],
)
def test_other_steps_are_refused_in_the_words_of_the_screen(
    current: S, wanted: S, actor: Actor
) -> None:
    with pytest.raises(WrongStep) as refused:
        step(current, wanted, actor)

    assert str(LABELS[current]) in str(refused.value)
    assert str(LABELS[wanted]) in str(refused.value)


@pytest.mark.parametrize("ended", [S.FINISHED, S.EXPIRED, S.CANCELLED])
@pytest.mark.parametrize("actor", list(Actor))
def test_an_ended_order_has_no_way_out(ended: S, actor: Actor) -> None:
    assert steps_for(ended, actor) == []


def test_every_state_has_a_row_and_a_label() -> None:
    assert set(NEXT_STATES) == set(LABELS) == set(OrderState)


def test_an_officer_sees_the_way_forward_first() -> None:
    assert steps_for(S.NEW, Actor.OFFICER) == [S.IN_PREPARATION, S.CANCELLED]
    assert steps_for(S.NEW, Actor.BUYER) == [S.CANCELLED]


def test_the_board_holds_each_living_order_in_one_column() -> None:
    shown = [state for states in BOARD.values() for state in states]

    assert sorted(s.value for s in shown) == sorted(
        s.value for s in set(S) - {S.AWAITING_PAYMENT, S.EXPIRED, S.CANCELLED}
    )
    assert set(BOARD) == set(BOARD_LABELS) == set(BoardColumn)


@pytest.mark.parametrize(("current", "before"), PREVIOUS_STATES.items())
def test_a_step_can_be_taken_back_for_a_while(current: S, before: S) -> None:
    assert step_back(current, since=SATURDAY, at=SATURDAY + UNDO_TIME) is before
    assert step(before, current, Actor.OFFICER) is current

    with pytest.raises(TooLateToUndo, match="15 menit"):
        step_back(current, since=SATURDAY, at=SATURDAY + UNDO_TIME + timedelta(seconds=1))


def test_a_cancelled_order_is_not_taken_back() -> None:
    with pytest.raises(WrongStep, match="Batal"):
        step_back(S.CANCELLED, since=SATURDAY, at=SATURDAY)


def test_who_pays_on_collection_need_not_pay_first() -> None:
    assert first_state(PaymentMethod.COD) is S.NEW
    assert first_state(PaymentMethod.QRIS) is S.AWAITING_PAYMENT


def test_the_clock_waits_for_payment_and_for_fetching_only() -> None:
    qris = PaymentMethod.QRIS

    assert deadline(S.AWAITING_PAYMENT, qris, SATURDAY) == SATURDAY + timedelta(hours=1)
    assert deadline(S.READY_FOR_PICKUP, qris, SATURDAY) == SATURDAY + timedelta(days=2)
    assert deadline(S.IN_PREPARATION, qris, SATURDAY) is None


def test_an_order_is_the_sum_of_its_lines() -> None:
    assert order_total([(Rupiah(15_000), 2), (Rupiah(9_999), 1)]) == Rupiah(39_999)
    assert order_total([]) == Rupiah(0)


def test_numbers_for_people() -> None:
    assert pickup_code("sanan", 27) == "SANAN-27"
    assert purchase_number("KM-2611", 42) == "KM-2611-0042"
    assert purchase_number("KM-2611", 12_345) == "KM-2611-12345"
    assert order_number("KM-2611-0042", 0) == "KM-2611-0042-A"


def test_a_month_begins_at_midnight_in_malang() -> None:
    assert period_prefix(datetime(2026, 10, 31, 16, 59, tzinfo=UTC)) == "KM-2610"
    assert period_prefix(datetime(2026, 10, 31, 17, 0, tzinfo=UTC)) == "KM-2611"


@pytest.mark.parametrize(
    ("place", "letters"),
    [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")],
)
def test_orders_of_a_purchase_are_lettered(place: int, letters: str) -> None:
    assert order_suffix(place) == letters


@pytest.mark.parametrize("word", ["", "A", "SANAN 2", "S4NAN", "SANANSANANSAN", "ŠANAN", "A-B"])
def test_a_pickup_word_is_one_short_word(word: str) -> None:
    with pytest.raises(WrongNumber):
        pickup_code(word, 1)


def test_numbers_begin_at_one() -> None:
    with pytest.raises(WrongNumber):
        pickup_code("SANAN", 0)
    with pytest.raises(WrongNumber):
        purchase_number("KM-2611", 0)
    with pytest.raises(WrongNumber):
        order_suffix(-1)
