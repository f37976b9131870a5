"""Officers note freight and set the margin; members see each part and why it is so much."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts.models import Account
from marketplace.kernel.access import Role
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.supply import service
from marketplace.supply.models import BaseUnit, CostLine
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
    """Four jerrycans for Mbak Rara, of which three came; a margin of 2,5 percent."""
    oil = service.add_item(
        session, shop.id, name="Minyak", base_unit=BaseUnit.PIECE, unit="jeriken", factor=1,
        at=now(),
    )  # fmt: skip
    terms = service.Terms("Grosir", "karton", 4, Rupiah(400_000), margin=250)
    plan = service.RoundPlan(now() + timedelta(days=1), "Velodrome")
    pool = service.open_round(session, oil, terms, plan, opened_by=officer.id, at=now())
    service.join(session, pool, rara, service.Wanted(4), entered_by=officer.id, at=now())
    service.lock(session, pool, at=now())
    service.receive(
        session, pool, key="1", packs=0, quantity=3, cost=Rupiah(300_000), actor_id=officer.id,
        at=now(),
    )  # fmt: skip
    session.commit()
    return pool


@pytest.fixture
def path(shop):
    return f"/k/{shop.slug}/kelola/kulakan"


FREIGHT = {
    "name": "Angkut pikap", "amount": "15.000", "place": "semua", "split_by": "jumlah",
    "paid_from": "kas", "key": "1",
}  # fmt: skip


def test_an_officer_notes_freight_once_and_the_member_sees_each_part_and_why(
    session, officer, rara, pool, path, sign_in
) -> None:
    chair = sign_in(officer)
    for _ in range(2):
        answer = chair.post(f"{path}/1/ongkos", data=FREIGHT, follow_redirects=True)

    assert "Angkut pikap" in answer.text
    assert len(session.scalars(select(CostLine)).all()) == 1
    page = sign_in(session.get_one(Account, rara.account_id)).get(f"{path}/1/1").text
    assert "Kenapa segini?" in page
    for part in ("300.000", "15.000", "7.875", "322.875"):
        assert part in page
    basket = chair.get(f"{path}/1/anggota/{to_text(rara.id)}").text
    assert "Jasa koperasi" in basket


def test_an_officer_takes_freight_back(session, officer, pool, path, sign_in) -> None:
    chair = sign_in(officer)
    chair.post(f"{path}/1/ongkos", data=FREIGHT)
    line = session.scalars(select(CostLine)).one()

    answer = chair.post(f"{path}/1/ongkos/{to_text(line.id)}/batal", follow_redirects=True)

    assert "Dibatalkan" in answer.text


@pytest.mark.parametrize(("field", "value"), [
    ("amount", "0"), ("amount", "1,5"), ("name", ""), ("place", "9"), ("split_by", "umur"),
])  # fmt: skip
def test_a_cost_that_makes_no_sense_is_told_and_kept(
    officer, pool, path, sign_in, field, value
) -> None:
    answer = sign_in(officer).post(f"{path}/1/ongkos", data={**FREIGHT, field: value})

    assert answer.status_code == 422
    assert "Catat ongkos" in answer.text


def test_the_cooperatives_margin_is_for_rounds_that_open_later(
    session, shop, officer, pool, path, sign_in
) -> None:
    chair = sign_in(officer)

    assert chair.post(f"{path}/jasa", data={"margin": "3,25"}).status_code == 303
    assert chair.post(f"{path}/jasa", data={"margin": "101"}).status_code == 422

    session.expire_all()
    assert (shop.supply_margin, pool.margin) == (325, 250)
