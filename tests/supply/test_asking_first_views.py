"""A member answers a dearer price on a page; an officer does for who has no phone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts.models import Account
from marketplace.kernel.access import Role
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.supply import queries, service
from marketplace.supply.models import BaseUnit, RequestLine
from marketplace.supply.rules import RequestState
from marketplace.web.clock import now
from tests.makers import make_cooperative, make_member, make_officer


@pytest.fixture
def shop(session):
    return make_cooperative(session, "Velodrome Rukun Jaya")


@pytest.fixture
def officer(session, shop):
    return make_officer(session, shop)


@pytest.fixture
def lines(session, shop, officer):
    """Mbak Rara and Bu Sri asked 4 kg each and would pay 9,500 for one; it costs 10,000."""
    rice = service.add_item(
        session, shop.id, name="Beras", base_unit=BaseUnit.GRAM, unit="kg", factor=1_000,
        at=now(),
    )  # fmt: skip
    terms = service.Terms("Grosir", "sak", 8_000, Rupiah(80_000))
    plan = service.RoundPlan(now() + timedelta(days=1), "Velodrome")
    pool = service.open_round(session, rice, terms, plan, opened_by=officer.id, at=now())
    account = make_officer(session, shop, Role.MEMBER, "Mbak Rara")
    wanted = service.Wanted(4_000, price_cap=Rupiah(9_500))
    found = [
        service.join(session, pool, member, wanted, entered_by=officer.id, at=now())
        for member in (
            make_member(session, shop, "Mbak Rara", account=account),
            make_member(session, shop, "Bu Sri"),
        )
    ]
    service.lock(session, pool, at=now())
    service.receive(
        session, pool, key="1", packs=1, quantity=8_000, cost=Rupiah(80_000),
        actor_id=officer.id, at=now(),
    )  # fmt: skip
    session.commit()
    return found


@pytest.fixture
def rara(session, sign_in, shop, lines):
    return sign_in(session.scalars(select(Account).where(Account.name == "Mbak Rara")).one())


@pytest.fixture
def good(shop, lines):
    return f"/k/{shop.slug}/kelola/kulakan/1/1"


def question(good, line) -> str:
    return f"{good}/tanya/{to_text(line.id)}"


def state_of(session, line) -> RequestState:
    session.expire_all()
    return session.get_one(RequestLine, (line.cooperative_id, line.id)).state


def test_a_member_sees_the_price_and_takes_the_share(session, rara, good, lines):
    page = rara.get(good).text
    why = rara.get(question(good, lines[0])).text

    done = rara.post(
        question(good, lines[0]), data={"accept": "1", "charge": "40000"}, follow_redirects=True
    )

    assert "Ambil, bayar Rp\u00a040.000" in page
    assert "Rp\u00a09.500 / kg" in why
    assert "Kata anggotanya" not in why
    assert "Jadi diambil. Bayar saat ambil." in done.text
    assert state_of(session, lines[0]) is RequestState.ALLOCATED


def test_a_member_gives_the_share_up_and_sees_so(session, rara, good, lines):
    done = rara.post(
        question(good, lines[0]), data={"accept": "0", "charge": "40000"}, follow_redirects=True
    )

    assert "Kamu tidak jadi mengambil dengan harga ini." in done.text
    assert state_of(session, lines[0]) is RequestState.DECLINED


def test_the_share_of_somebody_else_is_not_answered(session, rara, good, lines):
    assert rara.get(question(good, lines[1])).status_code == 404
    assert rara.post(question(good, lines[1]), data={"accept": "1"}).status_code == 404
    assert state_of(session, lines[1]) is RequestState.PRICE_ASKED


def test_an_officer_answers_with_what_the_member_said(session, sign_in, officer, good, lines):
    browser, where = sign_in(officer), question(good, lines[1])
    page = browser.get(good).text

    unsaid = browser.post(where, data={"accept": "1", "charge": "40000"})
    stale = browser.post(where, data={"accept": "1", "charge": "39000", "note": "Telepon"})
    done = browser.post(where, data={"accept": "1", "charge": "40000", "note": "Telepon"})
    after = browser.get(where).text

    assert where in page
    assert (unsaid.status_code, stale.status_code, done.status_code) == (422, 409, 303)
    assert "Tulis apa kata anggotanya" in unsaid.text
    assert "Telepon" in stale.text
    assert state_of(session, lines[1]) is RequestState.ALLOCATED
    assert "“Telepon”" in after


@pytest.mark.parametrize("data", [{}, {"accept": "ya", "charge": "40000"}, {"accept": "1"}])
def test_an_answer_that_says_nothing_is_sent_back(rara, good, lines, data):
    assert rara.post(question(good, lines[0]), data=data).status_code == 422


def test_a_wish_keeps_its_highest_price_when_it_is_changed_or_repeated(
    session, shop, rara, officer, lines
):
    form = {"item": to_text(lines[0].item_id), "want": "2", "price_cap": "9.250"}
    path = f"/k/{shop.slug}/kelola/kulakan"

    wrong = rara.post(f"{path}/minta", data={**form, "price_cap": "1.50"})
    none = rara.post(f"{path}/minta", data={**form, "price_cap": "0"})
    rara.post(f"{path}/minta", data=form)

    assert (wrong.status_code, none.status_code) == (422, 422)
    assert 'value="1.50"' in wrong.text
    (waiting,) = queries.waiting_for(session, shop.id, lines[0].item_id)
    assert waiting.price_cap == Rupiah(9_250)
