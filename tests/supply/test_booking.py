"""What a round leaves in the books: goods at their cost, and nothing over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries as books
from marketplace.ledger.rules import Unit
from marketplace.supply import service
from marketplace.supply.models import BaseUnit, RequestLine, SupplyPool
from marketplace.supply.rules import RequestState
from tests.makers import SATURDAY, make_cooperative, make_member, make_officer

SUNDAY = SATURDAY + timedelta(days=1)


@pytest.fixture
def velodrome(session: Session) -> Cooperative:
    return make_cooperative(session, "Velodrome Rukun Jaya")


@pytest.fixture
def officer(session: Session, velodrome: Cooperative) -> Account:
    return make_officer(session, velodrome)


@pytest.fixture
def locked(
    session: Session, velodrome: Cooperative, officer: Account
) -> tuple[SupplyPool, list[RequestLine]]:
    """A locked round of oil, which three members asked 4, 4 and 4 jerrycans of."""
    oil = service.add_item(
        session, velodrome.id, name="Minyak goreng 5 L", base_unit=BaseUnit.PIECE,
        unit="jeriken", factor=1, at=SATURDAY,
    )  # fmt: skip
    lines = [
        service.ask(
            session, make_member(session, velodrome, name), service.Wanted(4), item=oil,
            entered_by=officer.id, at=SATURDAY,
        )
        for name in ("Bu Sri", "Cak Arif", "Mbak Rara")
    ]  # fmt: skip
    terms = service.Terms(
        supplier="Grosir Gadang", pack_name="karton", pack_size=4, pack_price=Rupiah(400_000),
    )  # fmt: skip
    plan = service.RoundPlan(SUNDAY, "Velodrome")
    pool = service.open_round(session, oil, terms, plan, opened_by=officer.id, at=SATURDAY)
    service.lock(session, pool, at=SUNDAY)
    return pool, lines


def standing(session: Session, cooperative: Cooperative) -> dict[str, int]:
    book = books.book_of(session, cooperative.id, Unit.SHOP)
    assert book is not None
    return {
        line.code: line.balance.amount
        for line in books.trial_balance(session, book)
        if line.balance
    }


def receive(session: Session, pool: SupplyPool, officer: Account, quantity: int) -> None:
    service.receive(
        session, pool, key=str(quantity), packs=3, quantity=quantity, cost=Rupiah(999_999),
        actor_id=officer.id, at=SUNDAY,
    )  # fmt: skip


def test_goods_that_came_are_stock_owed_to_the_supplier_once(
    session, velodrome, officer, locked
) -> None:
    for _ in range(2):
        receive(session, locked[0], officer, 10)

    assert standing(session, velodrome) == {"1-1500": 999_999, "2-1400": 999_999}


def test_a_round_leaves_no_stock_and_no_profit_when_all_is_handed_over(
    session, velodrome, officer, locked
) -> None:
    pool, lines = locked
    receive(session, pool, officer, 10)

    for line in lines:
        charge = service.hand_over(
            session, line, paid=_charge(session, pool, line), actor_id=officer.id, at=SUNDAY
        )
        assert charge.state is RequestState.HANDED_OVER

    assert standing(session, velodrome) == {
        "1-1100": 999_999,
        "2-1400": 999_999,
        "4-2100": 999_999,
        "5-2100": 999_999,
    }


def test_undoing_a_hand_over_mirrors_its_entry(session, velodrome, officer, locked) -> None:
    pool, lines = locked
    receive(session, pool, officer, 10)
    paid = _charge(session, pool, lines[0])
    service.hand_over(session, lines[0], paid=paid, actor_id=officer.id, at=SUNDAY)

    service.undo_hand_over(session, lines[0], at=SUNDAY)

    assert standing(session, velodrome) == {"1-1500": 999_999, "2-1400": 999_999}


def _charge(session: Session, pool: SupplyPool, line: RequestLine) -> Rupiah:
    from sqlalchemy import select

    from marketplace.supply import queries
    from marketplace.supply.models import Allocation

    run = queries.last_run(session, pool)
    assert run is not None
    return session.scalars(
        select(Allocation.charge).where(Allocation.run_id == run.id, Allocation.line_id == line.id)
    ).one()
