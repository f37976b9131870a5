"""Any order of limits, holds, bons and payments, against a model; the audit stays silent."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.orm import Session

from marketplace.audit import credit as audit
from marketplace.credit import service
from marketplace.credit.rules import (
    AlreadyPaid,
    CreditKeyReused,
    CreditTooSmall,
    PaidBy,
    PaidTooMuch,
)
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.queries import LedgerEntry
from marketplace.ledger.rules import Unit
from tests.credit.conftest import HAND_OVER, REQUEST, TODAY, figures, in_the_books, sell_to
from tests.makers import SATURDAY, make_cooperative, make_member, make_officer

LONG = bool(os.environ.get("GUYUB_LONG"))
CAUSES = [new_id() for _ in range(4)]
causes = st.sampled_from(CAUSES)
amounts = st.integers(1, 60)
CHECKS = (audit.receivables, audit.parts, audit.payments, audit.limits, audit.bills)


@dataclass
class Bill:
    """A bon as the model sees it."""

    cause: UUID
    amount: int
    entry: LedgerEntry
    paid: int = 0


@dataclass
class World:
    limit: int = 0
    held: dict[UUID, int] = field(default_factory=dict)
    bills: list[Bill] = field(default_factory=list)  # the oldest first

    @property
    def owed(self) -> int:
        return sum(bill.amount - bill.paid for bill in self.bills)

    def fits(self, cause: UUID, wanted: int) -> bool:
        promised = self.held.get(cause, 0)
        return wanted <= max(promised, self.limit - self.owed - sum(self.held.values()) + promised)


class Credit(RuleBasedStateMachine):
    """One member with some causes to take goods for; runs between two savepoints."""

    session: Session

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = self.session.begin_nested()
        self.world, self.keys = World(), 0

    @initialize()
    def open(self) -> None:
        cooperative = make_cooperative(self.session, f"Koperasi {new_id().hex[-8:]}")
        self.officer = make_officer(self.session, cooperative).id
        self.member = make_member(self.session, cooperative)

    def teardown(self) -> None:
        self.savepoint.rollback()
        self.session.expunge_all()

    @contextmanager
    def expecting(self, error: type[RuleBroken] | None):
        if error is None:
            yield
            return
        with pytest.raises(error):
            yield

    @rule(amount=st.integers(0, 200))
    def decide(self, amount: int) -> None:
        service.set_limit(
            self.session, self.member, Rupiah(amount), due_days=14, by=self.officer, at=SATURDAY
        )
        self.world.limit = amount

    @rule(cause=causes, amount=amounts)
    def hold(self, cause: UUID, amount: int) -> None:
        fits = self.world.fits(cause, amount)
        with self.expecting(None if fits else CreditTooSmall):
            service.hold(self.session, self.member, REQUEST, cause, Rupiah(amount), at=SATURDAY)
            self.world.held[cause] = amount

    @rule(cause=causes, amount=st.integers(0, 60))
    def lower(self, cause: UUID, amount: int) -> None:
        shop = self.member.cooperative_id
        service.lower(self.session, shop, REQUEST, {cause: Rupiah(amount)}, at=SATURDAY)
        if cause in self.world.held:
            self._keep(cause, min(self.world.held[cause], amount))

    def _keep(self, cause: UUID, amount: int) -> None:
        self.world.held.pop(cause, None)
        if amount:
            self.world.held[cause] = amount

    @rule(cause=causes, amount=amounts, rest=st.integers(0, 30))
    def sell(self, cause: UUID, amount: int, rest: int) -> None:
        known = next((bill for bill in self.world.bills if bill.cause == cause), None)
        error: type[RuleBroken] | None = None
        if known is not None:
            error = None if known.amount == amount else CreditKeyReused
        elif not self.world.fits(cause, amount + rest):
            error = CreditTooSmall
        with self.expecting(error):
            bill = sell_to(
                self.session, self.member, amount, cause, self.officer,
                held_by=(REQUEST, cause), still_held=Rupiah(rest),
            )  # fmt: skip
            if known is None:
                book = books.book_of(self.session, bill.cooperative_id, Unit.SHOP)
                entry = books.entry_by_key(self.session, book, f"{HAND_OVER}:{bill.id}")
                self.world.bills.append(Bill(cause, amount, entry))
                self._keep(cause, rest)

    @rule(cause=causes)
    def undo(self, cause: UUID) -> None:
        known = next((bill for bill in self.world.bills if bill.cause == cause), None)
        with self.expecting(AlreadyPaid if known and known.paid else None):
            service.undo_charge(
                self.session, self.member, HAND_OVER, cause, by=self.officer, at=SATURDAY
            )
            if known is not None:
                ledger.reverse(
                    self.session, known.entry, memo="Batal", key=str(known.entry.id), dated=TODAY,
                    at=SATURDAY,
                )  # fmt: skip
                self.world.bills.remove(known)

    @rule(amount=amounts)
    def pay(self, amount: int) -> None:
        self.keys += 1
        with self.expecting(PaidTooMuch if amount > self.world.owed else None):
            service.pay(
                self.session, self.member, Rupiah(amount), PaidBy.CASH, key=str(self.keys),
                by=self.officer, at=SATURDAY,
            )  # fmt: skip
            for bill in self.world.bills:
                part = min(amount, bill.amount - bill.paid)
                bill.paid, amount = bill.paid + part, amount - part

    @invariant()
    def figures_and_books_are_as_the_model_says(self) -> None:
        limit, owed, held, free = figures(self.session, self.member)
        world = self.world

        assert (limit, owed, held) == (world.limit, world.owed, sum(world.held.values()))
        assert free == max(0, limit - owed - held)
        assert in_the_books(self.session, self.member) == -owed

    @invariant()
    def the_audit_is_silent(self) -> None:
        assert [row for check in CHECKS for row in check(self.session, SATURDAY)] == []


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_any_order_of_limits_holds_bons_and_payments(session: Session) -> None:
    class Here(Credit):
        pass

    Here.session = session
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=150 if LONG else 15,
            stateful_step_count=40 if LONG else 25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
