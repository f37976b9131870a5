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
from marketplace.balances import service as balances
from marketplace.balances.models import Withdrawal
from marketplace.bookkeeping import service as bookkeeping
from marketplace.bookkeeping.models import EntryDraft
from marketplace.cooperatives.models import Cooperative
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
from marketplace.orders.queries import refunds
from marketplace.orders.rules import OrderState, RefundMethod
from marketplace.orders.service.moving import lock
from marketplace.payments.models import PaymentDestination
from marketplace.payments.ports import Facts
from marketplace.payments.queries import attempt_of, intent_of
from marketplace.payments.rules import PaymentMethod
from marketplace.payments.rules.attempts import AttemptState
from marketplace.payments.rules.statements import guess, split
from marketplace.payments.service import statements
from marketplace.payouts import service as payouts
from marketplace.payouts.models import PayoutBatch
from marketplace.payouts.rules import PaidBy
from marketplace.web.extensions import db
from marketplace.web.transactions import transaction
from tests.ledger.world import BY_HAND, GATEWAY, Shop, found, wish
from tests.makers import SATURDAY
from tests.orders.conftest import SARI, first

# GUYUB_LONG asks for as many steps as the goal says.
WALKS, LEAST = (125, 5_000) if os.environ.get("GUYUB_LONG") else (4, 120)
# All but two: nobody delivers messages in a walk, and its clock jumps over weeks; that no row
# points elsewhere the databases see to, and it is proven at the end of each walk.
AT_THE_END = {"outbox.nothing_is_stuck", "tenants.no_row_points_elsewhere"}
EACH_STEP = [name for name in audit.CHECKS if name not in AT_THE_END]
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
    refunds: list[tuple[int, UUID]] = field(default_factory=list)
    withdrawals: list[tuple[int, UUID]] = field(default_factory=list)
    answers: list[tuple[int, UUID, Facts]] = field(default_factory=list)
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
                member = method in (PaymentMethod.QRIS, PaymentMethod.BALANCE)
                self.place(shop, (1, 2, 1), method, member=member)
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
        if method is PaymentMethod.GATEWAY:
            self.the_gateway_answers(0, AttemptState.PAID, 0, 0)
        elif method not in (PaymentMethod.COD, PaymentMethod.BALANCE):
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
        """A member pays too much and asks for it to become their balance."""
        here = self.shops[shop]
        account = here.buyer.account_id
        assert account is not None
        with self.step() as session:
            request = wish(here, here.buyer, (1, 0, 0), PaymentMethod.QRIS)
            order = first(session, orders.place(session, request, at=self.at).id)
            key, paid = next(self.keys), order.total + Rupiah(amount)
            orders.confirm_payment(session, order, paid, key=key, actor_id=None, at=self.at)
            for _ in range(2):  # the second tap asks for nothing more
                refund = orders.ask_into_balance(session, order, account_id=account, at=self.at)
            self.remember(self.known.orders, (order.cooperative_id, order.id))
            self.remember(self.known.refunds, (refund.cooperative_id, refund.id))

    @precondition(lambda self: self.known.orders)
    @rule(number=some)
    def a_buyer_asks_for_a_balance(self, number: int) -> None:
        name = self.pick(self.known.orders, number)
        here = next(shop for shop in self.shops if shop.id == name[0])
        with self.step() as session:
            order = session.get_one(Order, name)
            account = here.buyer.account_id
            assert account is not None
            refund = orders.ask_into_balance(session, order, account_id=account, at=self.at)
            self.remember(self.known.refunds, (refund.cooperative_id, refund.id))

    @precondition(lambda self: self.known.orders)
    @rule(
        number=some,
        amount=st.none() | st.integers(1, 60_000),
        pieces=st.lists(st.integers(0, 2), min_size=3, max_size=3),
        goods_back=st.booleans(),
    )
    def ask_for_a_refund(
        self, number: int, amount: int | None, pieces: list[int], *, goods_back: bool
    ) -> None:
        name = self.pick(self.known.orders, number)
        here = next(shop for shop in self.shops if shop.id == name[0])
        with self.step() as session:
            order = lock(session, *name)
            wanted = orders.RefundRequest(
                "remuk",
                Rupiah(amount) if amount else None,
                {line.id: n for line, n in zip(order.lines, pieces, strict=False) if n},
                goods_back,
            )
            key = next(self.keys)
            for _ in range(2):
                refund = orders.request_refund(
                    session, order, wanted, key=key, by=here.treasurer, at=self.at
                )
            self.remember(self.known.refunds, (refund.cooperative_id, refund.id))

    @precondition(lambda self: self.known.refunds)
    @rule(
        number=some,
        what=st.sampled_from(["approve", "approve oneself", "pay", "pay", "pay", "refuse"]),
        method=st.sampled_from(list(RefundMethod)),
    )
    def go_on_with_a_refund(self, number: int, what: str, method: RefundMethod) -> None:
        name = self.pick(self.known.refunds, number)
        here = next(shop for shop in self.shops if shop.id == name[0])
        with self.step() as session:
            refund = refunds.refund(session, *name)
            by = here.chair if what == "approve" else here.treasurer
            if what == "pay":
                for _ in range(2):
                    orders.pay_refund(session, refund, method, reference="TRF 7", by=by, at=self.at)
            elif what == "refuse":
                orders.refuse_refund(session, refund, by=by, at=self.at)
            else:
                orders.approve_refund(session, refund, by=by, at=self.at)

    @rule(shop=shops, amount=rupiah)
    def ask_to_pay_a_balance_out(self, shop: int, amount: int) -> None:
        here = self.shops[shop]
        with self.step() as session:
            key, cooperative = next(self.keys), session.get_one(Cooperative, here.id)
            for _ in range(2):
                asked = balances.ask(
                    session, cooperative, here.member, Rupiah(amount), key=key,
                    by=here.treasurer, at=self.at,
                )  # fmt: skip
            self.remember(self.known.withdrawals, (here.id, asked.id))

    @precondition(lambda self: self.known.withdrawals)
    @rule(
        number=some,
        what=st.sampled_from(["approve", "approve oneself", "pay", "pay", "cancel"]),
        way=st.sampled_from(list(PaidBy)),
    )
    def go_on_with_paying_out(self, number: int, what: str, way: PaidBy) -> None:
        name = self.pick(self.known.withdrawals, number)
        here = next(shop for shop in self.shops if shop.id == name[0])
        with self.step() as session:
            asked = session.get_one(Withdrawal, name)
            by = here.chair if what == "approve" else here.treasurer
            if what == "pay":
                for _ in range(2):
                    balances.pay(session, asked, way, reference="TRF 8", by=by, at=self.at)
            elif what == "cancel":
                balances.cancel(session, asked, by=by, at=self.at)
            else:
                balances.approve(session, asked, by=by, at=self.at)

    @precondition(lambda self: self.known.orders)
    @rule(
        number=some,
        state=st.sampled_from([*AttemptState, AttemptState.PAID, AttemptState.PAID]),
        beside=st.sampled_from([0, 0, 0, -1_000, 5_000]),
        refunded=st.sampled_from([0, 0, 1_000]),
    )
    def the_gateway_answers(
        self, number: int, state: AttemptState, beside: int, refunded: int
    ) -> None:
        """News made us ask about an attempt; the answer may say anything."""
        name = self.pick(self.known.orders, number)
        with self.step() as session:
            intent = intent_of(session, *name)
            attempt = attempt_of(session, intent)
            if intent is None or attempt is None:
                return
            amount = intent.amount_due + Rupiah(beside)
            facts = Facts(
                attempt.reference, state, amount, "IDR", f"tx-{attempt.reference}",
                refunded=Rupiah(refunded),
            )  # fmt: skip
            orders.learn(session, name[0], attempt.id, facts, at=self.at)
            self.remember(self.known.answers, (name[0], attempt.id, facts))

    @precondition(lambda self: self.known.answers)
    @rule(number=some)
    def an_old_answer_comes_again(self, number: int) -> None:
        """Twice, late, or after a newer one: money is never recorded a second time."""
        shop, attempt_id, facts = self.pick(self.known.answers, number)
        before = self.entries()
        with self.step() as session:
            orders.learn(session, shop, attempt_id, facts, at=self.at)
        assert facts.state is not AttemptState.PAID or self.entries() == before

    @precondition(lambda self: self.known.orders)
    @rule(number=some)
    def another_page_is_asked_for(self, number: int) -> None:
        with self.step() as session:
            order = session.get_one(Order, self.pick(self.known.orders, number))
            orders.page_for(session, order, GATEWAY, at=self.at)

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
    @rule(number=some)
    def end_a_hold(self, number: int) -> None:
        name = self.pick(self.known.holds, number)
        with self.step() as session:
            ledger.void_hold(session, session.get_one(LedgerHold, name), Unit.SHOP, at=self.at)

    @invariant()
    def every_invariant_holds(self) -> None:
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
