"""A claim on a supplier from the delivery that was short to its end, in goods and in books."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace import audit
from marketplace.accounts.models import Account
from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.access import Role
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries as books
from marketplace.ledger.rules import Unit
from marketplace.outbox.models import OutboxMessage
from marketplace.supply import queries, service
from marketplace.supply.models import (
    Allocation,
    AllocationRun,
    BaseUnit,
    GoodsReceipt,
    RequestLine,
    SupplierClaim,
    SupplyPool,
)
from marketplace.supply.rules import (
    AnotherOfficer,
    BadReceipt,
    ClaimSettled,
    ClaimState,
    ClaimWay,
    PoolState,
    ReceiptReason,
    RequestState,
)
from marketplace.supply.service.receiving import NothingArrived
from marketplace.web.transactions import transaction
from tests.makers import SATURDAY, make_cooperative, make_member, make_officer

SUNDAY = SATURDAY + timedelta(days=1)
BILL = 1_236_000


def oil_ordered(session: Session, shop: Cooperative, officer: Account) -> SupplyPool:
    """Three cartons of four jerrycans, which three members wanted 4, 3 and 5 of."""
    oil = service.add_item(
        session, shop.id, name="Minyak goreng 5 L", base_unit=BaseUnit.PIECE, unit="jeriken",
        factor=1, at=SATURDAY,
    )  # fmt: skip
    terms = service.Terms("Grosir Gadang", "karton", 4, Rupiah(412_000))
    plan = service.RoundPlan(SUNDAY, "Velodrome")
    pool = service.open_round(session, oil, terms, plan, opened_by=officer.id, at=SATURDAY)
    for name, want in (("Bu Sri", 4), ("Cak Arif", 3), ("Mbak Rara", 5)):
        member = make_member(session, shop, name)
        service.join(
            session, pool, member, service.Wanted(want), entered_by=officer.id, at=SATURDAY
        )
    return service.lock(session, pool, at=SUNDAY)


@pytest.fixture
def velodrome(session: Session) -> Cooperative:
    return make_cooperative(session, "Velodrome Rukun Jaya", member_count=3)


@pytest.fixture
def officer(session: Session, velodrome: Cooperative) -> Account:
    return make_officer(session, velodrome)


@pytest.fixture
def pool(session: Session, velodrome: Cooperative, officer: Account) -> SupplyPool:
    return oil_ordered(session, velodrome, officer)


Receive = Callable[..., AllocationRun]


@pytest.fixture
def receive(session: Session, pool: SupplyPool, officer: Account) -> Receive:
    def arrive(quantity: int = 10, cost: int = BILL, *, key: str = "1", **more: object):
        return service.receive(
            session, pool, key=key, packs=quantity // 4, quantity=quantity, cost=Rupiah(cost),
            actor_id=officer.id, at=SUNDAY, **more,
        )  # fmt: skip

    return arrive


def claim_of(session: Session) -> SupplierClaim:
    return session.scalars(select(SupplierClaim)).one()


def standing(session: Session, cooperative: Cooperative) -> dict[str, int]:
    book = books.book_of(session, cooperative.id, Unit.SHOP)
    assert book is not None
    return {
        line.code: line.balance.amount
        for line in books.trial_balance(session, book)
        if line.balance
    }


def charges(session: Session, run: AllocationRun) -> list[int]:
    rows = session.scalars(select(Allocation.charge).where(Allocation.run_id == run.id))
    return sorted(charge.amount for charge in rows)


def findings(session: Session) -> list[audit.Finding]:
    return [one for one in audit.run(session, at=SUNDAY) if not one.check.startswith("outbox.")]


def hand_all_over(session: Session, pool: SupplyPool, officer: Account) -> None:
    for row in queries.view(session, pool).lines:
        if row.line.state is RequestState.ALLOCATED:
            assert row.allocation is not None
            service.hand_over(
                session, row.line, paid=row.allocation.charge, actor_id=officer.id, at=SUNDAY
            )


def told(session: Session) -> list[str]:
    wanted = OutboxMessage.topic.like("supply.claim%")
    return list(session.scalars(select(OutboxMessage.topic).where(wanted)))


def test_twelve_billed_and_ten_come_claims_two_and_members_pay_for_ten(
    session, velodrome, receive
) -> None:
    run = receive()

    claim = claim_of(session)
    receipt = session.scalars(select(GoodsReceipt)).one()
    assert (claim.amount, claim.state, claim.supplier) == (
        Rupiah(206_000), ClaimState.OPEN, "Grosir Gadang",
    )  # fmt: skip
    assert (receipt.kind, receipt.contested) == (ReceiptReason.SHORT, Rupiah(206_000))
    assert (run.available, run.cost) == (10, Rupiah(1_030_000))
    assert sum(charges(session, run)) == 1_030_000
    assert standing(session, velodrome) == {
        "1-1430": 206_000, "1-1500": 1_030_000, "2-1400": 1_236_000,
    }  # fmt: skip
    assert told(session) == ["supply.claim_opened"]
    assert findings(session) == []


def test_members_may_be_asked_for_the_whole_bill_if_an_officer_says_so(
    session, velodrome, receive
) -> None:
    run = receive(contested=Rupiah(0))

    assert sum(charges(session, run)) == BILL
    assert session.scalar(select(func.count()).select_from(SupplierClaim)) == 0
    assert standing(session, velodrome) == {"1-1500": BILL, "2-1400": BILL}


def test_sending_the_same_delivery_twice_claims_once(session, velodrome, receive) -> None:
    first, second = receive(), receive()

    assert first.id == second.id
    assert claim_of(session).amount == Rupiah(206_000)
    assert told(session) == ["supply.claim_opened"]


def test_broken_pieces_are_not_shared_out(session, velodrome, receive) -> None:
    run = receive(12, damaged=3)

    given = session.scalar(select(func.sum(Allocation.given)).where(Allocation.run_id == run.id))
    assert (run.available, given, run.to_stock, run.cost) == (9, 9, 0, Rupiah(927_000))
    assert claim_of(session).amount == Rupiah(309_000)
    assert findings(session) == []


def test_a_delivery_that_is_broken_whole_charges_nobody(session, velodrome, receive, pool) -> None:
    run = receive(12, damaged=12)

    assert (run.available, run.cost, sum(charges(session, run))) == (0, Rupiah(0), 0)
    assert claim_of(session).amount == Rupiah(BILL)
    assert standing(session, velodrome) == {"1-1430": BILL, "2-1400": BILL}
    assert findings(session) == []


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"damaged": 11}, BadReceipt),
        ({"damaged": -1}, BadReceipt),
        ({"contested": Rupiah(BILL + 1)}, BadReceipt),
        ({"contested": Rupiah(-1)}, BadReceipt),
        ({"quantity": 10**9 + 1}, NothingArrived),
        ({"quantity": 0}, NothingArrived),
    ],
)
def test_impossible_deliveries_leave_nothing_behind(
    session, velodrome, receive, facts, refusal
) -> None:
    with pytest.raises(refusal):
        receive(**facts)

    assert session.scalar(select(func.count()).select_from(GoodsReceipt)) == 0


def test_a_claim_taken_off_a_bill_leaves_only_what_was_worth_paying(
    session, velodrome, receive, officer
) -> None:
    receive()

    for _ in range(2):
        ended = service.credit_claim(
            session, claim_of(session), ClaimWay.CREDIT, note="Nota 118", by=officer.id, at=SUNDAY
        )

    assert (ended.state, ended.way, ended.note) == (
        ClaimState.CREDITED, ClaimWay.CREDIT, "Nota 118",
    )  # fmt: skip
    assert standing(session, velodrome) == {"1-1500": 1_030_000, "2-1400": 1_030_000}
    assert told(session) == ["supply.claim_opened", "supply.claim_settled"]
    assert findings(session) == []


def test_a_claim_paid_back_is_cash(session, velodrome, receive, officer) -> None:
    receive()

    service.credit_claim(session, claim_of(session), ClaimWay.CASH, by=officer.id, at=SUNDAY)

    assert standing(session, velodrome) == {
        "1-1100": 206_000, "1-1500": 1_030_000, "2-1400": BILL,
    }  # fmt: skip
    assert findings(session) == []


def test_a_claim_given_up_is_a_loss(session, velodrome, receive, officer) -> None:
    receive()
    other = make_officer(session, velodrome, Role.TREASURER, "Bu Wati")

    ended = service.write_off_claim(session, claim_of(session), by=other.id, at=SUNDAY)

    assert (ended.state, ended.way, ended.settled_by) == (ClaimState.WRITTEN_OFF, None, other.id)
    assert standing(session, velodrome) == {
        "1-1500": 1_030_000, "2-1400": BILL, "5-2300": 206_000,
    }  # fmt: skip
    assert findings(session) == []


def test_who_received_the_goods_does_not_give_up_a_large_claim_alone(
    session, velodrome, receive, officer
) -> None:
    velodrome.refund_limit = Rupiah(205_999)
    receive()

    with pytest.raises(AnotherOfficer):
        service.write_off_claim(session, claim_of(session), by=officer.id, at=SUNDAY)

    assert claim_of(session).state is ClaimState.OPEN


def test_a_claim_that_ended_does_not_end_in_another_way(
    session, velodrome, receive, officer
) -> None:
    receive()
    claim = claim_of(session)
    service.credit_claim(session, claim, ClaimWay.CASH, by=officer.id, at=SUNDAY)
    before = standing(session, velodrome)

    with pytest.raises(ClaimSettled):
        service.credit_claim(session, claim, ClaimWay.CREDIT, by=officer.id, at=SUNDAY)
    with pytest.raises(ClaimSettled):
        service.bring_claimed_goods(session, claim, 2, by=officer.id, at=SUNDAY)

    assert standing(session, velodrome) == before


def test_goods_that_come_later_are_shared_out_for_what_was_claimed(
    session, velodrome, receive, officer, pool
) -> None:
    receive()

    for _ in range(2):
        ended = service.bring_claimed_goods(session, claim_of(session), 2, by=officer.id, at=SUNDAY)

    run = queries.last_run(session, pool)
    assert run is not None
    assert (ended.state, ended.way) == (ClaimState.CREDITED, ClaimWay.GOODS)
    assert (run.number, run.available, run.cost) == (2, 12, Rupiah(BILL))
    assert charges(session, run) == [309_000, 412_000, 515_000]
    assert standing(session, velodrome) == {"1-1500": BILL, "2-1400": BILL}
    assert findings(session) == []
    hand_all_over(session, pool, officer)
    assert standing(session, velodrome) == {
        "1-1100": BILL, "2-1400": BILL, "4-2100": BILL, "5-2100": BILL,
    }  # fmt: skip
    assert findings(session) == []


def test_goods_that_come_after_all_had_fetched_theirs_are_the_cooperatives(
    session, velodrome, receive, officer, pool
) -> None:
    receive()
    hand_all_over(session, pool, officer)
    assert pool.state is PoolState.SETTLED

    service.bring_claimed_goods(session, claim_of(session), 2, by=officer.id, at=SUNDAY)

    run = queries.last_run(session, pool)
    assert run is not None
    assert (run.to_stock, run.stock_cost) == (2, Rupiah(206_000))
    assert pool.state is PoolState.SETTLED
    assert standing(session, velodrome)["1-1500"] == 206_000
    assert findings(session) == []


def test_goods_that_come_later_go_to_who_got_nothing(
    session, velodrome, receive, officer, pool
) -> None:
    receive(12, damaged=12)
    assert pool.state is PoolState.SETTLED

    service.bring_claimed_goods(session, claim_of(session), 12, by=officer.id, at=SUNDAY)

    states = set(session.scalars(select(RequestLine.state)))
    assert (states, pool.state) == ({RequestState.ALLOCATED}, PoolState.READY)
    assert findings(session) == []


@pytest.mark.parametrize("quantity", [0, -2, 10**9 + 1])
def test_goods_that_come_later_are_counted(session, velodrome, receive, officer, quantity) -> None:
    receive()

    with pytest.raises(Invalid) as broken:
        service.bring_claimed_goods(session, claim_of(session), quantity, by=officer.id, at=SUNDAY)

    assert "quantity" in broken.value.fields
    with pytest.raises(Invalid):
        service.credit_claim(session, claim_of(session), ClaimWay.GOODS, by=officer.id, at=SUNDAY)


def test_a_supplier_on_the_list_is_named_by_its_row(session, velodrome, receive) -> None:
    facts = service.SupplierFacts("Grosir Gadang")
    known = service.add_supplier(session, velodrome.id, facts, at=SATURDAY)

    receive()

    assert claim_of(session).supplier_id == known.id


@pytest.mark.race
def test_of_two_officers_who_end_a_claim_in_two_ways_one_wins(own_app: Flask) -> None:
    with own_app.app_context(), transaction() as session:
        shop = make_cooperative(session)
        officer = make_officer(session, shop)
        pool = oil_ordered(session, shop, officer)
        service.receive(
            session, pool, key="1", packs=2, quantity=10, cost=Rupiah(BILL),
            actor_id=officer.id, at=SUNDAY,
        )  # fmt: skip
        shop_id, officer_id = shop.id, officer.id

    def end(number: int) -> str:
        with own_app.app_context():
            try:
                with transaction() as session:
                    claim = claim_of(session)
                    if number % 3 == 2:
                        service.bring_claimed_goods(session, claim, 2, by=officer_id, at=SUNDAY)
                    else:
                        way = (ClaimWay.CREDIT, ClaimWay.CASH)[number % 3]
                        service.credit_claim(session, claim, way, by=officer_id, at=SUNDAY)
            except ClaimSettled:
                return "late"
            return "done"

    with ThreadPoolExecutor(6) as threads:
        ends = list(threads.map(end, range(6)))

    with own_app.app_context(), transaction() as session:
        claim = claim_of(session)
        assert claim.state is ClaimState.CREDITED
        assert ends.count("done") == 2  # who said the same as the first changed nothing
        assert told(session).count("supply.claim_settled") == 1
        book = books.book_of(session, shop_id, Unit.SHOP)
        assert book is not None
        balance = {line.code: line.balance for line in books.trial_balance(session, book)}
        assert balance.get("1-1430", Rupiah(0)) == Rupiah(0)
