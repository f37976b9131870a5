from __future__ import annotations

import pytest
from flask import Flask
from flask_mailman import EmailMultiAlternatives
from sqlalchemy import select

from marketplace.accounts.models import Notice
from marketplace.kernel.access import Role
from marketplace.orders import service
from marketplace.orders.models import Order
from marketplace.orders.rules import OrderState
from marketplace.orders.service import Buyer, OrderRequest
from marketplace.payments.rules import PaymentMethod
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.jobs import Jobs
from marketplace.web.transactions import transaction
from tests.makers import (
    make_account,
    make_cooperative,
    make_listing,
    make_member,
    make_officer,
    make_point,
)
from tests.orders.conftest import make_request


@pytest.fixture
def jobs(own_app: Flask) -> Jobs:
    return own_app.extensions["jobs"]


@pytest.fixture
def outbox(own_app: Flask) -> list[EmailMultiAlternatives]:
    own_app.extensions["mailman"].outbox = []
    return own_app.extensions["mailman"].outbox


@pytest.fixture
def world(own_app: Flask) -> dict[str, object]:
    with own_app.app_context(), transaction() as session:
        cooperative = make_cooperative(session, "Sanan Tempe Muda", word="SANAN")
        make_point(session, cooperative)
        officer = make_officer(session, cooperative)
        baker = make_account(session, "Bu Lilik")
        maker = make_member(session, cooperative, "Bu Lilik", account=baker)
        member = make_officer(session, cooperative, Role.MEMBER)
        variant = make_listing(session, cooperative, "Keripik tempe", maker=maker)
        sari = make_account(session, "Sari")
        request = make_request((variant, 2), method=PaymentMethod.QRIS)
        buyer = Buyer("Sari", "+6281234567890", "sari@contoh.id", sari.id)
        request = OrderRequest(
            request.checkout_key, request.basket, buyer, request.expected_total, request.choices
        )
        return {
            "request": request,
            "officer": officer.id,
            "baker": baker.id,
            "member": member.id,
            "sari": sari.id,
        }


def place(own_app: Flask, world: dict[str, object]) -> None:
    with own_app.app_context(), transaction() as session:
        service.place(session, world["request"], at=now())


def move(own_app: Flask, *states: OrderState) -> None:
    with own_app.app_context(), transaction() as session:
        order = session.scalars(select(Order)).one()
        for state in states:
            service.advance(session, order, state, actor_id=None, at=now())


def notices(own_app: Flask, account_id: object) -> list[str]:
    with own_app.app_context():
        rows = db.session.scalars(
            select(Notice).where(Notice.account_id == account_id).order_by(Notice.id)
        )
        return [f"{row.text} {row.values}" for row in rows]


def test_officers_and_makers_hear_of_a_new_order_and_others_do_not(own_app, jobs, world, outbox):
    place(own_app, world)

    jobs.drain()
    jobs.drain()

    assert len(notices(own_app, world["officer"])) == 1
    assert "2 Keripik tempe" in notices(own_app, world["baker"])[0]
    assert notices(own_app, world["member"]) == []


def test_the_buyer_gets_the_link_by_mail_once(own_app, jobs, world, outbox):
    place(own_app, world)

    jobs.drain()
    jobs.drain()

    (message,) = outbox
    assert message.to == ["sari@contoh.id"]
    assert "KM-" in message.subject
    assert "/p/KM-" in message.body
    assert "SANAN-1" in message.body


def test_the_buyer_hears_of_money_and_of_goods_that_are_ready(own_app, jobs, world, outbox):
    place(own_app, world)
    with own_app.app_context(), transaction() as session:
        order = session.scalars(select(Order)).one()
        service.confirm_payment(session, order, order.total, key="1", actor_id=None, at=now())
    move(own_app, OrderState.IN_PREPARATION, OrderState.READY_FOR_PICKUP)

    jobs.drain()

    told = notices(own_app, world["sari"])
    assert len(told) == 2
    assert "Uang untuk" in told[0]
    assert [m.subject.split(":")[0] for m in outbox] == ["Pesanan dibuat", "Siap diambil"]


def test_a_step_that_was_undone_is_not_told(own_app, jobs, world, outbox):
    place(own_app, world)
    with own_app.app_context(), transaction() as session:
        order = session.scalars(select(Order)).one()
        service.confirm_payment(session, order, order.total, key="1", actor_id=None, at=now())
        for state in (OrderState.IN_PREPARATION, OrderState.READY_FOR_PICKUP, OrderState.FINISHED):
            service.advance(session, order, state, actor_id=None, at=now())
    jobs.drain()
    before = len(outbox)

    with own_app.app_context(), transaction() as session:
        service.undo(session, session.scalars(select(Order)).one(), actor_id=None, at=now())
    jobs.drain()

    assert len(outbox) == before


def test_officers_hear_of_money_that_is_owed_back(own_app, jobs, world, outbox):
    place(own_app, world)
    with own_app.app_context(), transaction() as session:
        order = session.scalars(select(Order)).one()
        service.cancel(session, order, reason="Tempe habis", actor_id=None, at=now())
        service.confirm_payment(session, order, order.total, key="1", actor_id=None, at=now())

    jobs.drain()

    assert any("Kembalikan" in text for text in notices(own_app, world["officer"]))
    assert "Tempe habis" in outbox[-1].body
