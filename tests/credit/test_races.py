"""Many at once against one limit, in a database that really commits."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from marketplace.credit import service
from marketplace.credit.rules import CreditTooSmall, PaidBy, PaidTooMuch
from marketplace.kernel.access import Role
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.members.models import Member
from marketplace.web.extensions import db
from marketplace.web.transactions import transaction
from tests.credit.conftest import HAND_OVER, REQUEST, figures, in_the_books, sell_to
from tests.makers import SATURDAY, make_cooperative, make_member, make_officer

pytestmark = pytest.mark.race
THREADS = 8
LIMIT, PIECE = 70_000, 10_000


@dataclass(frozen=True)
class Shop:
    """A member who may take seven pieces on account, and how things are done for her at once."""

    app: Flask
    key: tuple[int, UUID]
    officer: UUID

    def tried(self, work: Callable[[Session, Member], object]) -> bool:
        """Do something in a transaction of its own; False when a rule said no."""
        with self.app.app_context():
            try:
                with transaction() as session:
                    work(session, session.get_one(Member, self.key))
            except (CreditTooSmall, PaidTooMuch):
                return False
            return True

    def at_once(self, count: int, work: Callable[[Session, Member, int], object]) -> int:
        """Do it so many times at once, and count how often it was done."""
        with ThreadPoolExecutor(THREADS) as pool:
            numbers = range(count)
            return sum(pool.map(lambda n: self.tried(lambda s, m: work(s, m, n)), numbers))

    def figures(self) -> tuple[int, int, int, int]:
        with self.app.app_context():
            session = db.session()
            return figures(session, session.get_one(Member, self.key))

    def booked(self) -> int:
        with self.app.app_context():
            session = db.session()
            return in_the_books(session, session.get_one(Member, self.key))

    def sell(self, session: Session, member: Member, source: UUID) -> None:
        sell_to(session, member, PIECE, source, self.officer)

    def pay(self, session: Session, member: Member, key: str) -> None:
        service.pay(
            session, member, Rupiah(PIECE), PaidBy.CASH, key=key, by=self.officer, at=SATURDAY
        )


@pytest.fixture
def shop(own_app: Flask) -> Iterator[Shop]:
    with own_app.app_context(), transaction() as session:
        cooperative = make_cooperative(session)
        officer = make_officer(session, cooperative, Role.TREASURER).id
        member = make_member(session, cooperative)
        service.set_limit(session, member, Rupiah(LIMIT), due_days=14, by=officer, at=SATURDAY)
        key = (member.cooperative_id, member.id)
    return Shop(own_app, key, officer)


def hold(session: Session, member: Member, source: UUID) -> None:
    service.hold(session, member, REQUEST, source, Rupiah(PIECE), at=SATURDAY)


def test_of_a_hundred_holds_exactly_as_many_pass_as_the_limit_covers(shop: Shop) -> None:
    passed = shop.at_once(100, lambda session, member, _n: hold(session, member, new_id()))

    assert passed == LIMIT // PIECE
    assert shop.figures() == (LIMIT, 0, LIMIT, 0)


def test_of_forty_sales_without_a_hold_exactly_as_many_pass(shop: Shop) -> None:
    passed = shop.at_once(40, lambda session, member, _n: shop.sell(session, member, new_id()))

    assert passed == LIMIT // PIECE
    assert shop.figures() == (LIMIT, LIMIT, 0, 0)
    assert shop.booked() == -LIMIT


def test_forty_sales_of_one_cause_are_one_bon(shop: Shop) -> None:
    source = new_id()

    passed = shop.at_once(40, lambda session, member, _n: shop.sell(session, member, source))

    assert passed == 40
    assert shop.figures()[1] == PIECE
    assert shop.booked() == -PIECE


def test_of_forty_payments_exactly_as_many_pass_as_pay_the_debt(shop: Shop) -> None:
    for _ in range(3):
        shop.tried(lambda session, member: shop.sell(session, member, new_id()))

    passed = shop.at_once(40, lambda session, member, n: shop.pay(session, member, str(n)))

    assert passed == 3
    assert shop.figures() == (LIMIT, 0, 0, LIMIT)
    assert shop.booked() == 0


def test_whatever_is_done_at_once_the_limit_holds_and_nobody_waits_crosswise(shop: Shop) -> None:
    sources = [new_id() for _ in range(12)]

    def anything(session: Session, member: Member, number: int) -> None:
        chance = random.Random(number)
        source = chance.choice(sources)
        kind = chance.randrange(5)
        if kind == 0:
            shop.pay(session, member, str(number))
        elif kind == 1:
            service.release(session, member.cooperative_id, REQUEST, *sources[:6], at=SATURDAY)
        elif kind == 2:
            service.charge(
                session, member, HAND_OVER, source, Rupiah(PIECE), memo="Gula", by=None,
                at=SATURDAY, held_by=(REQUEST, source),
            )  # fmt: skip
        else:
            hold(session, member, source)

    shop.at_once(120, anything)

    limit, owed, held, free = shop.figures()
    assert owed + held <= limit
    assert free == limit - owed - held
