from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from marketplace.kernel.ids import new_id
from marketplace.stock import service as stock
from marketplace.stock.queries import shelf
from marketplace.stock.rules import Claim, OutOfStock, Shelf
from marketplace.web.transactions import transaction
from tests.makers import SATURDAY, cause, make_cooperative

TODAY = date(2026, 11, 28)


@pytest.fixture
def cooperative_id(session: Session) -> int:
    return make_cooperative(session).id


@pytest.fixture
def open_item(session: Session, cooperative_id: int) -> Callable[..., Claim]:
    def make(on_hand: int = 10, quantity: int = 1, **kind: int) -> Claim:
        item_id = new_id()
        stock.open_item(session, cooperative_id, item_id, **kind)
        if on_hand:
            stock.put(session, cooperative_id, item_id, on_hand, cause="dibuat", at=SATURDAY)
        day = TODAY if "daily_limit" in kind else None
        return Claim(cooperative_id, item_id, cause(), quantity, day)

    return make


def look(session: Session, claim: Claim, *, minutes: int = 0) -> Shelf:
    found = shelf(
        session,
        claim.cooperative_id,
        claim.item_id,
        day=TODAY,
        at=SATURDAY + timedelta(minutes=minutes),
    )
    assert found is not None
    return found


def test_held_goods_are_no_longer_available_but_still_on_hand(session, open_item):
    claim = open_item(on_hand=10, quantity=4)

    stock.hold(session, [claim], at=SATURDAY)

    assert (look(session, claim).on_hand, look(session, claim).available) == (10, 6)


def test_two_lines_of_one_item_are_judged_together(session, open_item):
    claim = open_item(on_hand=10, quantity=6)
    other = Claim(claim.cooperative_id, claim.item_id, cause(), 6)

    with pytest.raises(OutOfStock) as refused:
        stock.hold(session, [claim, other], at=SATURDAY)

    assert refused.value.left == 10
    assert look(session, claim).reserved == 0


def test_what_is_handed_over_leaves_the_shelf_and_comes_back_when_undone(session, open_item):
    claim = open_item(on_hand=10, quantity=4)
    causes = [claim.cause_id]
    stock.hold(session, [claim], at=SATURDAY)

    stock.consume(session, claim.cooperative_id, causes, cause="diserahkan", at=SATURDAY)
    after = look(session, claim)
    stock.take_back(session, claim.cooperative_id, causes, cause="diurungkan", at=SATURDAY)
    undone = look(session, claim)

    assert (after.on_hand, after.reserved, after.available) == (6, 0, 6)
    assert (undone.on_hand, undone.reserved, undone.available) == (10, 4, 6)


def test_releasing_twice_gives_back_once(session, open_item):
    claim = open_item(on_hand=10, quantity=4)
    stock.hold(session, [claim], at=SATURDAY)

    first = stock.release(session, claim.cooperative_id, [claim.cause_id])
    second = stock.release(session, claim.cooperative_id, [claim.cause_id])

    assert (first, second) == (1, 0)
    assert look(session, claim).available == 10


def test_an_overdue_hold_counts_as_given_back_before_any_worker_ran(session, open_item):
    soon = SATURDAY + timedelta(minutes=60)
    claim = replace(open_item(on_hand=10, quantity=4), expires_at=soon)

    stock.hold(session, [claim], at=SATURDAY)

    assert look(session, claim, minutes=59).available == 6
    assert look(session, claim, minutes=60).available == 10


def test_what_is_available_is_a_whole_number_on_either_database(session, open_item):
    claim = replace(open_item(on_hand=10, quantity=4), expires_at=SATURDAY)

    stock.hold(session, [claim], at=SATURDAY)

    assert type(look(session, claim).reserved) is int


def test_a_firm_hold_never_runs_out(session, open_item):
    claim = replace(open_item(on_hand=10, quantity=4), expires_at=SATURDAY)
    stock.hold(session, [claim], at=SATURDAY)

    stock.firm(session, claim.cooperative_id, [claim.cause_id])

    assert look(session, claim, minutes=9999).available == 6


def test_goods_made_daily_have_a_limit_for_each_day(session, open_item):
    claim = open_item(on_hand=0, quantity=5, daily_limit=8)
    tomorrow = Claim(claim.cooperative_id, claim.item_id, cause(), 8, claim.day + timedelta(days=1))

    stock.hold(session, [claim, tomorrow], at=SATURDAY)
    with pytest.raises(OutOfStock) as refused:
        stock.hold(
            session,
            [Claim(claim.cooperative_id, claim.item_id, cause(), 4, claim.day)],
            at=SATURDAY,
        )

    assert refused.value.left == 3


def test_a_day_that_was_handed_over_and_undone_is_taken_as_before(session, open_item):
    claim = open_item(on_hand=0, quantity=3, daily_limit=8)
    stock.hold(session, [claim], at=SATURDAY)
    before = look(session, claim)

    for act in (stock.consume, stock.take_back):
        act(session, claim.cooperative_id, [claim.cause_id], cause="diserahkan", at=SATURDAY)

        assert look(session, claim) == before


def test_a_day_gets_back_what_was_cancelled(session, open_item):
    claim = open_item(on_hand=0, quantity=5, daily_limit=8)
    stock.hold(session, [claim], at=SATURDAY)

    stock.release(session, claim.cooperative_id, [claim.cause_id])

    assert look(session, claim).available == 8


def test_a_pre_order_may_promise_what_is_not_there_yet_up_to_its_limit(session, open_item):
    claim = open_item(on_hand=0, quantity=20, backorder_limit=20)

    stock.hold(session, [claim], at=SATURDAY)

    assert look(session, claim).available == 0


def test_promised_goods_cannot_be_taken_off_the_shelf(session, open_item):
    claim = open_item(on_hand=10, quantity=7)
    stock.hold(session, [claim], at=SATURDAY)

    with pytest.raises(OutOfStock):
        stock.put(session, claim.cooperative_id, claim.item_id, -4, cause="rusak", at=SATURDAY)

    assert look(session, claim).on_hand == 10


def test_counting_sets_what_is_free_to_sell(session, open_item):
    claim = open_item(on_hand=10, quantity=7)
    stock.hold(session, [claim], at=SATURDAY)

    stock.count(session, claim.cooperative_id, claim.item_id, 50, at=SATURDAY)

    assert (look(session, claim).on_hand, look(session, claim).available) == (57, 50)


@pytest.mark.race
def test_sixty_buyers_never_get_more_than_the_ten_that_are_there(own_app: Flask):
    with own_app.app_context(), transaction() as session:
        cooperative_id = make_cooperative(session).id
        item_id = new_id()
        stock.open_item(session, cooperative_id, item_id)
        stock.put(session, cooperative_id, item_id, 10, cause="dibuat", at=SATURDAY)

    def buy(_: int) -> bool:
        with own_app.app_context():
            try:
                with transaction() as session:
                    claim = Claim(cooperative_id, item_id, cause(), 1)
                    stock.hold(session, [claim], at=SATURDAY)
            except OutOfStock:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        sold = sum(pool.map(buy, range(60)))

    assert sold == 10
