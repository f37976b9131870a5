"""What was not fetched in time: members are reminded twice, then officers decide."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace import audit
from marketplace.accounts.models import Notice
from marketplace.credit import queries as credit_queries
from marketplace.credit import service as credit
from marketplace.kernel.access import Role
from marketplace.kernel.calendar import local_day
from marketplace.kernel.money import Rupiah
from marketplace.supply import queries, service
from marketplace.supply.fetch_notices import tell_not_fetched
from marketplace.supply.models import BaseUnit, FetchReminder, SupplyPool
from marketplace.supply.rules import (
    BadDecision,
    DecisionFixed,
    LeftOver,
    NotUnfetched,
    PoolState,
    RequestState,
    check_kept,
    fetch_until,
    reminder_now,
)
from marketplace.supply.service import Taking
from marketplace.supply.service.handing_over import NotReady
from marketplace.supply.service.unfetched import LeftChanged
from tests.makers import SATURDAY, make_cooperative, make_member, make_officer

SUNDAY = SATURDAY + timedelta(days=1)
MONDAY = SATURDAY + timedelta(days=2)
DAY = timedelta(days=1)
NINE = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)


def test_a_share_is_fetched_in_its_slot_or_its_rounds_time_or_days_after_it_came() -> None:
    noon = NINE + timedelta(hours=3)
    came = NINE - DAY

    assert fetch_until(NINE, noon, came_at=came) == noon
    assert fetch_until(NINE, noon, came_at=came, slot=NINE) == NINE + timedelta(hours=1)
    assert fetch_until(NINE, None, came_at=came) == NINE
    assert fetch_until(None, None, came_at=came) == came + 3 * DAY
    assert fetch_until(NINE, noon, came_at=noon + DAY) == noon + 4 * DAY


def test_members_are_reminded_once_and_once_more_before_officers_decide() -> None:
    assert reminder_now(NINE, [], at=NINE - DAY) is None
    assert reminder_now(NINE, [], at=NINE) == 1
    assert reminder_now(NINE, [1], at=NINE + 4 * DAY) is None
    assert reminder_now(NINE, [1], at=NINE + 5 * DAY) == 2
    assert reminder_now(NINE, [1, 2], at=NINE + 9 * DAY) is None


def test_a_share_is_kept_for_some_days_not_for_ever() -> None:
    today = local_day(SATURDAY)

    assert check_kept(today + DAY, at=SATURDAY) == today + DAY
    for wrong in (None, today, today - DAY, today + 91 * DAY):
        with pytest.raises(BadDecision):
            check_kept(wrong, at=SATURDAY)


@pytest.fixture
def shop(session: Session):
    return make_cooperative(session, "Velodrome Rukun Jaya", member_count=3)


@pytest.fixture
def officer(session: Session, shop):
    return make_officer(session, shop)


@pytest.fixture
def pool(session: Session, shop, officer) -> SupplyPool:
    """Three members asked for ten jerrycans of 250,000 each; Mbak Rara would take up to 14."""
    oil = service.add_item(
        session, shop.id, name="Minyak goreng 5 L", base_unit=BaseUnit.PIECE, unit="jeriken",
        factor=1, at=SATURDAY,
    )  # fmt: skip
    terms = service.Terms("Grosir", "karton", 10, Rupiah(2_500_000), margin=250)
    plan = service.RoundPlan(
        SUNDAY, "Velodrome", pickup_from=MONDAY, pickup_until=MONDAY + timedelta(hours=1)
    )
    found = service.open_round(session, oil, terms, plan, opened_by=officer.id, at=SATURDAY)
    account = make_officer(session, shop, Role.MEMBER, "Bu Sri")
    for name, most in (("Mbak Rara", 14), ("Bu Sri", 10), ("Pak Jo", 10)):
        member = make_member(session, shop, name, account=account if name == "Bu Sri" else None)
        credit.set_limit(
            session, member, Rupiah(5_000_000), due_days=14, by=officer.id, at=SATURDAY
        )
        service.join(
            session, found, member, service.Wanted(10, flex_max=most), entered_by=officer.id,
            on_account=name == "Bu Sri", at=SATURDAY,
        )  # fmt: skip
    service.lock(session, found, at=SATURDAY)
    service.receive(
        session, found, key="1", packs=3, quantity=30, cost=Rupiah(7_500_000),
        actor_id=officer.id, at=SUNDAY,
    )  # fmt: skip
    return found


LATE = MONDAY + 3 * DAY


def row(session, pool, name):
    return next(one for one in queries.view(session, pool).lines if one.member.called == name)


def fetch(session, pool, name, officer, *, quantity=None, at=MONDAY):
    one = row(session, pool, name)
    price = one.allocation.charge - one.paid
    taking = None
    if quantity is not None:
        price, taking = Rupiah(256_250 * quantity), Taking(quantity, one.fetched)
    service.hand_over(session, one.line, paid=price, taking=taking, actor_id=officer.id, at=at)


def decide(session, pool, officer, what, name="Bu Sri", *, seen=10, keep_until=None, at=LATE):
    return service.decide_unfetched(
        session, row(session, pool, name).line, what, reason="Tidak datang", seen=seen,
        keep_until=keep_until, by=officer.id, at=at,
    )  # fmt: skip


def given(session, pool) -> dict[str, int]:
    session.expire_all()
    return {one.member.called: one.given for one in queries.view(session, pool).lines}


def clean(session) -> list[str]:
    return [str(one) for one in audit.run(session, at=LATE) if one.check.startswith("supply.")]


def test_what_was_not_fetched_is_reminded_of_twice_and_shown(session, shop, officer, pool) -> None:
    fetch(session, pool, "Mbak Rara", officer)
    fetch(session, pool, "Bu Sri", officer, quantity=4)
    told = [
        service.remind_unfetched(session, at=MONDAY + days * DAY) for days in (0, 1, 1, 2, 6, 6, 9)
    ]
    late = queries.unfetched(session, shop.id, pool.round_id, at=LATE)

    assert told == [0, 2, 0, 0, 2, 0, 0]
    assert [(one.member.called, one.left, one.days(LATE)) for one in late] == [
        ("Bu Sri", 6, 3), ("Pak Jo", 10, 3),
    ]  # fmt: skip
    assert late[0].to_pay == Rupiah(6 * 256_250)
    assert session.scalar(select(func.count()).select_from(FetchReminder)) == 4


def test_the_member_reads_once_what_waits_for_them_and_by_mail(session, shop, officer, pool):
    member = row(session, pool, "Bu Sri").member
    facts = {
        "cooperative": shop.id, "round": str(pool.round_id), "member": str(member.id), "number": 1,
    }  # fmt: skip
    for _ in range(2):
        tell_not_fetched(session, facts, LATE)

    notices = session.scalars(select(Notice).where(Notice.account_id == member.account_id)).all()
    (notice,) = [one for one in notices if one.text.startswith("Belum diambil")]
    assert notice.values["names"] == "Minyak goreng 5 L"


def test_before_its_time_is_over_nothing_is_decided(session, officer, pool) -> None:
    with pytest.raises(NotUnfetched):
        decide(session, pool, officer, LeftOver.STOCK, at=MONDAY)


def test_a_share_kept_for_longer_is_reminded_of_anew(session, shop, officer, pool) -> None:
    fetch(session, pool, "Mbak Rara", officer)
    fetch(session, pool, "Pak Jo", officer)
    until = local_day(LATE + 4 * DAY)
    service.remind_unfetched(session, at=LATE)
    first = decide(session, pool, officer, LeftOver.KEEP, keep_until=until)

    assert decide(session, pool, officer, LeftOver.KEEP, keep_until=until) is first
    assert service.remind_unfetched(session, at=LATE + 4 * DAY) == 0
    assert service.remind_unfetched(session, at=LATE + 5 * DAY) == 1
    fetch(session, pool, "Bu Sri", officer, at=LATE + 5 * DAY)
    assert pool.state is PoolState.SETTLED
    assert clean(session) == []


def test_what_is_handed_over_whenever_is_reminded_of_no_more(session, officer, pool) -> None:
    for name in ("Mbak Rara", "Pak Jo"):
        fetch(session, pool, name, officer)
    decide(session, pool, officer, LeftOver.LATER)

    assert service.remind_unfetched(session, at=LATE + 9 * DAY) == 0


def test_what_becomes_stock_costs_the_member_nothing(session, officer, pool) -> None:
    fetch(session, pool, "Bu Sri", officer, quantity=4)
    before = queries.last_run(session, pool)

    decide(session, pool, officer, LeftOver.STOCK, seen=6)

    run = queries.last_run(session, pool)
    assert given(session, pool) == {"Mbak Rara": 10, "Bu Sri": 4, "Pak Jo": 10}
    assert (run.to_stock, run.stock_cost) == (before.to_stock + 6, Rupiah(6 * 250_000))
    assert row(session, pool, "Bu Sri").line.state is RequestState.HANDED_OVER
    member = row(session, pool, "Bu Sri").member
    assert credit_queries.use_of(session, member.cooperative_id, member.id).free == Rupiah(
        5_000_000
    )
    assert clean(session) == []


def test_what_is_offered_goes_to_who_would_take_more_and_the_rest_is_stock(
    session, officer, pool
) -> None:
    fetch(session, pool, "Mbak Rara", officer)
    fetch(session, pool, "Pak Jo", officer)

    decide(session, pool, officer, LeftOver.OFFER)

    assert given(session, pool) == {"Mbak Rara": 14, "Bu Sri": 0, "Pak Jo": 10}
    rara, sri, jo = (row(session, pool, name) for name in ("Mbak Rara", "Bu Sri", "Pak Jo"))
    assert (rara.line.state, rara.left) == (RequestState.ALLOCATED, 4)
    assert sri.line.state is RequestState.NOT_FETCHED
    assert jo.line.state is RequestState.HANDED_OVER
    assert queries.last_run(session, pool).to_stock == 6
    fetch(session, pool, "Mbak Rara", officer, at=LATE)
    assert pool.state is PoolState.SETTLED
    assert clean(session) == []


@pytest.mark.parametrize("what", [LeftOver.STOCK, LeftOver.OFFER])
def test_a_decision_is_undone_as_long_as_nothing_followed_from_it(
    session, officer, pool, what
) -> None:
    fetch(session, pool, "Mbak Rara", officer)
    fetch(session, pool, "Pak Jo", officer)
    before, state = given(session, pool), row(session, pool, "Mbak Rara").line.state
    line = row(session, pool, "Bu Sri").line
    member = row(session, pool, "Bu Sri").member
    room = credit_queries.use_of(session, member.cooperative_id, member.id).free
    decide(session, pool, officer, what)

    for _ in range(2):
        service.undo_unfetched(session, line, by=officer.id, at=LATE)

    assert given(session, pool) == before
    assert row(session, pool, "Mbak Rara").line.state is state
    assert (line.state, pool.state) == (RequestState.ALLOCATED, PoolState.READY)
    assert queries.last_run(session, pool).to_stock == 0
    assert credit_queries.use_of(session, member.cooperative_id, member.id).free == room
    assert clean(session) == []


def test_a_decision_that_was_undone_brings_no_earlier_one_back(session, officer, pool) -> None:
    line = row(session, pool, "Bu Sri").line
    decide(session, pool, officer, LeftOver.LATER)
    decide(session, pool, officer, LeftOver.STOCK)

    first, second = (
        service.undo_unfetched(session, line, by=officer.id, at=LATE) for _ in range(2)
    )

    assert first is not None
    assert first.what is LeftOver.STOCK
    assert second is None
    assert queries.decision_on(session, line) is None


def test_what_followed_keeps_a_decision(session, officer, pool) -> None:
    line = row(session, pool, "Bu Sri").line
    decide(session, pool, officer, LeftOver.OFFER)
    fetch(session, pool, "Mbak Rara", officer, at=LATE)

    with pytest.raises(DecisionFixed):
        service.undo_unfetched(session, line, by=officer.id, at=LATE)


def test_what_was_fetched_of_a_share_that_was_taken_away_is_not_undone(
    session, officer, pool
) -> None:
    fetch(session, pool, "Bu Sri", officer, quantity=4, at=LATE)
    decide(session, pool, officer, LeftOver.STOCK, seen=6)

    with pytest.raises(NotReady):
        service.undo_hand_over(session, row(session, pool, "Bu Sri").line, at=LATE)


def test_officers_decide_of_what_they_saw_and_say_why(session, officer, pool) -> None:
    with pytest.raises(LeftChanged):
        decide(session, pool, officer, LeftOver.STOCK, seen=9)
    with pytest.raises(BadDecision):
        service.decide_unfetched(
            session, row(session, pool, "Bu Sri").line, LeftOver.STOCK, reason=" ", seen=10,
            by=officer.id, at=LATE,
        )  # fmt: skip
    decide(session, pool, officer, LeftOver.STOCK)
    with pytest.raises(NotUnfetched):
        decide(session, pool, officer, LeftOver.OFFER)
