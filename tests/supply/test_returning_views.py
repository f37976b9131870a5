"""An officer takes goods back at the counter, and undoes it when it was a mistake."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.accounts.models import Account
from marketplace.kernel.access import Role
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.supply import queries, service
from marketplace.supply.models import BaseUnit
from marketplace.web.clock import now
from tests.makers import make_cooperative, make_member, make_officer


@pytest.fixture
def shop(session):
    return make_cooperative(session, "Velodrome Rukun Jaya")


@pytest.fixture
def officer(session, shop) -> Account:
    return make_officer(session, shop)


@pytest.fixture
def line(session, shop, officer):
    """Bu Sri fetched 4 kg of rice for 40,000."""
    rice = service.add_item(
        session, shop.id, name="Beras", base_unit=BaseUnit.GRAM, unit="kg", factor=1_000,
        at=now(),
    )  # fmt: skip
    terms = service.Terms("Grosir", "sak", 4_000, Rupiah(40_000))
    plan = service.RoundPlan(now() + timedelta(days=1), "Velodrome")
    pool = service.open_round(session, rice, terms, plan, opened_by=officer.id, at=now())
    found = service.join(
        session, pool, make_member(session, shop, "Bu Sri"), service.Wanted(4_000),
        entered_by=officer.id, at=now(),
    )  # fmt: skip
    service.lock(session, pool, at=now())
    service.receive(
        session, pool, key="1", packs=1, quantity=4_000, cost=Rupiah(40_000),
        actor_id=officer.id, at=now(),
    )  # fmt: skip
    service.hand_over(session, found, paid=Rupiah(40_000), actor_id=officer.id, at=now())
    session.commit()
    return found


def test_goods_are_taken_back_and_that_is_undone(session, sign_in, shop, officer, line) -> None:
    hand = queries.fetched_of(session, [line])[line.id].last
    basket = f"/k/{shop.slug}/kelola/kulakan/1/anggota/{to_text(line.member_id)}"
    page = f"{basket}/kembali/{to_text(hand.id)}"
    chair, body = sign_in(officer), {
        "quantity": "1,5", "reason": "Kutuan", "goes_to": "susut", "way": "tunai", "key": "1",
    }  # fmt: skip

    linked = chair.get(basket).text
    asked = chair.get(page).text
    wrong = [
        chair.post(page, data={**body, **one}).status_code
        for one in (
            {"quantity": "5"}, {"quantity": "x"}, {"reason": ""}, {"way": "bon"}, {"way": "qris"},
        )
    ]  # fmt: skip
    said, again = (chair.post(page, data=body) for _ in range(2))
    shown = chair.get(basket).text
    (done,) = queries.returns_of(session, [hand])
    undone = chair.post(f"/k/{shop.slug}/kelola/kulakan/kembali/{to_text(done.id)}/urungkan")

    assert page in linked
    assert "Paling banyak 4\u00a0kg." in asked
    assert wrong == [422] * 5
    assert said.status_code == again.status_code == undone.status_code == 303
    assert "Rp\u00a015.000 kembali: Kutuan" in shown
    assert (done.quantity, done.back) == (1_500, Rupiah(15_000))
    assert "Kutuan" not in chair.get(basket).text
    assert sign_in(make_officer(session, shop, Role.MEMBER, "Bu Lain")).get(page).status_code == 403
