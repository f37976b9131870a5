"""Any order of wishes, rounds, deliveries, claims and fetching: goods and rupiah are conserved."""

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
from marketplace.credit import service as credit
from marketplace.credit.rules import PaidBy
from marketplace.kernel.access import Role
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.ledger import service as ledger
from marketplace.ledger.queries import LedgerEntry
from marketplace.ledger.rules import MemberAccount, Move, Posting, Purpose, Unit
from marketplace.members.models import Member
from marketplace.supply import queries, service
from marketplace.supply.models import (
    BaseUnit,
    CostLine,
    GoodsReceipt,
    PurchaseOrder,
    RequestLine,
    SentBy,
    SupplierClaim,
    SupplyHandOver,
    SupplyItem,
    SupplyPool,
    SupplyReturn,
    SupplyRound,
    UnfetchedDecision,
)
from marketplace.supply.rules import (
    STILL_SHARES,
    ClaimWay,
    CostPaidFrom,
    LeftOver,
    PaidWith,
    RequestState,
    ReturnedTo,
    SplitBy,
    asked_of,
    part_of,
)
from marketplace.web.extensions import db
from marketplace.web.transactions import transaction
from tests.makers import SATURDAY, make_cooperative, make_member, make_officer

# GUYUB_LONG asks for as many steps as the goal says.
WALKS, LEAST = (80, 3_000) if os.environ.get("GUYUB_LONG") else (3, 90)
# Nobody delivers messages in a walk, and its clock jumps; the rest is proven after every step.
AT_THE_END = {"outbox.nothing_is_stuck", "tenants.no_row_points_elsewhere"}
EACH_STEP = [
    name
    for name in audit.CHECKS
    if name.startswith(("supply.", "credit.", "ledger.", "balances.")) and name not in AT_THE_END
]
MEMBERS, GOODS = 4, 2
who, what, some = st.integers(0, MEMBERS - 1), st.integers(0, GOODS - 1), st.integers(0, 99)
pieces = st.integers(1, 30)
ways = st.sampled_from(list(PaidWith))


@dataclass
class Known:
    """What was done so far, by ids that outlive a refused step."""

    pools: list[tuple[int, UUID]] = field(default_factory=list)
    lines: list[tuple[int, UUID]] = field(default_factory=list)


class Round(RuleBasedStateMachine):
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

    def teardown(self) -> None:
        try:
            with transaction() as session:
                session.execute(text("UPDATE outbox_messages SET delivered_at = told_at"))
            assert [str(finding) for finding in audit.run(db.session(), at=self.at)] == []
        finally:
            db.session.remove()
            self.savepoint.rollback()

    @initialize()
    def a_cooperative_with_members_and_goods(self) -> None:
        with transaction() as session:
            shop = make_cooperative(
                session, "Velodrome Rukun Jaya", cash_rounding=100, member_count=MEMBERS
            )
            self.shop = shop.id
            self.officers = [
                make_officer(session, shop, role, name).id
                for role, name in ((Role.CHAIR, "Pak Budi"), (Role.TREASURER, "Bu Tutik"))
            ]
            members = [make_member(session, shop, f"Anggota {n}") for n in range(MEMBERS)]
            self.members = [(member.cooperative_id, member.id) for member in members]
            for member in members[: MEMBERS // 2]:
                credit.set_limit(
                    session, member, Rupiah(900_000), due_days=14, by=self.officers[1], at=self.at
                )
                self._leave_money(session, member.id)
            goods = [
                service.add_item(
                    session, shop.id, name=name, base_unit=unit, unit=called, factor=factor,
                    at=self.at,
                )
                for name, unit, called, factor in (
                    ("Minyak goreng 5 L", BaseUnit.PIECE, "jeriken", 1),
                    ("Minyak goreng 2 L", BaseUnit.PIECE, "botol", 1),
                )
            ]  # fmt: skip
            self.goods = [(good.cooperative_id, good.id, good.factor) for good in goods]
        # So that a walk does not begin with nothing to do.
        self.open_a_round(0, 4, 412_003, 10, 1, 0, 250)
        for number in range(MEMBERS):
            self.join(0, number, 3 + number, 0, 2, on_account=number == 0)

    def _leave_money(self, session: Session, member_id: UUID) -> None:
        place = MemberAccount(Purpose.MEMBER_BALANCE, member_id)
        move = Move(Purpose.CASH, place, Rupiah(700_000))
        posting = Posting(next(self.keys), "Titipan", (move,), self.at.date(), "manual")
        ledger.post(session, self.shop, Unit.SHOP, posting, at=self.at)

    @contextmanager
    def step(self) -> Iterator[Session]:
        """Do one thing as a request does: kept whole, or refused without a trace."""
        before = self.entries()
        try:
            with transaction() as session:
                yield session
        except RuleBroken:
            type(self).refused += 1
            assert self.entries() == before

    def entries(self) -> int:
        return db.session.scalar(select(func.count()).select_from(LedgerEntry)) or 0

    def pick(self, where: list[Any], number: int) -> Any:
        """Choose from what there is, the latest first: most steps go on with something new."""
        return where[-1 - number % min(len(where), 8)]

    def pool(self, session: Session, number: int) -> SupplyPool:
        return session.get_one(SupplyPool, self.pick(self.known.pools, number))

    # ------------------------------------------------------------------------ asking

    @rule(hours=st.sampled_from([1, 1, 5, 26, 24 * 8, 24 * 33]))
    def time_goes_by(self, hours: int) -> None:
        self.at += timedelta(hours=hours)
        with self.step() as session:
            service.close_due(session, at=self.at)

    @rule(member=who, good=what, want=pieces, least=st.integers(0, 30), more=st.integers(-1, 9))
    def ask(self, member: int, good: int, want: int, least: int, more: int) -> None:
        shop, id_, factor = self.goods[good]
        with self.step() as session:
            wanted = service.Wanted(want * factor, least * factor, (want + more) * factor)
            item = session.get_one(SupplyItem, (shop, id_))
            line = service.ask(
                session, session.get_one(Member, self.members[member]), wanted, item=item,
                entered_by=self.officers[0], at=self.at,
            )  # fmt: skip
            self.known.lines.append((shop, line.id))

    @rule(
        good=what, size=st.integers(1, 12), price=st.integers(1, 500_000), cheaper=some,
        step=st.integers(1, 2), least=st.integers(0, 2), margin=st.sampled_from([0, 250, 333]),
        both=st.booleans(),
    )  # fmt: skip
    def open_a_round(
        self,
        good: int,
        size: int,
        price: int,
        cheaper: int,
        step: int,
        least: int,
        margin: int,
        *,
        both: bool = True,
    ) -> None:
        shop, id_, factor = self.goods[good]
        tiers = ((3, price - cheaper),) if cheaper < price and cheaper else ()
        terms = service.Terms(
            "Grosir Gadang", "karton", size * factor, Rupiah(price), pack_step=step,
            pack_minimum=least, tiers=tiers, margin=margin,
        )  # fmt: skip
        with self.step() as session:
            pool = service.open_round(
                session, session.get_one(SupplyItem, (shop, id_)), terms,
                service.RoundPlan(self.at + timedelta(hours=24), "Velodrome"),
                opened_by=self.officers[0], at=self.at,
            )  # fmt: skip
            self.known.pools.append((shop, pool.id))
            if both:
                other, per_unit = self.goods[1 - good][1], self.goods[1 - good][2]
                terms = service.Terms("Toko Lain", "sak", size * per_unit, Rupiah(price + 7))
                item = session.get_one(SupplyItem, (shop, other))
                more = service.add_good(session, pool.round, item, terms, at=self.at)
                self.known.pools.append((shop, more.id))

    @rule(number=some, member=who, want=pieces, least=some, more=st.integers(-1, 9),
          cap=st.sampled_from([None, None, 1, 900, 40_000]), on_account=st.booleans(),
          second=st.booleans())  # fmt: skip
    def join(
        self,
        number: int,
        member: int,
        want: int,
        least: int,
        more: int,
        cap: int | None = None,
        *,
        on_account: bool,
        second: bool = True,
    ) -> None:
        with self.step() as session:
            pool = self.pool(session, number)
            factor = session.get_one(SupplyItem, (pool.cooperative_id, pool.item_id)).factor
            others = [key[:2] for key in self.goods if key[1] != pool.item_id]
            wanted = service.Wanted(
                want * factor, least * factor, (want + more) * factor,
                price_cap=Rupiah(cap) if cap else None,
                second=session.get_one(SupplyItem, others[0]) if second else None,
            )  # fmt: skip
            line = service.join(
                session, pool, session.get_one(Member, self.members[member]), wanted,
                entered_by=self.officers[0], on_account=on_account, at=self.at,
            )  # fmt: skip
            self.known.lines.append((self.shop, line.id))

    @precondition(lambda self: self.known.lines)
    @rule(number=some, by_officer=st.booleans())
    def withdraw(self, number: int, *, by_officer: bool) -> None:
        with self.step() as session:
            line = session.get_one(RequestLine, self.pick(self.known.lines, number))
            service.withdraw(
                session, line, actor_id=self.officers[0], by_officer=by_officer, at=self.at
            )

    # ------------------------------------------------------------------------ buying

    @rule(number=some, packs=st.integers(0, 3))
    def take_for_stock(self, number: int, packs: int) -> None:
        with self.step() as session:
            pool = self.pool(session, number)
            service.widen(session, pool, stock_cap=packs * pool.main.pack_size, at=self.at)

    @rule(number=some, packs=st.integers(0, 3))
    def buy_for_stock(self, number: int, packs: int) -> None:
        with self.step() as session:
            service.take_for_stock(session, self.pool(session, number), packs=packs, at=self.at)

    @rule(number=some)
    def lock(self, number: int) -> None:
        with self.step() as session:
            service.lock(session, self.pool(session, number), by=self.officers[0], at=self.at)

    @rule(number=some, officer=st.integers(0, 1))
    def approve_and_send(self, number: int, officer: int) -> None:
        with self.step() as session:
            order = self._order(session, number)
            if order is not None:
                by = self.officers[officer]
                service.approve(session, order, seen=order.total, by=by, at=self.at)
                service.send(session, order, SentBy.PRINTED, by=by, at=self.at)

    def _order(self, session: Session, number: int) -> PurchaseOrder | None:
        return queries.purchase_order_of(session, self.pool(session, number))

    @rule(number=some, carry_over=st.booleans())
    def cancel(self, number: int, *, carry_over: bool) -> None:
        with self.step() as session:
            pool = self.pool(session, number)
            service.cancel(session, pool, reason=None, carry_over=carry_over, at=self.at)

    # --------------------------------------------------------------------- deliveries

    @rule(number=some, came=st.integers(1, 130), broken=st.sampled_from([0, 0, 0, 1, 7]),
          dearer=st.sampled_from([0, 0, -1_001, 999, 40_000]),
          claimed=st.sampled_from([None, None, 0, 17, 10**9]), officer=st.sampled_from([0, 0, 1]),
          twice=st.booleans())  # fmt: skip
    def goods_arrive(
        self, number: int, came: int, broken: int, dearer: int, claimed: int | None, *,
        officer: int, twice: bool,
    ) -> None:  # fmt: skip
        """So many of a hundred of what was ordered come, perhaps broken, at another price."""
        key = next(self.keys)
        with self.step() as session:
            pool = self.pool(session, number)
            ordered = (pool.ordered_packs or 1) * pool.main.pack_size
            cost = pool.ordered_cost.amount if pool.ordered_cost else 10_000
            for _ in range(1 + twice):
                service.receive(
                    session, pool, key=key, packs=0, quantity=max(1, ordered * came // 100),
                    damaged=broken, cost=Rupiah(max(0, cost * came // 100 + dearer)),
                    contested=None if claimed is None else Rupiah(claimed),
                    actor_id=self.officers[officer], at=self.at,
                )  # fmt: skip

    @rule(number=some, way=st.sampled_from([*ClaimWay, None]), came=st.integers(1, 9),
          officer=st.integers(0, 1))  # fmt: skip
    def a_claim_ends(self, number: int, way: ClaimWay | None, came: int, officer: int) -> None:
        with self.step() as session:
            claims = session.scalars(select(SupplierClaim).order_by(SupplierClaim.id)).all()
            if not claims:
                return
            claim, by = claims[-1 - number % len(claims)], self.officers[officer]
            if way is None:
                service.write_off_claim(session, claim, note=None, by=by, at=self.at)
            elif way is ClaimWay.GOODS:
                service.bring_claimed_goods(session, claim, came, by=by, at=self.at)
            else:
                service.credit_claim(session, claim, way, note=None, by=by, at=self.at)

    @rule(number=some, parts=st.lists(pieces, min_size=MEMBERS, max_size=MEMBERS))
    def officers_share_by_hand(self, number: int, parts: list[int]) -> None:
        with self.step() as session:
            pool = self.pool(session, number)
            view = queries.view(session, pool)
            if view.run is None:
                return
            factor = session.get_one(SupplyItem, (pool.cooperative_id, pool.item_id)).factor
            still = [r.line for r in view.lines if r.line.state in STILL_SHARES]
            given = {
                line.id: min(part * factor, line.flex_max)
                for line, part in zip(still, parts, strict=False)
            }
            service.share_manually(
                session, pool, given, reason="Ada yang sakit", seen=view.run.number,
                by=self.officers[0], at=self.at,
            )  # fmt: skip

    @precondition(lambda self: self.known.lines)
    @rule(number=some, accept=st.booleans(), beside=st.sampled_from([0, 0, 0, 1]),
          for_member=st.booleans(), twice=st.booleans())  # fmt: skip
    def a_price_is_answered(
        self, number: int, beside: int, *, accept: bool, for_member: bool, twice: bool
    ) -> None:
        with self.step() as session:
            asked = session.scalars(
                select(RequestLine)
                .where(RequestLine.state == RequestState.PRICE_ASKED)
                .order_by(RequestLine.id)
            ).all()
            if not asked:
                return
            line = asked[number % len(asked)]
            seen = queries.shares_now(session, [line])[line.id].charge + Rupiah(beside)
            for _ in range(1 + twice):
                service.answer_price(
                    session, line, accept=accept, seen=seen, note="Lewat telepon",
                    by=self.officers[0], for_member=for_member, at=self.at,
                )  # fmt: skip

    @rule(number=some, shrink=st.booleans(), twice=st.booleans())
    def a_delivery_was_noted_wrongly(self, number: int, *, shrink: bool, twice: bool) -> None:
        with self.step() as session:
            noted = session.scalars(select(GoodsReceipt).order_by(GoodsReceipt.id)).all()
            if not noted:
                return
            receipt = noted[-1 - number % len(noted)]
            pool = session.get_one(SupplyPool, (receipt.cooperative_id, receipt.pool_id))
            for _ in range(1 + twice):
                service.reverse_receipt(
                    session, pool, receipt, reason="Salah ketik", shrink=shrink,
                    by=self.officers[1], at=self.at,
                )  # fmt: skip

    @rule(number=some, amount=st.sampled_from([1, 999, 15_000, 120_001]),
          split_by=st.sampled_from(list(SplitBy)), paid_from=st.sampled_from(list(CostPaidFrom)),
          whole=st.booleans(), twice=st.booleans())  # fmt: skip
    def a_cost_comes_up(
        self,
        number: int,
        amount: int,
        split_by: SplitBy,
        paid_from: CostPaidFrom,
        *,
        whole: bool,
        twice: bool,
    ) -> None:
        key = next(self.keys)
        with self.step() as session:
            pool = self.pool(session, number)
            place = None if whole else pool.place
            cost = service.NewCost("Angkut", Rupiah(amount), split_by, paid_from, place)
            for _ in range(1 + twice):
                service.add_cost(
                    session, pool.round, cost, key=key, by=self.officers[0], at=self.at
                )

    @rule(number=some)
    def a_cost_was_none(self, number: int) -> None:
        with self.step() as session:
            lines = session.scalars(select(CostLine).order_by(CostLine.id)).all()
            if lines:
                line = lines[-1 - number % len(lines)]
                round_ = session.get_one(SupplyRound, (line.cooperative_id, line.round_id))
                service.undo_cost(session, round_, line, by=self.officers[1], at=self.at)

    # ----------------------------------------------------------------------- fetching

    @precondition(lambda self: self.known.lines)
    @rule(number=some, way=ways, beside=st.sampled_from([0, 0, 0, 0, -1, 100]),
          some_of_it=st.sampled_from([100, 100, 34, 67]), twice=st.booleans())  # fmt: skip
    def fetch(
        self, number: int, way: PaidWith, beside: int, some_of_it: int, *, twice: bool
    ) -> None:
        """All that is left of a share is fetched, or so many of a hundred of it."""
        with self.step() as session:
            line = session.get_one(RequestLine, self.pick(self.known.lines, number))
            if line.pool_id is None:
                return
            pool = session.get_one(SupplyPool, (line.cooperative_id, line.pool_id))
            row = next(
                (one for one in queries.view(session, pool).lines if one.line.id == line.id), None
            )
            charge, taking = Rupiah(1), None
            if row and row.allocation and row.left:
                quantity = max(1, row.left * some_of_it // 100)
                had = queries.fetched_of(session, [line]).get(line.id, queries.NOTHING_FETCHED)
                charge = Rupiah(
                    part_of(
                        row.allocation.parts, row.given, had.parts, had.quantity,
                        taking=quantity, margin=pool.margin,
                    ).total
                )  # fmt: skip
                taking = service.Taking(quantity, row.fetched)
            paid = asked_of(way, charge, 100) + Rupiah(beside)
            for _ in range(1 + twice):
                service.hand_over(
                    session, line, paid=paid, way=way, taking=taking,
                    actor_id=self.officers[0], at=self.at,
                )  # fmt: skip

    @precondition(lambda self: self.known.lines)
    @rule(number=some)
    def bring_back_at_once(self, number: int) -> None:
        with self.step() as session:
            line = session.get_one(RequestLine, self.pick(self.known.lines, number))
            service.undo_hand_over(session, line, at=self.at)

    @rule(number=some, what=st.sampled_from(list(LeftOver)), beside=st.sampled_from([0, 0, 0, 1]),
          twice=st.booleans())  # fmt: skip
    def officers_decide_of_what_nobody_fetched(
        self, number: int, what: LeftOver, beside: int, *, twice: bool
    ) -> None:
        with self.step() as session:
            service.remind_unfetched(session, at=self.at)
            there = queries.to_remind_of(session, at=self.at)
            if not there:
                return
            one = there[number % len(there)]
            for _ in range(1 + twice):
                service.decide_unfetched(
                    session, one.line, what, reason="Tidak datang", seen=one.left + beside,
                    keep_until=local_day(self.at) + timedelta(days=2), by=self.officers[0],
                    at=self.at,
                )  # fmt: skip

    @rule(number=some, twice=st.booleans())
    def a_decision_is_undone(self, number: int, *, twice: bool) -> None:
        with self.step() as session:
            decided = session.scalars(
                select(UnfetchedDecision)
                .where(UnfetchedDecision.undone_at.is_(None))
                .order_by(UnfetchedDecision.id)
            ).all()
            if not decided:
                return
            said = decided[-1 - number % min(len(decided), 2)]
            line = session.get_one(RequestLine, (said.cooperative_id, said.line_id))
            for _ in range(1 + twice):
                service.undo_unfetched(session, line, by=self.officers[1], at=self.at)

    @rule(number=some, back=ways, to=st.sampled_from(list(ReturnedTo)),
          some_of_it=st.sampled_from([100, 34, 67, 120]), twice=st.booleans())  # fmt: skip
    def goods_are_brought_back(
        self, number: int, back: PaidWith, to: ReturnedTo, some_of_it: int, *, twice: bool
    ) -> None:
        key = next(self.keys)
        with self.step() as session:
            hands = session.scalars(
                select(SupplyHandOver)
                .where(SupplyHandOver.undone_at.is_(None))
                .order_by(SupplyHandOver.id)
            ).all()
            if not hands:
                return
            hand = hands[-1 - number % min(len(hands), 3)]
            quantity = max(1, hand.quantity * some_of_it // 100)
            for _ in range(1 + twice):
                service.return_goods(
                    session, hand, service.Returning(quantity, "Penyok", to, back), key=key,
                    by=self.officers[0], at=self.at,
                )  # fmt: skip

    @rule(number=some, twice=st.booleans())
    def a_return_is_undone(self, number: int, *, twice: bool) -> None:
        with self.step() as session:
            done = session.scalars(select(SupplyReturn).order_by(SupplyReturn.id)).all()
            for _ in range(1 + twice if done else 0):
                service.undo_return(
                    session, done[-1 - number % min(len(done), 2)], by=self.officers[1], at=self.at
                )

    @rule(member=who, amount=st.integers(1, 900_000))
    def pay_a_bon(self, member: int, amount: int) -> None:
        with self.step() as session:
            credit.pay(
                session, session.get_one(Member, self.members[member]), Rupiah(amount),
                PaidBy.CASH, key=next(self.keys), by=self.officers[1], at=self.at,
            )  # fmt: skip

    # ---------------------------------------------------------------------- invariants

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
    def what_was_billed_is_what_members_the_cooperative_and_the_supplier_bear(self) -> None:
        session = db.session()
        wrong = []
        for key in self.known.pools:
            pool = session.get(SupplyPool, key)
            run = queries.last_run(session, pool) if pool else None
            if pool is None or run is None:
                continue
            receipts = queries.receipts(session, pool)
            shares = [row.allocation for row in queries.view(session, pool).lines if row.allocation]
            borne = Rupiah.total(share.charge for share in shares) + run.stock_cost
            billed = Rupiah.total(receipt.charged for receipt in receipts)
            billed += Rupiah(sum(cost.amount for cost in queries.costs_of(session, pool)))
            billed += Rupiah.total(share.margin for share in shares)
            billed += run.shrunk_cost
            came = sum(receipt.good for receipt in receipts) + run.shrunk
            given = sum(share.given for share in shares) + run.to_stock
            if (borne, given) != (billed, came):
                wrong.append((pool.number, borne, billed, given, came))
        session.rollback()

        assert wrong == []


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_whatever_happens_in_a_cooperatives_rounds_nothing_is_lost(app: Flask) -> None:
    walk = type("RoundHere", (Round,), {"app": app})

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
