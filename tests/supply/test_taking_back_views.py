"""Officers take a delivery back by a page that says what follows; others may not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts.models import Account
from marketplace.kernel.access import Role
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.supply import queries, service
from marketplace.supply.models import BaseUnit, GoodsReceipt
from marketplace.web.clock import now
from tests.makers import make_cooperative, make_member, make_officer


@pytest.fixture
def shop(session):
    return make_cooperative(session, "Velodrome Rukun Jaya")


@pytest.fixture
def officer(session, shop):
    return make_officer(session, shop)


@pytest.fixture
def rara(session, shop):
    account = make_officer(session, shop, Role.MEMBER, "Mbak Rara")
    return make_member(session, shop, "Mbak Rara", account=account)


@pytest.fixture
def pool(session, shop, officer, rara):
    """Four jerrycans for Mbak Rara, noted at a tenth of their price."""
    oil = service.add_item(
        session, shop.id, name="Minyak", base_unit=BaseUnit.PIECE, unit="jeriken", factor=1,
        at=now(),
    )  # fmt: skip
    terms = service.Terms("Grosir", "karton", 4, Rupiah(400_000))
    plan = service.RoundPlan(now() + timedelta(days=1), "Velodrome")
    pool = service.open_round(session, oil, terms, plan, opened_by=officer.id, at=now())
    service.join(session, pool, rara, service.Wanted(4), entered_by=officer.id, at=now())
    service.lock(session, pool, at=now())
    service.receive(
        session, pool, key="1", packs=1, quantity=4, cost=Rupiah(40_000), actor_id=officer.id,
        at=now(),
    )  # fmt: skip
    session.commit()
    return pool


@pytest.fixture
def good(shop, pool):
    return f"/k/{shop.slug}/kelola/kulakan/{pool.number}/{pool.place}"


@pytest.fixture
def address(session, good):
    receipt = session.scalars(select(GoodsReceipt)).one()
    return f"{good}/penerimaan/{to_text(receipt.id)}/balik"


def reread(session):
    session.expire_all()
    return session.scalars(select(GoodsReceipt)).one()


def test_an_officer_takes_a_delivery_back_and_the_good_shows_why(
    session, sign_in, officer, good, address
) -> None:
    client = sign_in(officer)
    assert "Salah catat? Balik" in client.get(good).text
    assert "Jurnalnya dibalik" in client.get(address).text

    answer = client.post(address, data={"reason": "Kurang satu nol"})

    assert answer.status_code == 303
    assert reread(session).reverse_reason == "Kurang satu nol"
    shown = client.get(good).text
    assert "Kurang satu nol" in shown
    assert "Salah catat? Balik" not in shown
    assert "sudah dibalik" in client.get(address).text


def test_without_a_reason_nothing_happens(session, sign_in, officer, address) -> None:
    client = sign_in(officer)

    answer = client.post(address, data={"reason": " ", "shrink": "y"})

    assert answer.status_code == 422
    assert "Isi alasannya." in answer.text
    assert reread(session).reversed_at is None


def test_what_was_fetched_is_told_and_the_form_keeps_what_it_said(
    session, sign_in, officer, pool, address
) -> None:
    row = queries.view(session, pool).lines[0]
    service.hand_over(session, row.line, paid=Rupiah(40_000), actor_id=officer.id, at=now())
    session.commit()
    client = sign_in(officer)

    refused = client.post(address, data={"reason": "Kurang satu nol"})
    borne = client.post(address, data={"reason": "Kurang satu nol", "shrink": "y"})

    assert refused.status_code == 409
    assert "Anggota sudah mengambil lebih" in refused.text
    assert "Kurang satu nol" in refused.text
    assert borne.status_code == 303


def test_a_member_may_not_take_a_delivery_back(session, sign_in, rara, address) -> None:
    client = sign_in(session.get_one(Account, rara.account_id))

    assert client.get(address).status_code in (403, 404)
    assert client.post(address, data={"reason": "Iseng"}).status_code in (403, 404)
    assert reread(session).reversed_at is None
