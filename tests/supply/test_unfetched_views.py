"""Officers see who did not come, decide with a reason, and the member reads it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts.models import Account
from marketplace.kernel.access import Role
from marketplace.kernel.calendar import local_day
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.supply import queries, service
from marketplace.supply.fetch_notices import tell_decided, tell_undone
from marketplace.supply.models import BaseUnit, RequestLine
from marketplace.supply.rules import LeftOver
from marketplace.web.clock import now
from tests.makers import make_cooperative, make_member, make_officer

DAY = timedelta(days=1)


@pytest.fixture
def shop(session):
    return make_cooperative(session, "Velodrome Rukun Jaya")


@pytest.fixture
def officer(session, shop):
    return make_officer(session, shop)


@pytest.fixture
def line(session, shop, officer) -> RequestLine:
    """Ten days ago 4 jerrycans came for Mbak Rara, who has not fetched them."""
    at = now() - 10 * DAY
    oil = service.add_item(
        session, shop.id, name="Minyak goreng", base_unit=BaseUnit.PIECE, unit="jeriken",
        factor=1, at=at,
    )  # fmt: skip
    terms = service.Terms("Grosir", "karton", 4, Rupiah(400_000))
    plan = service.RoundPlan(at + DAY, "Velodrome")
    pool = service.open_round(session, oil, terms, plan, opened_by=officer.id, at=at)
    account = make_officer(session, shop, Role.MEMBER, "Mbak Rara")
    found = service.join(
        session, pool, make_member(session, shop, "Mbak Rara", account=account),
        service.Wanted(4), entered_by=officer.id, at=at,
    )  # fmt: skip
    service.lock(session, pool, at=at)
    service.receive(
        session, pool, key="1", packs=1, quantity=4, cost=Rupiah(400_000),
        actor_id=officer.id, at=at,
    )  # fmt: skip
    session.commit()
    return found


@pytest.fixture
def round_path(shop, line) -> str:
    return f"/k/{shop.slug}/kelola/kulakan/1"


@pytest.fixture
def rara(session, sign_in, line):
    return sign_in(session.scalars(select(Account).where(Account.name == "Mbak Rara")).one())


def body(what: LeftOver, **more: str) -> dict[str, str]:
    return {"what": what.value, "reason": "Pindah rumah", "seen": "4", "keep_until": "", **more}


def test_a_share_is_taken_as_stock_in_two_clicks_and_given_back(
    session, sign_in, officer, rara, round_path, line
) -> None:
    chair, page = sign_in(officer), f"{round_path}/1/belum-diambil/{to_text(line.id)}"

    listed = chair.get(f"{round_path}/pengambilan").text
    asked = chair.get(page).text
    said = chair.post(page, data=body(LeftOver.STOCK))
    mine = rara.get(f"{round_path}/1").text
    decision = queries.decision_on(session, line)
    facts = {"cooperative": line.cooperative_id, "decision": str(decision.id), "more": []}
    tell_decided(session, facts, now())
    session.commit()
    notices = rara.get("/akun/pemberitahuan").text
    undone = chair.post(f"{page}/urungkan")
    tell_undone(session, facts, now())
    again = rara.get(f"{round_path}/1").text

    assert "Belum diambil (1)" in listed
    assert "7 hari" in listed
    assert "4\u00a0jeriken" in asked
    assert said.status_code == undone.status_code == 303
    assert "Tidak kamu ambil sampai waktunya habis. Kamu tidak ditagih." in mine
    assert "Pindah rumah" in mine
    assert "jadi stok koperasi. Kamu tidak ditagih." in notices
    assert "Ambil di Velodrome, bayar saat ambil." in again


def test_what_is_decided_already_is_refused_with_a_sentence(
    sign_in, officer, round_path, line
) -> None:
    chair, page = sign_in(officer), f"{round_path}/1/belum-diambil/{to_text(line.id)}"
    chair.post(page, data=body(LeftOver.STOCK))

    again = chair.post(page, data=body(LeftOver.OFFER))

    assert again.status_code == 409
    assert "Tidak ada lagi yang menunggu diambil." in again.text


def test_a_share_is_kept_until_a_day_that_is_still_to_come(
    sign_in, officer, rara, round_path, line
) -> None:
    chair, page = sign_in(officer), f"{round_path}/1/belum-diambil/{to_text(line.id)}"
    day = local_day(now()) + 3 * DAY

    wrong = chair.post(page, data=body(LeftOver.KEEP))
    unsaid = chair.post(page, data=body(LeftOver.KEEP, reason=" "))
    said = chair.post(page, data=body(LeftOver.KEEP, keep_until=day.isoformat()))
    listed = chair.get(f"{round_path}/pengambilan").text

    assert (wrong.status_code, unsaid.status_code, said.status_code) == (422, 422, 303)
    assert "Pindah rumah" in wrong.text
    assert "Simpan sampai tanggal lain" in listed
    assert rara.get(page).status_code == 403
