"""How a round shares too little, quotas of members, and the highest legal price."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.supply import queries, service
from marketplace.supply.models import BaseUnit, SupplyItem
from marketplace.supply.rules import PackTerms, SharingPolicy
from marketplace.supply.service import RoundPlan, Terms, Wanted
from marketplace.supply.service.quota import AboveQuota
from marketplace.supply.service.terms import BadTerms
from marketplace.web.extensions import db
from tests.makers import make_cooperative, make_member, make_officer

SATURDAY = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
SUNDAY = SATURDAY + timedelta(days=1)
GAS = Terms("Pangkalan", "tabung", 1, Rupiah(18_000), max_per_member=4, legal_price=Rupiah(18_000))


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    with app.app_context():
        yield db.session()


@pytest.fixture
def shop(session: Session) -> Cooperative:
    return make_cooperative(session)


@pytest.fixture
def chair(session: Session, shop: Cooperative) -> UUID:
    return make_officer(session, shop, name="Pak Budi").id


@pytest.fixture
def gas(session: Session, shop: Cooperative) -> SupplyItem:
    return service.add_item(
        session, shop.id, name="Gas 3 kg", base_unit=BaseUnit.PIECE, unit="tabung", factor=1,
        at=SATURDAY,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("policy", "given"),
    [
        (SharingPolicy.PROPORTIONAL, [4, 4, 2]),
        (SharingPolicy.FIRST_COME, [8, 2, 0]),
        (SharingPolicy.EQUAL, [4, 3, 3]),
    ],
)
def test_a_short_delivery_is_shared_as_the_round_says(session, shop, chair, gas, policy, given):
    plan = RoundPlan(SUNDAY, "Balai", policy=policy)
    terms = Terms("Pangkalan", "tabung", 1, Rupiah(18_000))
    pool = service.open_round(session, gas, terms, plan, opened_by=chair, at=SATURDAY)
    lines = [
        service.join(
            session, pool, make_member(session, shop, f"Anggota {place}"), Wanted(want),
            entered_by=chair, at=SATURDAY + timedelta(minutes=place),
        )
        for place, want in enumerate((8, 8, 4))
    ]  # fmt: skip
    service.lock(session, pool, at=SATURDAY + timedelta(hours=1))

    service.receive(
        session, pool, key="1", packs=10, quantity=10, cost=Rupiah(180_000), actor_id=chair,
        at=SUNDAY,
    )  # fmt: skip
    view = queries.view(session, pool)

    got = {row.line.id: row.allocation.given for row in view.lines if row.allocation}
    assert [got[line.id] for line in lines] == given


@pytest.mark.parametrize("wanted", [Wanted(5), Wanted(2, flex_max=5)])
def test_nobody_asks_for_more_than_their_quota(session, shop, chair, gas, wanted):
    pool = service.open_round(
        session, gas, GAS, RoundPlan(SUNDAY, "Balai"), opened_by=chair, at=SATURDAY
    )
    member = make_member(session, shop, "Bu Sri")

    with pytest.raises(AboveQuota, match="4 tabung"):
        service.join(session, pool, member, wanted, entered_by=chair, at=SATURDAY)

    assert service.join(session, pool, member, Wanted(4), entered_by=chair, at=SATURDAY).want == 4


def test_what_waited_counts_up_to_the_quota_and_who_needs_more_keeps_waiting(
    session, shop, chair, gas
):
    modest, large = (
        service.ask(
            session, make_member(session, shop, name), wanted, item=gas, entered_by=chair,
            at=SATURDAY,
        )
        for name, wanted in (("Bu Sri", Wanted(6)), ("Pak Joko", Wanted(9, accept_min=8)))
    )  # fmt: skip

    pool = service.open_round(
        session, gas, GAS, RoundPlan(SUNDAY, "Balai"), opened_by=chair, at=SATURDAY
    )
    service.lock(session, pool, at=SATURDAY)

    assert (modest.pool_id, large.pool_id) == (pool.id, None)
    assert pool.ordered_quantity == 4


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"pack_price": Rupiah(18_001)}, "pack_price"),
        ({"others": (PackTerms("ikat", 2, Rupiah(36_001)),)}, "others"),
        ({"legal_price": Rupiah(0)}, "legal_price"),
        ({"max_per_member": 0}, "max_per_member"),
    ],
)
def test_a_price_above_the_legal_one_opens_no_round(session, chair, gas, changes, field):
    said = {
        "pack_price": Rupiah(18_000), "legal_price": Rupiah(18_000), "max_per_member": 4, **changes,
    }  # fmt: skip
    with pytest.raises(BadTerms) as refused:
        service.open_round(
            session, gas, Terms("Pangkalan", "tabung", 1, **said), RoundPlan(SUNDAY, "Balai"),
            opened_by=chair, at=SATURDAY,
        )  # fmt: skip

    assert list(refused.value.fields) == [field]


def test_an_officer_chooses_how_a_round_shares_and_members_read_it(
    session, shop, chair, gas, sign_in
):
    session.commit()
    browser = sign_in(session.get_one(Account, chair))
    path = f"/k/{shop.slug}/kelola/kulakan"
    said = {
        "item": to_text(gas.id), "supplier": "Pangkalan", "pack_name": "tabung", "pack_size": "1",
        "pack_price": "18.000", "closes_at": "2030-01-05T20:00", "pickup_place": "Balai",
        "policy": "rata", "max_per_member": "4", "legal_price": "18.000",
    }  # fmt: skip

    dear = browser.post(f"{path}/buka", data={**said, "pack_price": "19.000"})
    odd = browser.post(f"{path}/buka", data={**said, "policy": "undian"})
    opened = browser.post(f"{path}/buka", data=said)
    page = browser.get(f"{path}/1/1").text

    assert (dear.status_code, odd.status_code, opened.status_code) == (422, 422, 303)
    assert "di atas harga eceran tertinggi, Rp\xa018.000 per satuan" in dear.text
    assert "semua dapat sama" in page
    assert "Jatah setiap anggota paling banyak 4\xa0tabung" in page
