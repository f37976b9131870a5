"""Rounds, requests and purchase orders: only the steps that the tables know."""

from enum import Enum
from itertools import pairwise

import pytest

from marketplace.supply.rules import (
    LABELS,
    NEXT_STATES,
    PoolState,
    PurchaseOrderState,
    RequestState,
    WrongStep,
    step,
)

ALL: list[Enum] = [*PoolState, *RequestState, *PurchaseOrderState]


def test_a_round_goes_from_draft_to_settled() -> None:
    way = [state for state in PoolState if state is not PoolState.CANCELLED]

    for current, wanted in pairwise(way):
        assert step(current, wanted) is wanted


def test_a_later_receipt_may_turn_nothing_into_something() -> None:
    assert step(RequestState.DROPPED, RequestState.ALLOCATED) is RequestState.ALLOCATED


def test_goods_may_arrive_before_the_supplier_confirmed() -> None:
    closed = PurchaseOrderState.CLOSED

    assert step(PurchaseOrderState.SENT, closed) is closed


@pytest.mark.parametrize("state", ALL)
def test_every_state_has_a_label_and_a_row(state: Enum) -> None:
    assert str(LABELS[state])
    assert all(type(following) is type(state) for following in NEXT_STATES[state])


@pytest.mark.parametrize(
    "state",
    [PoolState.SETTLED, PoolState.CANCELLED, RequestState.RETURNED, RequestState.CANCELLED,
     RequestState.DECLINED,
     PurchaseOrderState.CLOSED, PurchaseOrderState.CANCELLED],
)  # fmt: skip
def test_an_ended_state_has_no_way_out(state: Enum) -> None:
    assert NEXT_STATES[state] == frozenset()


def test_what_has_arrived_cannot_be_cancelled() -> None:
    with pytest.raises(WrongStep, match=r"“Barang datang” menjadi “Batal”") as refused:
        step(PoolState.RECEIVING, PoolState.CANCELLED)

    assert refused.value.code == "wrong_step"
