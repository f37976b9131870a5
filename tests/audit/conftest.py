"""A world with a row of every kind, so that any of them can be made to lie."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from marketplace.app import create_app
from marketplace.balances import service as balances
from marketplace.cooperatives.models import Cooperative
from marketplace.credit import service as credit
from marketplace.credit.rules import PaidBy as PaidByMember
from marketplace.delivery import service as delivery
from marketplace.delivery.rules import Doorstep, Terms
from marketplace.files.tables import read_rows
from marketplace.kernel.access import Role
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import MemberAccount, Purpose, Unit
from marketplace.listings import service as listings
from marketplace.listings.rules import Editor
from marketplace.orders import service as orders
from marketplace.orders.rules import OrderState, RefundMethod
from marketplace.payments import service as payments
from marketplace.payments.ports import Facts
from marketplace.payments.queries import attempt_of, intent_of
from marketplace.payments.rules import BankAccount, PaymentMethod
from marketplace.payments.rules.attempts import AttemptState
from marketplace.payments.rules.statements import guess, split
from marketplace.payments.service import statements
from marketplace.payouts import service as payouts
from marketplace.payouts.rules import PaidBy
from marketplace.pools import service as pools
from marketplace.pools.rules import PaidInto, PooledSale
from marketplace.supply import queries as supply_queries
from marketplace.supply import service as supply
from marketplace.supply.models import BaseUnit, SentBy, SupplierClaim
from marketplace.supply.rules import ClaimWay, CostPaidFrom, PaidWith, ReturnedTo, SplitBy
from marketplace.web.extensions import db
from tests.conftest import Browser, close, make_settings
from tests.ledger.conftest import posting
from tests.makers import (
    SATURDAY,
    make_account,
    make_cooperative,
    make_listing,
    make_member,
    make_officer,
    make_point,
)
from tests.orders.conftest import first, make_request

MUCH = Rupiah(100_000)
SUNDAY = SATURDAY + timedelta(days=1)
WORLD = "Dunia Kecil"


@pytest.fixture(scope="module")
def world_app(database: str, fresh_database: Callable[..., str]) -> Iterator[Flask]:
    """An application in whose database the world is there already: it is made only once.

    A module that looks at the world names it ``shared_app``.
    """
    folder = Path(tempfile.mkdtemp(prefix="guyub-audit-"))
    app = create_app(make_settings(fresh_database(database), folder))
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    with app.app_context():
        make_world(db.session())
        db.session.commit()
        db.session.remove()
    yield app
    close(app)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def world(session: Session) -> Cooperative:
    return session.scalars(select(Cooperative).where(Cooperative.name == WORLD)).one()


def make_world(session: Session) -> Cooperative:
    """Make a cooperative with orders in every state and a round that was shared out."""
    cooperative = make_cooperative(session, WORLD, takes_gateway=True)
    make_point(session, cooperative)
    account = BankAccount("Bank Jatim", "1234567890", "Koperasi Sanan")
    bank = payments.propose(session, cooperative, account, by=None, at=SATURDAY)
    officer = make_officer(session, cooperative)
    counted = make_listing(session, cooperative, "Keripik", stock_count=50)
    listings.buy_stock(
        session, cooperative.id, counted.id, 30, Rupiah(440_500), key="1", paid_from=Purpose.CASH,
        editor=Editor(officer.id, all_goods=True), at=SATURDAY,
    )  # fmt: skip
    maker = make_member(session, cooperative, "Bu Lilik")
    daily = make_listing(session, cooperative, "Cilok", daily_limit=50, maker=maker)
    for state in (
        OrderState.NEW,
        OrderState.IN_PREPARATION,
        OrderState.READY_FOR_PICKUP,
        OrderState.FINISHED,
    ):
        for method in (m for m in PaymentMethod if m is not PaymentMethod.BALANCE):
            wanted = make_request((counted, 2), (daily, 1), method=method, gateway="midtrans")
            _order(session, wanted, state)
    _order(
        session, make_request((counted, 1), method=PaymentMethod.QRIS), OrderState.AWAITING_PAYMENT
    )
    _pay_out(session, cooperative, officer.id, maker)
    wahyu = make_member(session, cooperative, "Mas Wahyu")
    _sell_together(session, cooperative, officer.id, [maker, wahyu])
    transferred = _order(
        session,
        make_request((counted, 1), method=PaymentMethod.TRANSFER),
        OrderState.AWAITING_PAYMENT,
    )
    due = intent_of(session, cooperative.id, transferred.id).amount_due
    rows = read_rows(f"Tanggal;Kredit\n28/11/2026;{due.amount}\n".encode())
    columns = guess(split(rows)[0])
    statements.bring_in(session, bank, rows, columns, by=None, at=SATURDAY)
    orders.confirm_exact(session, cooperative.id, by=None, at=SATURDAY)
    cancelled = _order(session, make_request((counted, 3)), OrderState.NEW)
    orders.cancel(session, cancelled, reason=None, actor_id=None, at=SATURDAY)
    _refunds(session, counted, daily, officer.id)
    undone = _order(session, make_request((counted, 1)), OrderState.FINISHED)
    orders.undo(session, undone, actor_id=None, at=SATURDAY)
    expired = _order(
        session, make_request((counted, 1), method=PaymentMethod.QRIS), OrderState.AWAITING_PAYMENT
    )
    expired.pay_by = SATURDAY
    orders.expire_overdue(session, at=SATURDAY)
    _online(session, counted)
    _balances(session, cooperative, counted, officer.id)
    _deliveries(session, cooperative, counted)
    _round(session, cooperative, officer.id)
    _credit(session, cooperative, officer.id)
    _books(session, cooperative.id)
    cooperative.member_count = 11
    make_account(session, "Akun yang sudah ditutup", phone=None, closed_at=SATURDAY)
    session.flush()
    session.execute(text("UPDATE outbox_messages SET delivered_at = told_at"))
    return cooperative


def _online(session, counted):
    """An order of which its gateway says that it was paid."""
    request = make_request((counted, 1), method=PaymentMethod.GATEWAY, gateway="midtrans")
    order = _order(session, request, OrderState.AWAITING_PAYMENT)
    attempt = attempt_of(session, intent_of(session, order.cooperative_id, order.id))
    paid = Facts(attempt.reference, AttemptState.PAID, order.total, "IDR", "tx-1")
    orders.learn(session, order.cooperative_id, attempt.id, paid, at=SATURDAY)


def _deliveries(session, cooperative, counted):
    """One order on its way, and one that a courier was paid for at the door."""
    zone = delivery.add_zone(
        session, cooperative, "Klojen", Terms(Rupiah(8_000), cash_up_to=MUCH), at=SATURDAY
    )
    delivery.add_area(session, cooperative, zone.id, "35.73.02", at=SATURDAY)
    door = Doorstep(zone.id, "Jl. Ijen 25")
    for arrives in (True, False):
        price = counted.price.amount
        request = make_request((counted, 1), total=price + 8_000, door=door)
        order = _order(session, request, OrderState.IN_PREPARATION)
        orders.advance(session, order, OrderState.READY, actor_id=None, at=SATURDAY)
        courier = delivery.CourierChoice(name="Mas Yudi")
        trip = orders.send_out(session, order, courier, actor_id=None, at=SATURDAY)
        if arrives:
            orders.arrive(session, trip, trip.cash, at=SATURDAY)
            delivery.hand_in(
                session, cooperative.id, trip.courier_id, Rupiah(9_000), key="1", by=None,
                at=SATURDAY,
            )  # fmt: skip


def _refunds(session, counted, daily, officer_id):
    """Money of a cancelled order that went back, and goods that came back with theirs."""
    request = make_request((counted, 1), method=PaymentMethod.QRIS)
    cancelled = _order(session, request, OrderState.NEW)
    orders.cancel(session, cancelled, reason=None, actor_id=None, at=SATURDAY)
    request = make_request((counted, 2), (daily, 1), method=PaymentMethod.QRIS)
    sold = _order(session, request, OrderState.FINISHED)
    back = {line.id: 1 for line in sold.lines}
    for order, wanted in (
        (cancelled, orders.RefundRequest("batal")),
        (sold, orders.RefundRequest("rusak", pieces=back, goods_back=True)),
    ):
        refund = orders.request_refund(
            session, order, wanted, key=order.number, by=officer_id, at=SATURDAY
        )
        orders.pay_refund(session, refund, RefundMethod.CASH, by=officer_id, at=SATURDAY)


def _balances(session, cooperative, counted, officer_id):
    """What a member paid too much becomes a balance, is spent, given back, and paid out."""
    lilik = make_account(session, "Bu Sri Wahyuni")
    member = make_member(session, cooperative, "Bu Sri Wahyuni", account=lilik)
    buyer = orders.Buyer(lilik.name, lilik.phone or "", account_id=lilik.id)
    request = replace(make_request((counted, 1), method=PaymentMethod.QRIS), buyer=buyer)
    order = first(session, orders.place(session, request, at=SATURDAY).id)
    orders.confirm_payment(
        session, order, order.total + Rupiah(90_000), key="1", actor_id=None, at=SATURDAY
    )
    orders.ask_into_balance(session, order, account_id=lilik.id, at=SATURDAY)
    for state in (OrderState.FINISHED, OrderState.NEW):
        request = replace(make_request((counted, 2), method=PaymentMethod.BALANCE), buyer=buyer)
        spent = _order(session, request, state)
    orders.cancel(session, spent, reason=None, actor_id=None, at=SATURDAY)
    for number, amount in enumerate((1_000, 2_000, 3_000)):
        paid = balances.ask(
            session, cooperative, member.id, Rupiah(amount), key=str(number), by=officer_id,
            at=SATURDAY,
        )  # fmt: skip
        if amount == 1_000:
            balances.pay(session, paid, PaidBy.CASH, reference=None, by=officer_id, at=SATURDAY)
        elif amount == 2_000:
            balances.cancel(session, paid, by=officer_id, at=SATURDAY)


def _credit(session, cooperative, officer_id):
    """Two members with bons: paid in three ways, open, undone; and something is held."""
    for name in ("Mbak Rara", "Pak Joko"):
        member = make_member(session, cooperative, name)
        theirs = MemberAccount(Purpose.MEMBER_BALANCE, member.id)
        saved = posting((Purpose.CASH, theirs, 9_000), key=f"titipan {name}", source_type="manual")
        ledger.post(session, cooperative.id, Unit.SHOP, saved, at=SATURDAY)
        credit.set_limit(session, member, Rupiah(200_000), due_days=14, by=officer_id, at=SATURDAY)
        for number, amount in enumerate((50_000, 60_000, 10_000, 20_000)):
            source = new_id()
            credit.charge(
                session, member, "test_sale", source, Rupiah(amount), memo="Minyak", by=officer_id,
                at=SATURDAY,
            )  # fmt: skip
            sold = (credit.receivable(member.id), Purpose.MEMBER_SALES, amount)
            sale = posting(
                sold, key=f"bon {name} {number}", source_type="test_sale", source_id=source
            )
            entry = ledger.post(session, cooperative.id, Unit.SHOP, sale, at=SATURDAY)
        credit.undo_charge(session, member, "test_sale", source, by=officer_id, at=SATURDAY)
        ledger.reverse(
            session, entry, memo="Batal", key=f"batal {name}", dated=SATURDAY.date(), at=SATURDAY
        )
        for way, amount in zip(PaidByMember, (30_000, 25_000, 5_000), strict=True):
            credit.pay(
                session, member, Rupiah(amount), way, key=f"{name} {way.value}", by=officer_id,
                at=SATURDAY, agreed=True,
            )  # fmt: skip
        credit.hold(session, member, "test_ask", new_id(), Rupiah(15_000), at=SATURDAY)


def _books(session, cooperative_id):
    """Money held for a member, and a month that was closed."""
    deposit = posting((Purpose.CASH, Purpose.MEMBER_BALANCE, 50_000), dated=date(2026, 1, 5))
    ledger.post(session, cooperative_id, Unit.SHOP, deposit, at=SATURDAY)
    ledger.hold(
        session, cooperative_id, Unit.SHOP, Purpose.MEMBER_BALANCE, Rupiah(10_000), key="h",
        expires_at=None, at=SATURDAY,
    )  # fmt: skip
    ledger.close_month(session, cooperative_id, Unit.SHOP, closed_by=None, at=SATURDAY)


def _pay_out(session, cooperative, composer_id, maker):
    """What was earned is paid to the maker; what is earned after that waits in a batch."""
    makers = {maker.id}
    other = make_officer(session, cooperative, Role.TREASURER, "Bu Wati").id
    paid = payouts.compose(session, cooperative.id, makers, key="1", by=composer_id, at=SATURDAY)
    payouts.approve(session, paid, by=other, at=SATURDAY)
    payouts.pay(session, paid, paid_by=PaidBy.CASH, reference=None, by=composer_id, at=SATURDAY)
    more = make_listing(session, cooperative, "Bakso", stock_count=9, maker=maker)
    _order(session, make_request((more, 2)), OrderState.FINISHED)
    payouts.compose(session, cooperative.id, makers, key="2", by=composer_id, at=SATURDAY)


def _sell_together(session, cooperative, officer_id, makers):
    """What two members had delivered was sold together; a rupiah of it is left over."""
    delivered = dict(zip([maker.id for maker in makers], (125, 80), strict=True))
    sale = PooledSale("Cabai", "kg", SATURDAY.date(), Rupiah(1_000_001), 500, delivered)
    pools.share_out(
        session, cooperative.id, sale, key="1", paid_into=PaidInto.CASH, by=officer_id, at=SATURDAY
    )


def unguard(session):
    """Take the books' own guards away, as somebody with all rights could; rolled back later."""
    if session.get_bind().dialect.name == "sqlite":
        guards = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'ledger%'"
        for name in session.scalars(text(guards)).all():
            session.execute(text(f"DROP TRIGGER {name}"))
        return
    for table in ("books", "accounts", "entries", "lines", "holds", "closings"):
        session.execute(text(f"ALTER TABLE ledger_{table} DISABLE TRIGGER USER"))
        session.execute(text(f"GRANT ALL ON ledger_{table} TO CURRENT_USER"))


def _order(session, request, state):
    order = first(session, orders.place(session, request, at=SATURDAY).id)
    at_once = (PaymentMethod.COD, PaymentMethod.BALANCE)
    if order.method not in at_once and state is not OrderState.AWAITING_PAYMENT:
        due = intent_of(session, order.cooperative_id, order.id).amount_due
        orders.confirm_payment(session, order, due, key="1", actor_id=None, at=SATURDAY)
    for step in (OrderState.IN_PREPARATION, OrderState.READY_FOR_PICKUP, OrderState.FINISHED):
        if order.state is state:
            break
        order = orders.advance(session, order, step, actor_id=None, at=SATURDAY)
    return order


def _round(session, cooperative, officer_id):
    item = supply.add_item(
        session,
        cooperative.id,
        name="Minyak",
        base_unit=BaseUnit.PIECE,
        unit="jeriken",
        factor=1,
        at=SATURDAY,
    )
    terms = supply.Terms(
        supplier="Grosir",
        pack_name="karton",
        pack_size=4,
        pack_price=Rupiah(400_000),
    )
    plan = supply.RoundPlan(SUNDAY, "Balai")
    pool = supply.open_round(session, item, terms, plan, opened_by=officer_id, at=SATURDAY)
    lines = [
        supply.join(
            session,
            pool,
            make_member(session, cooperative, name),
            supply.Wanted(4),
            entered_by=officer_id,
            at=SATURDAY,
        )
        for name in ("Sri", "Arif")
    ]
    supply.lock(session, pool, at=SATURDAY)
    supply.receive(
        session,
        pool,
        key="1",
        packs=2,
        quantity=6,
        cost=Rupiah(600_000),
        actor_id=officer_id,
        at=SATURDAY,
    )
    _claims(session, cooperative, item, officer_id)
    supply.hand_over(session, lines[0], paid=Rupiah(300_000), actor_id=officer_id, at=SATURDAY)
    _on_account(session, cooperative, item, officer_id)
    _costs(session, cooperative, item, officer_id)


def _costs(session, cooperative, item, officer_id):
    """Freight that stays, unloading that was taken back, a margin, and one who paid it all."""
    terms = supply.Terms(
        "Grosir", "karton", 4, Rupiah(400_000), margin=250, pack_costs=Rupiah(50_000)
    )
    plan = supply.RoundPlan(SUNDAY, "Balai")
    pool = supply.open_round(session, item, terms, plan, opened_by=officer_id, at=SATURDAY)
    lines = [
        supply.join(
            session, pool, make_member(session, cooperative, name), supply.Wanted(4),
            entered_by=officer_id, at=SATURDAY,
        )
        for name in ("Tutik", "Wawan")
    ]  # fmt: skip
    supply.lock(session, pool, at=SATURDAY)
    _order_goods(session, cooperative, pool, officer_id)
    supply.receive(
        session, pool, key="1", packs=2, quantity=8, cost=Rupiah(800_000),
        discount=Rupiah(10_001), actor_id=officer_id, at=SATURDAY,
    )  # fmt: skip
    for name, amount in (("Angkut", 30_001), ("Bongkar", 5_000)):
        cost = supply.NewCost(name, Rupiah(amount), SplitBy.QUANTITY, CostPaidFrom.CASH, pool.place)
        added = supply.add_cost(session, pool.round, cost, key=name, by=officer_id, at=SATURDAY)
    supply.undo_cost(session, pool.round, added, by=officer_id, at=SATURDAY)
    view = supply_queries.view(session, pool)
    share = next(row.allocation for row in view.lines if row.line.id == lines[0].id)
    assert share is not None
    supply.hand_over(session, lines[0], paid=share.charge, actor_id=officer_id, at=SATURDAY)
    hand = supply_queries.fetched_of(session, lines[:1])[lines[0].id].last
    back = supply.Returning(1, "Penyok", ReturnedTo.STOCK, PaidWith.CASH)
    supply.return_goods(session, hand, back, key="1", by=officer_id, at=SATURDAY)


def _order_goods(session, cooperative, pool, officer_id):
    """An order to the supplier that somebody else approved than who notes what came."""
    order = supply.draft(session, pool, by=officer_id, at=SATURDAY)
    other = make_officer(session, cooperative, Role.SECRETARY, "Bu Tutik").id
    supply.approve(session, order, seen=order.total, by=other, at=SATURDAY)
    supply.send(session, order, SentBy.PRINTED, by=officer_id, at=SATURDAY)


def _on_account(session, cooperative, item, officer_id):
    """A wish for which room of a member's credit is kept."""
    terms = supply.Terms("Grosir", "karton", 4, Rupiah(400_000))
    plan = supply.RoundPlan(SUNDAY, "Balai")
    pool = supply.open_round(session, item, terms, plan, opened_by=officer_id, at=SATURDAY)
    member = make_member(session, cooperative, "Lilik")
    credit.set_limit(session, member, Rupiah(500_000), due_days=14, by=officer_id, at=SATURDAY)
    supply.join(
        session, pool, member, supply.Wanted(4), entered_by=officer_id, on_account=True,
        at=SATURDAY,
    )  # fmt: skip


def _claims(session, cooperative, item, officer_id):
    """Three deliveries that were not whole: one claim open, one paid back, one for goods later."""
    terms = supply.Terms("Grosir", "karton", 4, Rupiah(400_000))
    plan = supply.RoundPlan(SUNDAY, "Balai")
    pool = supply.open_round(session, item, terms, plan, opened_by=officer_id, at=SATURDAY)
    member = make_member(session, cooperative, "Rara")
    supply.join(session, pool, member, supply.Wanted(12), entered_by=officer_id, at=SATURDAY)
    supply.lock(session, pool, at=SATURDAY)
    for key, (came, damaged) in enumerate(((4, 1), (4, 1), (3, 0))):
        supply.receive(
            session, pool, key=str(key), packs=1, quantity=came, damaged=damaged,
            cost=Rupiah(400_000), actor_id=officer_id, at=SATURDAY,
        )  # fmt: skip
    _, paid, late = session.scalars(
        select(SupplierClaim)
        .where(SupplierClaim.cooperative_id == cooperative.id)
        .order_by(SupplierClaim.id)
    ).all()
    supply.credit_claim(session, paid, ClaimWay.CASH, by=officer_id, at=SATURDAY)
    supply.bring_claimed_goods(session, late, 1, by=officer_id, at=SATURDAY)
    supply.receive(
        session, pool, key="salah", packs=1, quantity=4, cost=Rupiah(399_000),
        actor_id=officer_id, at=SATURDAY,
    )  # fmt: skip
    wrong = supply_queries.receipts(session, pool)[-1]
    supply.reverse_receipt(session, pool, wrong, reason="Salah ketik", by=officer_id, at=SATURDAY)
