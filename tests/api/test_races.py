"""The same request from many places at once has one effect, on databases that commit."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from marketplace.accounts.models import IdempotencyKey
from marketplace.api.idempotency import forget_old_keys
from marketplace.members.models import Member
from marketplace.orders.models import Purchase
from marketplace.payments.models import PaymentEvent
from marketplace.stock.queries import shelf
from marketplace.web.transactions import transaction
from tests.api.conftest import Program, make_token, purchase_of
from tests.makers import make_cooperative, make_listing, make_officer, make_point

MANY, AT_ONCE = 40, 6
pytestmark = pytest.mark.race


class Shop:
    """One cooperative with ten packets of keripik and a chair's token."""

    def __init__(self, app):
        with app.app_context(), transaction() as session:
            cooperative = make_cooperative(session, "Sanan Tempe Muda")
            make_point(session, cooperative)
            keripik = make_listing(session, cooperative, "Keripik", price=15_000, stock_count=10)
            self.token = make_token(session, make_officer(session, cooperative))
            self.slug, self.id = cooperative.slug, cooperative.id
            self.body = purchase_of(keripik, cooperative=cooperative)
            self.variant_id = keripik.id
        self.app = app

    def program(self, token: str | None = None) -> Program:
        return Program(self.app.test_client(), token)


@pytest.fixture
def shop(own_app) -> Shop:
    return Shop(own_app)


def at_once(work: Callable[[int], TestResponse]) -> list[TestResponse]:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(work, range(MANY)))


def count(session, model) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_forty_purchases_with_one_key_are_one_purchase(shop):
    answers = at_once(lambda _n: shop.program().post("/purchases", shop.body, "the-same-key"))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    with shop.app.app_context(), transaction() as session:
        at = datetime.now(UTC)
        left = shelf(session, shop.id, shop.variant_id, day=at.date(), at=at)
        assert count(session, Purchase) == 1
        assert left is not None
        assert left.available == 8


def test_forty_purchases_with_their_own_keys_sell_no_more_than_there_is(shop):
    answers = at_once(lambda n: shop.program().post("/purchases", shop.body, f"key-of-{n:04d}"))

    states = sorted(answer.status_code for answer in answers)
    assert states == [201] * 5 + [409] * 35
    refused = [answer.get_json()["code"] for answer in answers if answer.status_code == 409]
    assert set(refused) == {"out_of_stock"}


def test_money_sent_forty_times_at_once_is_recorded_once(shop):
    placed = shop.program().post("/purchases", shop.body).get_json()
    path = f"/cooperatives/{shop.slug}/orders/{placed['orders'][0]['number']}/payment"

    answers = at_once(
        lambda _n: shop.program(shop.token).post(path, {"received": 30_000}, "one-bank-slip")
    )

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1
    with shop.app.app_context(), transaction() as session:
        assert count(session, PaymentEvent) == 1


def test_a_member_admitted_many_times_at_once_gets_one_number(shop):
    path = f"/cooperatives/{shop.slug}/members"

    answers = at_once(
        lambda _n: shop.program(shop.token).post(path, {"name": "Bu Lilik"}, "one-form")
    )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    with shop.app.app_context(), transaction() as session:
        assert count(session, Member) == 1


def test_one_key_with_different_bodies_at_once_has_one_effect(shop):
    path = f"/cooperatives/{shop.slug}/members"

    answers = at_once(
        lambda n: shop.program(shop.token).post(path, {"name": f"Anggota {n}"}, "one-form")
    )

    states = sorted(answer.status_code for answer in answers)
    assert states == [201] + [409] * (MANY - 1)
    with shop.app.app_context(), transaction() as session:
        assert count(session, Member) == 1


def test_what_is_refused_leaves_no_key_and_old_keys_are_forgotten(shop):
    acting = shop.program(shop.token)
    path = f"/cooperatives/{shop.slug}/members"
    acting.post(path, {"name": "Bu Lilik", "admitted_on": "2099-01-01"}, "first-try")
    acting.post(path, {"name": "Bu Lilik"}, "first-try")

    with shop.app.app_context(), transaction() as session:
        kept = session.scalars(select(IdempotencyKey)).all()
        assert [(row.key, row.status) for row in kept] == [("first-try", 201)]
        forget_old_keys(session, datetime(2027, 6, 1, tzinfo=UTC))
        assert count(session, IdempotencyKey) == 0
