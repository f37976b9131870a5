"""A delivery that was noted wrongly is taken back: goods, shares, books, claims."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace import audit
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Rupiah
from marketplace.ledger.queries import LedgerEntry
from marketplace.outbox.models import OutboxMessage
from marketplace.supply import queries, service
from marketplace.supply.models import AllocationRun, BaseUnit, GoodsReceipt, SupplyPool
from marketplace.supply.rules import (
    ClaimState,
    ClaimWay,
    CostPaidFrom,
    FetchedMore,
    PoolState,
    ReceiptFixed,
    SplitBy,
)
from tests.makers import SATURDAY, make_cooperative, make_member, make_officer

SUNDAY = SATURDAY + timedelta(days=1)
WHY = "Salah ketik jumlah"


@pytest.fixture
def shop(session: Session):
    return make_cooperative(session, "Velodrome Rukun Jaya", member_count=3)


@pytest.fixture
def officer(session: Session, shop):
    return make_officer(session, shop)


@pytest.fixture
def pool(session: Session, shop, officer) -> SupplyPool:
    """Twelve jerrycans that three members asked 4 each of."""
    oil = service.add_item(
        session, shop.id, name="Minyak goreng 5 L", base_unit=BaseUnit.PIECE, unit="jeriken",
        factor=1, at=SATURDAY,
    )  # fmt: skip
    terms = service.Terms("Grosir", "karton", 4, Rupiah(400_000))
    plan = service.RoundPlan(SUNDAY, "Velodrome")
    pool = service.open_round(session, oil, terms, plan, opened_by=officer.id, at=SATURDAY)
    for name in ("Bu Sri", "Cak Arif", "Mbak Rara"):
        member = make_member(session, shop, name)
        service.join(session, pool, member, service.Wanted(4), entered_by=officer.id, at=SATURDAY)
    return service.lock(session, pool, at=SATURDAY)


def receive(session, pool, officer, quantity=12, cost=1_200_000, *, key="1") -> GoodsReceipt:
    service.receive(
        session, pool, key=key, packs=3, quantity=quantity, cost=Rupiah(cost),
        actor_id=officer.id, at=SUNDAY,
    )  # fmt: skip
    return queries.receipts(session, pool)[-1]


def take_back(session, pool, officer, receipt, **more) -> GoodsReceipt:
    return service.reverse_receipt(
        session, pool, receipt, reason=more.pop("reason", WHY), by=officer.id, at=SUNDAY, **more
    )


def given(session, pool) -> list[tuple[int, int]]:
    rows = sorted(queries.view(session, pool).lines, key=lambda row: row.line.id)
    return [(row.allocation.given, row.allocation.charge.amount) for row in rows if row.allocation]


def fetch(session, pool, place, officer) -> None:
    row = sorted(queries.view(session, pool).lines, key=lambda one: one.line.id)[place]
    assert row.allocation is not None
    service.hand_over(session, row.line, paid=row.allocation.charge, actor_id=officer.id, at=SUNDAY)


def sound(session) -> bool:
    found = [
        str(one) for one in audit.run(session, at=SUNDAY) if not one.check.startswith("outbox.")
    ]
    assert found == []
    return True


def test_a_delivery_that_was_taken_back_counts_no_more_and_its_row_and_entry_stay(
    session, officer, pool
) -> None:
    receive(session, pool, officer, 8, 800_000)
    wrong = receive(session, pool, officer, 4, 999_000, key="2")
    entries = session.scalar(select(func.count()).select_from(LedgerEntry))

    for _ in range(2):
        take_back(session, pool, officer, wrong)

    assert (wrong.reversed_at, wrong.reversed_by, wrong.reverse_reason) == (SUNDAY, officer.id, WHY)
    assert sum(amount for amount, _ in given(session, pool)) == 8
    assert sum(charge for _, charge in given(session, pool)) == 800_000
    assert session.scalar(select(func.count()).select_from(LedgerEntry)) == entries + 1
    assert len(queries.noted_receipts(session, pool)) == 2
    told = session.scalars(select(OutboxMessage.topic)).all()
    assert told.count("supply.receipt_reversed") == 1
    assert sound(session)


def test_after_the_only_delivery_was_taken_back_the_right_one_is_noted(
    session, officer, pool
) -> None:
    wrong = receive(session, pool, officer, 12, 1_300_000)

    take_back(session, pool, officer, wrong)
    cost = service.NewCost("Angkut", Rupiah(3_000), SplitBy.QUANTITY, CostPaidFrom.CASH)
    service.add_cost(session, pool.round, cost, key="1", by=officer.id, at=SUNDAY)

    assert given(session, pool) == [(0, 0)] * 3
    assert pool.state is PoolState.READY
    assert sound(session)
    receive(session, pool, officer, 12, 1_200_000, key="2")
    assert given(session, pool) == [(4, 401_000)] * 3
    assert sound(session)


def test_what_members_have_fetched_is_never_taken_from_them_silently(
    session, officer, pool
) -> None:
    wrong = receive(session, pool, officer)
    fetch(session, pool, 0, officer)

    with pytest.raises(FetchedMore):
        take_back(session, pool, officer, wrong)

    assert wrong.reversed_at is None
    assert given(session, pool) == [(4, 400_000)] * 3


def test_the_cooperative_bears_the_difference_until_the_right_delivery_makes_up_for_it(
    session, officer, pool
) -> None:
    wrong = receive(session, pool, officer)
    fetch(session, pool, 0, officer)

    take_back(session, pool, officer, wrong, shrink=True)

    run = queries.last_run(session, pool)
    assert run is not None
    assert (run.shrunk, run.shrunk_cost, run.available) == (4, Rupiah(400_000), 0)
    assert given(session, pool) == [(4, 400_000), (0, 0), (0, 0)]
    assert sound(session)
    receive(session, pool, officer, 10, 1_060_000, key="2")
    run = queries.last_run(session, pool)
    assert run is not None
    assert (run.shrunk, run.shrunk_cost) == (0, Rupiah(0))
    assert given(session, pool) == [(4, 400_000), (3, 330_000), (3, 330_000)]
    assert sound(session)


def test_a_price_below_what_was_paid_already_is_a_difference_too(session, officer, pool) -> None:
    cheap = receive(session, pool, officer, 8, 80_000)
    dear = receive(session, pool, officer, 4, 1_120_000, key="2")
    fetch(session, pool, 0, officer)

    with pytest.raises(FetchedMore):
        take_back(session, pool, officer, dear)
    take_back(session, pool, officer, dear, shrink=True)

    run = queries.last_run(session, pool)
    assert run is not None
    assert cheap.reversed_at is None
    assert (run.shrunk, run.shrunk_cost) == (0, Rupiah(320_000))
    assert given(session, pool) == [(4, 400_000), (2, 0), (2, 0)]
    assert sound(session)


def test_an_open_claim_ends_with_its_delivery(session, officer, pool) -> None:
    short = receive(session, pool, officer, 8, 1_200_000)
    claim = queries.claims_of_pool(session, pool)[short.id]

    take_back(session, pool, officer, short)

    assert (claim.state, claim.settled_by) == (ClaimState.VOID, officer.id)
    assert queries.owed_by_suppliers(session, pool.cooperative_id) == Rupiah(0)
    assert sound(session)


def test_a_delivery_whose_claim_has_ended_stays(session, officer, pool) -> None:
    short = receive(session, pool, officer, 8, 1_200_000)
    claim = queries.claims_of_pool(session, pool)[short.id]
    service.bring_claimed_goods(session, claim, 4, by=officer.id, at=SUNDAY)

    for receipt in queries.receipts(session, pool):
        with pytest.raises(ReceiptFixed):
            take_back(session, pool, officer, receipt)

    assert claim.way is ClaimWay.GOODS
    assert sound(session)


def test_taking_back_wants_a_reason(session, officer, pool) -> None:
    wrong = receive(session, pool, officer)

    with pytest.raises(Invalid):
        take_back(session, pool, officer, wrong, reason="  ")

    assert session.scalar(select(func.count()).select_from(AllocationRun)) == 1


def test_goods_that_all_were_fetched_of_wait_for_the_right_delivery(session, officer, pool) -> None:
    wrong = receive(session, pool, officer)
    for place in range(3):
        fetch(session, pool, place, officer)
    assert pool.state is PoolState.SETTLED

    take_back(session, pool, officer, wrong, shrink=True)

    assert pool.state is PoolState.READY
    assert sound(session)
    receive(session, pool, officer, key="2")
    pool = session.get_one(SupplyPool, (pool.cooperative_id, pool.id))  # the audit forgets rows
    assert pool.state is PoolState.SETTLED
    assert sound(session)
