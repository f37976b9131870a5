"""Officers share by hand on a page; members read the reason; others may not."""

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

WHY = "Bu Sri sakit"


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
    """Mbak Rara and Bu Sri want 4 kg each, at least 1, at most 6; six came."""
    rice = service.add_item(
        session, shop.id, name="Beras", base_unit=BaseUnit.GRAM, unit="kg", factor=1_000,
        at=now(),
    )  # fmt: skip
    terms = service.Terms("Grosir", "sak", 8_000, Rupiah(80_000))
    plan = service.RoundPlan(now() + timedelta(days=1), "Velodrome")
    pool = service.open_round(session, rice, terms, plan, opened_by=officer.id, at=now())
    wanted = service.Wanted(4_000, accept_min=1_000, flex_max=6_000)
    for member in (rara, make_member(session, shop, "Bu Sri")):
        service.join(session, pool, member, wanted, entered_by=officer.id, at=now())
    service.lock(session, pool, at=now())
    service.receive(
        session, pool, key="1", packs=1, quantity=6_000, cost=Rupiah(60_000),
        contested=Rupiah(0), actor_id=officer.id, at=now(),
    )  # fmt: skip
    session.commit()
    return pool


@pytest.fixture
def good(shop, pool):
    return f"/k/{shop.slug}/kelola/kulakan/{pool.number}/{pool.place}"


def lines(session, pool):
    session.expire_all()
    return {row.member.called: row for row in queries.view(session, pool).lines}


def given(session, pool):
    return {called: row.allocation.given for called, row in lines(session, pool).items()}


def said(session, pool, *, seen="1", reason=WHY, **parts):
    names = {"rara": "Mbak Rara", "sri": "Bu Sri"}
    found = lines(session, pool)
    fields = {f"bagian-{to_text(found[names[key]].line.id)}": text for key, text in parts.items()}
    return {**fields, "reason": reason, "seen": seen}


def test_an_officer_shares_by_hand_and_everybody_reads_why(
    session, sign_in, officer, rara, pool, good
) -> None:
    client = sign_in(officer)
    assert "Bagi manual" in client.get(good).text
    form = client.get(f"{good}/bagian").text
    assert form.count('value="3"') == 2
    assert "Ada 6\N{NO-BREAK SPACE}kg" in form

    answer = client.post(f"{good}/bagian", data=said(session, pool, rara="4,5", sri="1,5"))

    assert answer.status_code == 303
    assert given(session, pool) == {"Mbak Rara": 4_500, "Bu Sri": 1_500}
    assert WHY in client.get(good).text
    member = sign_in(session.get_one(Account, rara.account_id))
    assert f"dengan alasan: {WHY}" in member.get(good).text


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        ({"rara": "4,5", "sri": "1,5", "reason": " "}, 422, "Isi alasannya."),
        ({"rara": "4,5", "sri": "2"}, 422, "lebih banyak dari yang ada"),
        ({"rara": "4,5", "sri": "0,5"}, 422, "di luar yang dia mau"),
        ({"rara": "4,5", "sri": "dua"}, 422, "bukan jumlah barang ini"),
        ({"rara": "4,5", "sri": "-1"}, 422, "bukan jumlah barang ini"),
        ({"rara": "4,5"}, 422, "sudah berubah"),
        ({"rara": "4,5", "sri": "1,5", "seen": "7"}, 409, "sudah berubah"),
    ],
)
def test_a_wrong_form_says_why_keeps_what_it_said_and_changes_nothing(
    session, sign_in, officer, pool, good, changes, status, sentence
) -> None:
    answer = sign_in(officer).post(f"{good}/bagian", data=said(session, pool, **changes))

    assert answer.status_code == status
    assert sentence in answer.text
    assert 'value="4,5"' in answer.text
    assert given(session, pool) == {"Mbak Rara": 3_000, "Bu Sri": 3_000}


def test_who_has_fetched_is_not_asked_for(session, sign_in, officer, pool, good) -> None:
    row = lines(session, pool)["Bu Sri"]
    service.hand_over(
        session, row.line, paid=row.allocation.charge, actor_id=officer.id, at=now()
    )  # fmt: skip
    session.commit()
    client = sign_in(officer)

    form = client.get(f"{good}/bagian").text
    answer = client.post(f"{good}/bagian", data=said(session, pool, rara="1", sri="0"))

    assert "Ada 3\N{NO-BREAK SPACE}kg" in form
    assert form.count('name="bagian-') == 1
    assert answer.status_code == 303
    assert given(session, pool) == {"Mbak Rara": 1_000, "Bu Sri": 3_000}


def test_a_wish_that_waits_again_is_never_cut_by_silence(
    session, sign_in, officer, pool, good
) -> None:
    """Its hand-over was undone after the page was read, so the page did not ask for it."""
    answer = sign_in(officer).post(f"{good}/bagian", data=said(session, pool, rara="6"))

    assert answer.status_code == 422
    assert given(session, pool) == {"Mbak Rara": 3_000, "Bu Sri": 3_000}


def test_a_member_may_not_share_by_hand(session, sign_in, rara, pool, good) -> None:
    client = sign_in(session.get_one(Account, rara.account_id))

    assert client.get(f"{good}/bagian").status_code in (403, 404)
    sent = client.post(f"{good}/bagian", data=said(session, pool, rara="6", sri="0"))
    assert sent.status_code in (403, 404)
    assert given(session, pool) == {"Mbak Rara": 3_000, "Bu Sri": 3_000}
