"""Any order of trade, money, mistakes and crashes in two cooperatives: the books hold."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from marketplace import audit
from marketplace.bookkeeping import service as bookkeeping
from marketplace.bookkeeping.models import EntryDraft
from marketplace.files.tables import read_rows
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.models import LedgerAccount, LedgerEntry, LedgerHold
from marketplace.ledger.rules import JournalLine, MemberAccount, Purpose, Unit
from marketplace.listings import service as listings
from marketplace.orders import service as orders
from marketplace.orders.models import Order
from marketplace.orders.rules import OrderState
from marketplace.payments.models import PaymentDestination
from marketplace.payments.queries import intent_of
from marketplace.payments.rules import PaymentMethod
from marketplace.payments.rules.statements import guess, split
from marketplace.payments.service import statements
from marketplace.payouts import service as payouts
from marketplace.payouts.models import PayoutBatch
from marketplace.payouts.rules import PaidBy
from marketplace.web.extensions import db
from marketplace.web.transactions import transaction
from tests.ledger.conftest import posting
from tests.ledger.world import BY_HAND, Shop, found, wish
from tests.makers import SATURDAY
from tests.orders.conftest import SARI, first

# GUYUB_LONG asks for as many steps as the goal says.
WALKS, LEAST = (125, 5_000) if os.environ.get("GUYUB_LONG") else (6, 200)
EACH_STEP = (
    "stock.on_hand_is_the_sum_of_movements",
    "stock.value_is_the_sum_of_movements",
    "stock.reserved_is_the_sum_of_open_holds",
    "payments.received_is_the_sum_of_events",
    "payments.state_follows_the_money",
    "payments.paid_orders_moved_on",
    "ledger.both_sides_are_equal",
    "ledger.balances_are_the_sum_of_lines",
    "ledger.held_money_is_the_sum_of_holds",
    "ledger.every_sign_of_money_is_booked",
    "ledger.every_hand_over_is_a_sale",
    "ledger.buyers_money_is_kept_for_them",
    "ledger.makers_are_credited_what_they_earned",
)
shops = st.integers(0, 1)
some = st.integers(0, 99)
rupiah = st.integers(1, 400_000)
counts = st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 2)).filter(any)
FORWARD = (
    OrderState.IN_PREPARATION,
    OrderState.READY_FOR_PICKUP,
    OrderState.FINISHED,
)


class Crash(Exception):  # noqa: N818 - not a fault of ours
    """The machine went down just before it committed."""


@dataclass
class Known:
    """What was done so far, by ids that outlive a crash."""

    orders: list[tuple[int, UUID]] = field(default_factory=list)
    batches: list[tuple[int, UUID]] = field(default_factory=list)
    drafts: list[tuple[int, UUID]] = field(default_factory=list)
    by_hand: list[tuple[int, UUID]] = field(default_factory=list)
    holds: list[tuple[int, UUID]] = field(default_factory=list)
    signs: list[tuple[tuple[int, UUID], str, int]] = field(default_factory=list)
    purchases: list[dict[str, Any]] = field(default_factory=list)


class Trade(RuleBasedStateMachine):
    """Each walk works between two savepoints; every step is a transaction of its own."""

    app: Flask
    steps = 0
    refused = 0

    def __init__(self) -> None:
        super().__init__()
        db.session.remove()
        self.savepoint = db.session.get_bind().begin_nested()
        self.at = SATURDAY
        self.known = Known()
        self.keys = map(str, count(1))
        self.crashes = False
        self.shops: list[Shop] = []

    def teardown(self) -> None:
        try:
            with transaction() as session:
                session.execute(text("UPDATE outbox_messages SET delivered_at = told_at"))
            if self.shops:
                assert [str(finding) for finding in audit.run(db.session(), at=self.at)] == []
        finally:
            db.session.remove()
            self.savepoint.rollback()

    @initialize()
    def two_cooperatives(self) -> None:
        with transaction() as session:
            self.shops = [
                found(session, "Sanan Tempe Muda", "1234567890"),
                found(session, "Velodrome Rukun Jaya", "2234567890"),
            ]
        for shop in (0, 1):  # so that a walk does not begin with nothing to do
            self.buy_stock(shop, 40, 571_003, Purpose.BANK, of_a_member=False)
            self.a_member_leaves_money(shop, 300_000)
            for method in PaymentMethod:
                self.place(shop, (1, 2, 1), method, member=method is PaymentMethod.QRIS)
            self.sell(shop, (2, 1, 1), PaymentMethod.COD, member=True)
            self.compose_a_payout(shop)

    @contextmanager
    def step(self) -> Iterator[Session]:
        """Do one thing as a request does: kept whole, or refused or crashed without a trace."""
        before = self.entries()
        try:
            with transaction() as session:
                yield session
                if self.crashes:
                    raise Crash
        except RuleBroken:
            type(self).refused += 1
            assert self.entries() == before
        except Crash:
            db.session.remove()
            assert self.entries() == before
        finally:
            self.crashes = False

    def entries(self) -> int:
        return db.session.scalar(select(func.count()).select_from(LedgerEntry)) or 0

    def remember(self, where: list[Any], what: Any) -> None:
        """Remember what this step made, unless it is about to be lost."""
        if not self.crashes:
            where.append(what)

    def pick(self, where: list[Any], number: int) -> Any:
        """Choose from what there is, the latest first: most steps go on with something new."""
        return where[-1 - number % min(len(where), 8)]

    @rule()
    def the_next_step_crashes(self) -> None:
        self.crashes = True

    @rule(minutes=st.sampled_from([1, 5, 16, 61, 12 * 60, 37 * 60, 3 * 24 * 60, 32 * 24 * 60]))
    def time_goes_by(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    @rule(
        shop=shops, wanted=counts, method=st.sampled_from(list(PaymentMethod)), member=st.booleans()
    )
    def place(
        self, shop: int, wanted: tuple[int, ...], method: PaymentMethod, *, member: bool
    ) -> None:
        here = self.shops[shop]
        request = wish(here, here.buyer if member else SARI, wanted, method)
        with self.step() as session:
            order = first(session, orders.place(session, request, at=self.at).id)
            again = orders.place(session, request, at=self.at)
            assert again.id == order.purchase_id
            self.remember(self.known.orders, (order.cooperative_id, order.id))

    @rule(
        shop=shops, wanted=counts, method=st.sampled_from(list(PaymentMethod)), member=st.booleans()
    )
    def sell(
        self, shop: int, wanted: tuple[int, ...], method: PaymentMethod, *, member: bool
    ) -> None:
        """An order that goes its whole way, as most do."""
        self.place(shop, wanted, method, member=member)
        if method is not PaymentMethod.COD:
            self.money_comes(0, 0)
        self.go_all_the_way(0)

    @rule()
    def expire(self) -> None:
        with self.step() as session:
            orders.expire_overdue(session, at=self.at)

    @precondition(lambda self: self.known.orders)
    @rule(number=some, beside=st.sampled_from([0, 0, 0, -1, -1_000, 1, 5_000]))
    def money_comes(self, number: int, beside: int) -> None:
        name = self.pick(self.known.orders, number)
        with self.step() as session:
            order = session.get_one(Order, name)
            intent = intent_of(session, *name)
            assert intent is not None
            amount = intent.amount_due.amount - intent.received.amount + beside
            key = next(self.keys)
            orders.confirm_payment(
                session, order, Rupiah(amount), key=key, actor_id=None, at=self.at
            )
            self.remember(self.known.signs, (name, key, amount))

    @precondition(lambda self: self.known.signs)
    @rule(number=some)
    def the_same_money_is_told_again(self, number: int) -> None:
        name, key, amount = self.pick(self.known.signs, number)
        before = self.entries()
        with self.step() as session:
            order = session.get_one(Order, name)
            orders.confirm_payment(
                session, order, Rupiah(amount), key=key, actor_id=None, at=self.at
            )
        assert self.entries() == before

    @rule(shop=shops)
    def a_statement_comes(self, shop: int) -> None:
        """All transfers that are waited for stand on it; those that fit exactly are confirmed."""
        here = self.shops[shop]
        with self.step() as session:
            due = [
                intent.amount_due
                for name in self.known.orders
                if name[0] == here.id and session.get_one(Order, name).method.value == "transfer"
                for intent in [intent_of(session, *name)]
                if intent is not None and not intent.received
            ]
            if not due:
                return
            lines = "".join(f"{local_day(self.at):%d/%m/%Y};{one.amount}\n" for one in due)
            rows = read_rows(f"Tanggal;Kredit\n{lines}".encode())
            bank = session.get_one(PaymentDestination, (here.id, here.bank_id))
            columns = guess(split(rows)[0])
            statements.bring_in(session, bank, rows, columns, by=None, at=self.at)
            orders.confirm_exact(session, here.id, by=None, at=self.at)

    @precondition(lambda self: self.known.orders)
    @rule(number=some, state=st.sampled_from(FORWARD))
    def advance(self, number: int, state: OrderState) -> None:
        with self.step() as session:
            order = session.get_one(Order, self.pick(self.known.orders, number))
            orders.advance(session, order, state, actor_id=None, at=self.at)

    @precondition(lambda self: self.known.orders)
    @rule(number=some)
    def go_all_the_way(self, number: int) -> None:
        with self.step() as session:
            order = session.get_one(Order, self.pick(self.known.orders, number))
            for state in FORWARD[FORWARD.index(order.state) + 1 if order.state in FORWARD else 0 :]:
                orders.advance(session, order, state, actor_id=None, at=self.at)

    @precondition(lambda self: self.known.orders)
    @rule(number=some)
    def undo(self, number: int) -> None:
        with self.step() as session:
            order = session.get_one(Order, self.pick(self.known.orders, number))
            orders.undo(session, order, actor_id=None, at=self.at)

    @precondition(lambda self: self.known.orders)
    @rule(number=some, by_buyer=st.booleans())
    def cancel(self, number: int, *, by_buyer: bool) -> None:
        with self.step() as session:
            order = session.get_one(Order, self.pick(self.known.orders, number))
            if by_buyer:
                orders.cancel_by_buyer(session, order, actor_id=None, at=self.at)
            else:
                orders.cancel(session, order, reason="habis", actor_id=None, at=self.at)

    @rule(
        shop=shops,
        quantity=st.integers(1, 30),
        cost=rupiah,
        paid_from=st.sampled_from([Purpose.CASH, Purpose.BANK, None]),
        of_a_member=st.booleans(),
    )
    def buy_stock(
        self, shop: int, quantity: int, cost: int, paid_from: Purpose | None, *, of_a_member: bool
    ) -> None:
        here = self.shops[shop]
        seller = here.makers[0] if of_a_member and paid_from is None else None
        with self.step() as session:
            key = next(self.keys)
            for _ in range(2):  # the second tap buys nothing more
                listings.buy_stock(
                    session, here.id, here.own, quantity, Rupiah(cost), key=key,
                    paid_from=paid_from, seller_id=seller, editor=here.editor, at=self.at,
                )  # fmt: skip

    @rule(shop=shops, which=st.integers(0, 2), quantity=st.integers(0, 40))
    def recount(self, shop: int, which: int, quantity: int) -> None:
        here = self.shops[shop]
        with self.step() as session:
            listings.set_stock(
                session, here.id, here.goods[which][0], quantity, editor=here.editor, at=self.at
            )

    @rule(shop=shops)
    def compose_a_payout(self, shop: int) -> None:
        here = self.shops[shop]
        with self.step() as session:
            batch = payouts.compose(
                session, here.id, here.makers, key=next(self.keys), by=here.treasurer, at=self.at
            )
            self.remember(self.known.batches, (here.id, batch.id))

    @precondition(lambda self: self.known.batches)
    @rule(
        number=some,
        what=st.sampled_from(["approve", "approve oneself", "pay", "pay", "cancel"]),
        paid_by=st.sampled_from(list(PaidBy)),
    )
    def go_on_with_a_payout(self, number: int, what: str, paid_by: PaidBy) -> None:
        name = self.pick(self.known.batches, number)
        here = next(shop for shop in self.shops if shop.id == name[0])
        with self.step() as session:
            batch = session.get_one(PayoutBatch, name)
            if what == "pay":
                payouts.pay(
                    session, batch, paid_by=paid_by, reference=None, by=here.treasurer, at=self.at
                )
            elif what == "cancel":
                payouts.cancel(session, batch, at=self.at)
            else:
                by = here.chair if what == "approve" else here.treasurer
                payouts.approve(session, batch, by=by, at=self.at)
                assert by == here.chair

    @rule(
        shop=shops,
        pair=st.permutations(BY_HAND).map(lambda order: order[:2]),
        amount=rupiah,
        days=st.integers(-40, 0),
    )
    def propose_by_hand(self, shop: int, pair: list[Purpose], amount: int, days: int) -> None:
        here = self.shops[shop]
        debit, credit = (here.accounts[purpose] for purpose in pair)
        lines = [
            JournalLine(debit, debit=Rupiah(amount)),
            JournalLine(credit, credit=Rupiah(amount)),
        ]
        with self.step() as session:
            draft = bookkeeping.propose(
                session, here.id, Unit.SHOP, key=next(self.keys), memo="Setoran",
                dated=local_day(self.at) + timedelta(days=days), lines=lines,
                by=here.treasurer, at=self.at,
            )  # fmt: skip
            self.remember(self.known.drafts, (here.id, draft.id))

    @precondition(lambda self: self.known.by_hand)
    @rule(number=some)
    def propose_a_reversal(self, number: int) -> None:
        name = self.pick(self.known.by_hand, number)
        here = next(shop for shop in self.shops if shop.id == name[0])
        with self.step() as session:
            draft = bookkeeping.propose_reversal(
                session, books.entry_by_id(session, *name), key=next(self.keys),
                memo="Salah tulis", by=here.treasurer, at=self.at,
            )  # fmt: skip
            self.remember(self.known.drafts, (here.id, draft.id))

    @precondition(lambda self: self.known.drafts)
    @rule(number=some, what=st.sampled_from(["approve", "approve", "approve oneself", "refuse"]))
    def decide(self, number: int, what: str) -> None:
        name = self.pick(self.known.drafts, number)
        here = next(shop for shop in self.shops if shop.id == name[0])
        by = here.treasurer if what == "approve oneself" else here.chair
        with self.step() as session:
            draft = session.get_one(EntryDraft, name)
            if what == "refuse":
                bookkeeping.refuse(session, draft, by=by, at=self.at)
                return
            was_posted = draft.entry_id is not None
            entry = bookkeeping.approve(session, draft, by=by, at=self.at)
            assert was_posted or by == here.chair
            self.remember(self.known.by_hand, (here.id, entry.id))

    @rule(shop=shops)
    def close_a_month(self, shop: int) -> None:
        here = self.shops[shop]
        with self.step() as session:
            ledger.close_month(session, here.id, Unit.SHOP, closed_by=here.chair, at=self.at)

    @rule(shop=shops, amount=rupiah)
    def a_member_leaves_money(self, shop: int, amount: int) -> None:
        here = self.shops[shop]
        move = (Purpose.CASH, MemberAccount(Purpose.MEMBER_BALANCE, here.member), amount)
        with self.step() as session:
            ledger.post(
                session, here.id, Unit.SHOP,
                posting(move, key=next(self.keys), dated=local_day(self.at)), at=self.at,
            )  # fmt: skip

    @rule(shop=shops, amount=rupiah, lasts=st.sampled_from([None, 60]))
    def hold_money(self, shop: int, amount: int, lasts: int | None) -> None:
        here = self.shops[shop]
        place = MemberAccount(Purpose.MEMBER_BALANCE, here.member)
        until = None if lasts is None else self.at + timedelta(minutes=lasts)
        with self.step() as session:
            held = ledger.hold(
                session, here.id, Unit.SHOP, place, Rupiah(amount), key=next(self.keys),
                expires_at=until, at=self.at,
            )  # fmt: skip
            self.remember(self.known.holds, (here.id, held.id))

    @precondition(lambda self: self.known.holds)
    @rule(number=some, spend=st.booleans())
    def end_a_hold(self, number: int, *, spend: bool) -> None:
        name = self.pick(self.known.holds, number)
        here = next(shop for shop in self.shops if shop.id == name[0])
        with self.step() as session:
            held = session.get_one(LedgerHold, name)
            if not spend:
                ledger.void_hold(session, held, Unit.SHOP, at=self.at)
                return
            place = MemberAccount(Purpose.MEMBER_BALANCE, here.member)
            spent = posting(
                (place, Purpose.CASH, held.amount.amount),
                key=f"hold:{held.id}",
                dated=local_day(self.at),
            )
            ledger.post_hold(session, held, Unit.SHOP, spent, at=self.at)

    @invariant()
    def what_is_cheap_to_prove_holds(self) -> None:
        type(self).steps += 1
        session = db.session()
        found = [
            f"{name}: {row}: {said}"
            for name in EACH_STEP
            for row, said in audit.CHECKS[name](session, self.at)
        ]
        session.rollback()

        assert found == []

    @invariant()
    def the_shelf_is_worth_what_the_books_say(self) -> None:
        worth = text("SELECT cooperative_id, sum(value) FROM stock_items GROUP BY cooperative_id")
        kept = select(LedgerAccount.cooperative_id, LedgerAccount.debit - LedgerAccount.credit)
        session = db.session()
        shelf = {shop: int(value) for shop, value in session.execute(worth)}
        booked = {
            shop: int(value)
            for shop, value in session.execute(kept.where(LedgerAccount.purpose == Purpose.STOCK))
        }
        session.rollback()

        assert shelf == booked


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_whatever_happens_in_two_cooperatives_their_books_hold(app: Flask) -> None:
    walk = type("TradeHere", (Trade,), {"app": app})

    run_state_machine_as_test(
        walk,
        settings=settings(
            max_examples=WALKS,
            stateful_step_count=50,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )

    sys.stdout.write(f"{walk.steps} steps in {WALKS} walks, {walk.refused} refused by a rule\n")
    assert walk.steps >= LEAST
