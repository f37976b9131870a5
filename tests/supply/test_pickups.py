"""Members say when they come; at the counter they are found by code, name or slot."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.kernel.access import Role
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.supply import queries, service
from marketplace.supply.models import BaseUnit
from marketplace.supply.rules import BadSlot, pickup_slots
from tests.makers import SATURDAY, make_cooperative, make_member, make_officer

MORNING = datetime(2026, 11, 14, 1, 30, tzinfo=UTC)  # 08.30 in Malang


@pytest.mark.parametrize(
    ("hours", "starts"),
    [
        (2.5, ["01:30", "02:30", "03:30"]),
        (1, []),
        (12, None),
    ],
)
def test_a_short_time_for_fetching_has_slots_by_the_hour(hours, starts):
    slots = pickup_slots(MORNING, MORNING + timedelta(hours=hours))

    if starts is not None:
        assert [slot.starts_at.strftime("%H:%M") for slot in slots] == starts
    else:
        assert len(slots) == 12
    if slots:
        assert slots[-1].ends_at == MORNING + timedelta(hours=hours)
        ends = [slot.ends_at for slot in slots[:-1]]
        assert ends == [slot.starts_at for slot in slots[1:]]


def test_a_long_time_has_slots_by_the_day_of_malang():
    slots = pickup_slots(MORNING, MORNING + timedelta(days=2))

    assert [slot.starts_at.isoformat()[:16] for slot in slots] == [
        "2026-11-14T01:30", "2026-11-14T17:00", "2026-11-15T17:00",
    ]  # fmt: skip
    assert pickup_slots(MORNING, MORNING + timedelta(days=99)) == []
    assert pickup_slots(None, MORNING) == pickup_slots(MORNING, None) == []


@pytest.fixture
def shop(session: Session):
    return make_cooperative(session, "Velodrome Rukun Jaya", member_count=2)


@pytest.fixture
def officer(session: Session, shop):
    return make_officer(session, shop)


@pytest.fixture
def sri_account(session: Session, shop):
    return make_officer(session, shop, Role.MEMBER, "Bu Sri")


@pytest.fixture
def sri(session: Session, shop, sri_account):
    return make_member(session, shop, "Bu Sri", account=sri_account)


@pytest.fixture
def pool(session: Session, shop, officer, sri):
    oil = service.add_item(
        session, shop.id, name="Minyak goreng 5 L", base_unit=BaseUnit.PIECE, unit="jeriken",
        factor=1, at=SATURDAY,
    )  # fmt: skip
    closes = SATURDAY + timedelta(days=1)
    plan = service.RoundPlan(
        closes, "Velodrome", pickup_from=closes + timedelta(hours=1),
        pickup_until=closes + timedelta(hours=4),
    )  # fmt: skip
    terms = service.Terms("Grosir", "karton", 4, Rupiah(400_000))
    pool = service.open_round(session, oil, terms, plan, opened_by=officer.id, at=SATURDAY)
    for member in (sri, make_member(session, shop, "Cak Arif")):
        service.join(session, pool, member, service.Wanted(4), entered_by=officer.id, at=SATURDAY)
    session.commit()
    return pool


def test_the_last_slot_chosen_counts_and_may_be_left_open_again(session, shop, officer, sri, pool):
    first, second, _ = pickup_slots(pool.round.pickup_from, pool.round.pickup_until)
    choose = {"by": officer.id, "at": SATURDAY}

    for slot in (first, second, second):
        service.choose_slot(session, pool.round, sri, slot.starts_at, **choose)

    assert queries.slot_of(session, pool.round, sri.id) == second.starts_at
    assert queries.coming_by_slot(session, pool.round) == {second.starts_at: 1}
    with pytest.raises(BadSlot):
        service.choose_slot(session, pool.round, sri, MORNING, **choose)
    stranger = make_member(session, shop, "Bu Lilik")
    with pytest.raises(BadSlot):
        service.choose_slot(session, pool.round, stranger, first.starts_at, **choose)
    service.choose_slot(session, pool.round, sri, None, **choose)
    assert queries.slot_of(session, pool.round, sri.id) is None


def test_a_member_chooses_a_slot_and_is_found_by_it_by_code_and_by_name(
    session, shop, officer, sri, sri_account, pool, sign_in
):
    path = f"/k/{shop.slug}/kelola/kulakan/{pool.number}"
    slot = pickup_slots(pool.round.pickup_from, pool.round.pickup_until)[1].starts_at
    client = sign_in(sri_account)
    asked = client.get(f"{path}/jam")
    wrong = client.post(f"{path}/jam", data={"slot": "kapan saja"})
    done = client.post(f"{path}/jam", data={"slot": slot.isoformat()})
    refused = client.get(f"{path}/pengambilan")
    counter = sign_in(officer)

    def found(**query):
        text = counter.get(f"{path}/pengambilan", query_string=query).text
        return ["Bu Sri" in text, "Cak Arif" in text]

    assert (asked.status_code, asked.text.count('name="slot"')) == (200, 4)
    assert (wrong.status_code, done.status_code, refused.status_code) == (422, 303, 403)
    assert found() == [True, True]
    assert found(cari=f"kul{pool.number}-{sri.number}") == [True, False]
    assert found(cari="arif") == [False, True]
    assert found(jam=slot.isoformat()) == [True, False]
    assert found(cari="%", jam="x") == [False, False]
    by_officer = counter.post(f"{path}/anggota/{to_text(sri.id)}/jam", data={"slot": ""})
    assert by_officer.status_code == 303
    assert found(jam=slot.isoformat()) == [False, False]
