"""Members bring goods back: what that part had cost goes back exactly, in the same transaction."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from marketplace import audit
from marketplace.credit import queries as credit_queries
from marketplace.credit import service as credit
from marketplace.kernel.money import Rupiah
from marketplace.ledger.queries import parts_for
from marketplace.ledger.rules import Purpose
from marketplace.ledger.service import KeyReused
from marketplace.supply import queries, service
from marketplace.supply.models import BaseUnit, SupplyHandOver
from marketplace.supply.rules import (
    BadReturn,
    Charge,
    PaidWith,
    RequestState,
    ReturnedPart,
    ReturnedTo,
    ReturnFixed,
    asked_of,
    returned_part,
    ways_back,
)
from marketplace.supply.service import Returning
from marketplace.supply.service.handing_over import NotReady
from tests.makers import SATURDAY, make_cooperative, make_member, make_officer

SUNDAY = SATURDAY + timedelta(days=1)
amounts = st.integers(0, 10**7)


@given(
    price=st.builds(Charge, goods=amounts, discount=st.just(0), costs=amounts, margin=amounts),
    off=st.integers(0, 500), parts=st.lists(st.integers(1, 40), min_size=1, max_size=6),
)  # fmt: skip
def test_what_comes_back_in_parts_is_exactly_what_was_paid(price, off, parts) -> None:
    whole, done = ReturnedPart(sum(parts), price, min(off, price.total)), ReturnedPart()

    for quantity in parts:
        part = returned_part(whole, done, quantity)
        assert min(part.price.goods, part.price.costs, part.price.margin) >= 0
        assert 0 <= part.rounded <= part.price.total
        done = done + part

    assert done == whole
    with pytest.raises(BadReturn):
        returned_part(whole, done, 1)


def test_what_was_owed_is_owed_no_more_before_anything_is_paid_back() -> None:
    assert ways_back(PaidWith.CREDIT, Rupiah(1)) == [PaidWith.CREDIT]
    assert PaidWith.CREDIT not in ways_back(PaidWith.CREDIT, Rupiah(0))
    assert PaidWith.CREDIT in ways_back(PaidWith.CASH, Rupiah(1))
    assert PaidWith.QRIS not in ways_back(PaidWith.QRIS, Rupiah(0))


@pytest.fixture
def shop(session: Session):
    return make_cooperative(session, "Velodrome Rukun Jaya", cash_rounding=500)


@pytest.fixture
def officer(session: Session, shop):
    return make_officer(session, shop)


@pytest.fixture
def line(session: Session, shop, officer):
    """Bu Sri gets seven jerrycans for 717,501 with a margin, and may owe a million."""
    oil = service.add_item(
        session, shop.id, name="Minyak goreng 5 L", base_unit=BaseUnit.PIECE, unit="jeriken",
        factor=1, at=SATURDAY,
    )  # fmt: skip
    terms = service.Terms("Grosir", "karton", 7, Rupiah(700_001), margin=250)
    plan = service.RoundPlan(SUNDAY, "Velodrome")
    pool = service.open_round(session, oil, terms, plan, opened_by=officer.id, at=SATURDAY)
    sri = make_member(session, shop, "Bu Sri")
    credit.set_limit(session, sri, Rupiah(1_000_000), due_days=14, by=officer.id, at=SATURDAY)
    found = service.join(session, pool, sri, service.Wanted(7), entered_by=officer.id, at=SATURDAY)
    service.lock(session, pool, at=SATURDAY)
    service.receive(
        session, pool, key="1", packs=1, quantity=7, cost=Rupiah(700_001),
        actor_id=officer.id, at=SUNDAY,
    )  # fmt: skip
    return found


def fetched(session, line, officer, way=PaidWith.CASH) -> SupplyHandOver:
    total = queries.shares_now(session, [line])[line.id].charge
    service.hand_over(
        session, line, paid=asked_of(way, total, 500), way=way, actor_id=officer.id, at=SUNDAY
    )
    return queries.fetched_of(session, [line])[line.id].last


def bring_back(
    session, hand, officer, quantity, way=PaidWith.CASH, to=ReturnedTo.STOCK, key="1", at=SUNDAY
):
    back = Returning(quantity, "Penyok", to, way)
    return service.return_goods(session, hand, back, key=key, by=officer.id, at=at)


def balance(session, line) -> Rupiah:
    part = parts_for(session, Purpose.MEMBER_BALANCE, [line.member_id])
    return next((one.free for one in part.values()), Rupiah(0))


def clean(session) -> list[str]:
    return [
        str(one) for one in audit.run(session, at=SUNDAY)
        if one.check.startswith(("supply.", "ledger.", "balances.", "credit."))
    ]  # fmt: skip


def test_all_that_was_fetched_comes_back_in_parts_to_the_rupiah(session, line, officer) -> None:
    hand = fetched(session, line, officer)

    first = bring_back(session, hand, officer, 2)
    again = bring_back(session, hand, officer, 2)
    rest = bring_back(session, hand, officer, 5, to=ReturnedTo.LOST, key="2")

    assert (hand.paid, hand.rounded) == (Rupiah(717_501), Rupiah(1))
    assert first is again
    assert first.paid + rest.paid == hand.paid
    assert first.back + rest.back == Rupiah(717_500)
    assert line.state is RequestState.RETURNED
    with pytest.raises(BadReturn):
        bring_back(session, hand, officer, 1, key="3")
    with pytest.raises(KeyReused):
        bring_back(session, hand, officer, 3)
    assert clean(session) == []


def test_a_return_is_undone_within_a_quarter_of_an_hour(session, line, officer) -> None:
    hand = fetched(session, line, officer)
    done = bring_back(session, hand, officer, 7, PaidWith.BALANCE)
    kept = balance(session, line)

    with pytest.raises(ReturnFixed):
        service.undo_return(session, done, by=officer.id, at=SUNDAY + timedelta(minutes=16))
    for _ in range(2):
        service.undo_return(session, done, by=officer.id, at=SUNDAY)

    assert (kept, balance(session, line)) == (Rupiah(717_500), Rupiah(0))
    assert line.state is RequestState.HANDED_OVER
    assert clean(session) == []


def test_what_was_taken_on_account_is_owed_no_more(session, line, officer) -> None:
    hand = fetched(session, line, officer, PaidWith.CREDIT)

    with pytest.raises(BadReturn):
        bring_back(session, hand, officer, 2, PaidWith.CASH)
    done = bring_back(session, hand, officer, 2, PaidWith.CREDIT)

    owed = credit_queries.use_of(session, line.cooperative_id, line.member_id).owed
    assert owed == hand.paid - done.back
    assert balance(session, line) == Rupiah(0)
    with pytest.raises(ReturnFixed):
        service.undo_return(session, done, by=officer.id, at=SUNDAY)
    assert clean(session) == []


def test_a_handing_over_is_not_undone_once_some_of_it_came_back(session, line, officer) -> None:
    hand = fetched(session, line, officer)
    bring_back(session, hand, officer, 1)

    with pytest.raises(NotReady):
        service.undo_hand_over(session, line, at=SUNDAY)


def test_nothing_is_brought_back_of_what_was_not_handed_over(session, line, officer) -> None:
    hand = fetched(session, line, officer)
    service.undo_hand_over(session, line, at=SUNDAY)

    with pytest.raises(ReturnFixed):
        bring_back(session, hand, officer, 1)


def test_the_report_of_the_year_tells_what_went_back(session, line, officer) -> None:
    hand = fetched(session, line, officer)
    before = queries.paid_by_way(session, line.cooperative_id, SUNDAY.year)
    bring_back(session, hand, officer, 2)
    undone = bring_back(session, hand, officer, 5, key="2")
    service.undo_return(session, undone, by=officer.id, at=SUNDAY)

    paid = {PaidWith.CASH: Rupiah(717_500)}
    assert before == (paid, Rupiah(0))
    assert queries.paid_by_way(session, line.cooperative_id, SUNDAY.year) == (paid, Rupiah(205_000))
    assert queries.paid_by_way(session, line.cooperative_id, SUNDAY.year + 1) == ({}, Rupiah(0))
