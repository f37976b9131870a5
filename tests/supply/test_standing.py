from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.kernel.access import Role
from marketplace.kernel.calendar import local_day
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.supply import queries, service
from marketplace.supply.models import BaseUnit, RequestLine, StandingRequest
from marketplace.supply.rules import RequestState, Rhythm, next_day
from marketplace.supply.service import NewUnit, NotAMember, RoundPlan, Terms, Wanted
from marketplace.supply.service.standing import NothingToRepeat
from tests.makers import SATURDAY, make_cooperative, make_member, make_officer

TODAY = local_day(SATURDAY)
WEEK = timedelta(days=7)


@pytest.fixture
def velodrome(session):
    return make_cooperative(session, "Velodrome Rukun Jaya")


@pytest.fixture
def officer(session, velodrome):
    return make_officer(session, velodrome)


@pytest.fixture
def sri(session, velodrome, officer):
    return make_member(session, velodrome, "Bu Sri", account=officer)


@pytest.fixture
def sugar(session, velodrome):
    return service.add_item(
        session,
        velodrome.id,
        name="Gula pasir",
        base_unit=BaseUnit.GRAM,
        unit="kg",
        factor=1000,
        at=SATURDAY,
    )


@pytest.fixture
def keep(session, sri, sugar, officer):
    def keep_(want=5_000, rhythm=Rhythm.WEEK, *, at=SATURDAY, **more):
        wanted = Wanted(want, **more)
        return service.keep_asking(
            session, sri, wanted, rhythm, item=sugar, entered_by=officer.id, at=at
        )

    return keep_


def lines(session):
    return session.scalars(select(RequestLine).order_by(RequestLine.id)).all()


@pytest.mark.parametrize(
    ("rhythm", "after", "day"),
    [
        (Rhythm.WEEK, date(2026, 1, 31), date(2026, 2, 7)),
        (Rhythm.WEEK, date(2026, 2, 6), date(2026, 2, 7)),
        (Rhythm.WEEK, date(2026, 2, 7), date(2026, 2, 14)),
        (Rhythm.FORTNIGHT, date(2026, 2, 7), date(2026, 2, 14)),
        (Rhythm.MONTH, date(2026, 1, 31), date(2026, 2, 28)),
        (Rhythm.MONTH, date(2026, 2, 28), date(2026, 3, 31)),
        (Rhythm.MONTH, date(2026, 12, 31), date(2027, 1, 31)),
        (Rhythm.MONTH, date(2026, 1, 1), date(2026, 1, 31)),
    ],
)
def test_a_rhythm_counts_from_its_first_day(rhythm, after, day):
    assert next_day(date(2026, 1, 31), rhythm, after=after) == day


@given(
    first=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    passed=st.integers(0, 3000),
    rhythm=st.sampled_from(Rhythm),
)
def test_the_next_day_is_the_first_one_to_come_however_many_passed(first, passed, rhythm):
    after = first + timedelta(days=passed)

    day = next_day(first, rhythm, after=after)

    longest = {Rhythm.WEEK: 7, Rhythm.FORTNIGHT: 14, Rhythm.MONTH: 31}[rhythm]
    assert after < day <= after + timedelta(days=longest)
    assert next_day(first, rhythm, after=day - timedelta(days=1)) == day


def test_what_is_kept_is_asked_again_when_its_day_has_come(session, keep):
    keep(accept_min=2_000, flex_max=6_000)

    early = service.ask_again(session, at=SATURDAY + timedelta(days=6))
    due = service.ask_again(session, at=SATURDAY + WEEK)
    again = service.ask_again(session, at=SATURDAY + WEEK)

    (line,) = lines(session)
    assert (early, due, again) == (0, 1, 0)
    assert (line.accept_min, line.want, line.flex_max) == (2_000, 5_000, 6_000)


def test_a_wish_is_not_doubled_while_the_one_before_waits(session, keep, sri, sugar, officer):
    kept = keep()
    service.ask(session, sri, Wanted(9_000), item=sugar, entered_by=officer.id, at=SATURDAY)

    service.ask_again(session, at=SATURDAY + WEEK)

    (line,) = lines(session)
    assert (line.want, kept.next_on) == (9_000, TODAY + 2 * WEEK)


def test_a_wish_is_asked_again_once_the_one_before_is_bought(session, keep, sugar, officer):
    keep(25_000)
    service.ask_again(session, at=SATURDAY + WEEK)
    terms = Terms("Grosir", "sak", 25_000, Rupiah(400_000))
    plan = RoundPlan(SATURDAY + 3 * WEEK, "Balai")
    pool = service.open_round(session, sugar, terms, plan, opened_by=officer.id, at=SATURDAY + WEEK)
    service.ask_again(session, at=SATURDAY + 2 * WEEK)
    before = len(lines(session))
    service.lock(session, pool, at=SATURDAY + 2 * WEEK)

    service.ask_again(session, at=SATURDAY + 3 * WEEK)

    states = [line.state for line in lines(session)]
    assert (before, states) == (1, [RequestState.LOCKED, RequestState.OPEN])


def test_many_missed_weeks_make_one_wish(session, keep):
    kept = keep()

    service.ask_again(session, at=SATURDAY + 9 * WEEK + timedelta(days=3))

    assert len(lines(session)) == 1
    assert kept.next_on == TODAY + 10 * WEEK


def test_what_is_paused_is_left_out_and_not_made_up_for(session, keep):
    kept = keep()
    service.pause_standing(session, kept, paused=True, at=SATURDAY)
    service.ask_again(session, at=SATURDAY + 2 * WEEK)

    service.pause_standing(session, kept, paused=False, at=SATURDAY + 2 * WEEK)
    service.ask_again(session, at=SATURDAY + 2 * WEEK)

    assert lines(session) == []
    assert (kept.paused_at, kept.next_on) == (None, TODAY + 3 * WEEK)


def test_keeping_the_same_good_again_changes_it(session, keep):
    kept = keep()

    same = keep(7_000, Rhythm.MONTH)

    assert same is kept
    assert (kept.want, kept.rhythm) == (7_000, Rhythm.MONTH)


def test_what_was_ended_may_be_kept_anew(session, keep):
    kept = keep()
    service.end_standing(session, kept, at=SATURDAY)

    anew = keep()

    assert anew is not kept
    assert queries.standing_requests(session, kept.cooperative_id) == [anew]


def test_changing_the_amount_keeps_the_day(session, keep):
    kept = keep()
    later = SATURDAY + timedelta(days=3)

    service.change_standing(session, kept, Wanted(8_000), Rhythm.WEEK, at=later)
    day = kept.next_on
    service.change_standing(session, kept, Wanted(8_000), Rhythm.FORTNIGHT, at=later)

    assert (kept.want, day) == (8_000, TODAY + WEEK)
    assert kept.next_on == TODAY + timedelta(days=17)


@pytest.mark.parametrize("why", ["left", "retired"])
def test_it_ends_with_the_membership_and_with_the_good(session, keep, sri, sugar, why):
    kept = keep()
    if why == "left":
        sri.left_on = TODAY
    else:
        service.retire_item(session, sugar, at=SATURDAY)

    service.ask_again(session, at=SATURDAY + WEEK)

    assert kept.ended_at == SATURDAY + WEEK
    assert lines(session) == []


def test_only_members_keep_asking_and_only_for_goods_of_the_list(session, keep, sri, officer):
    with pytest.raises(NothingToRepeat):
        service.keep_asking(
            session, sri, Wanted(1), Rhythm.WEEK, item=None, entered_by=officer.id, at=SATURDAY
        )
    sri.left_on = TODAY
    with pytest.raises(NotAMember):
        keep()


def test_the_unit_is_kept_too(session, keep, sugar):
    bag = service.add_unit(session, sugar, NewUnit("karung", 50_000), at=SATURDAY)
    keep(100_000, rung=bag)

    service.ask_again(session, at=SATURDAY + WEEK)

    assert [line.rung_id for line in lines(session)] == [bag.id]


class TestPages:
    @pytest.fixture
    def path(self, session, velodrome):
        session.commit()
        return f"/k/{velodrome.slug}/kelola/kulakan"

    def test_a_member_repeats_changes_pauses_and_ends_a_wish(
        self, session, path, sri, sugar, officer, sign_in
    ):
        session.commit()
        browser = sign_in(officer)
        data = {"item": to_text(sugar.id), "want": "5", "every": "minggu"}

        asked = browser.post(f"{path}/minta", data=data)
        (kept,) = session.scalars(select(StandingRequest)).all()
        page = f"{path}/tetap/{to_text(kept.id)}"
        listed, shown = browser.get(f"{path}/minta").text, browser.get(page).text
        change = {"want": "7,5", "every": "bulan", "unit": to_text(sugar.id)}
        changed = browser.post(page, data=change)
        paused = browser.post(f"{page}/jeda", data={"aktif": "0"})
        session.expire_all()
        pause, on = kept.paused_at, browser.post(f"{page}/jeda", data={"aktif": "1"})
        wrong = browser.post(page, data={**change, "want": "banyak"})
        nothing = browser.post(page, data={**change, "want": "0"})
        ended = browser.post(f"{page}/berhenti")

        session.expire_all()
        assert {a.status_code for a in (asked, changed, paused, on, ended)} == {303}
        assert "Tiap minggu" in listed
        assert 'value="5"' in shown
        assert (wrong.status_code, nothing.status_code) == (422, 422)
        assert pause is not None
        assert (kept.want, kept.rhythm, kept.paused_at) == (7_500, Rhythm.MONTH, None)
        assert kept.ended_at is not None
        assert "Tidak diminta lagi." in browser.get(page).text

    def test_words_cannot_be_repeated(self, session, path, sri, officer, sign_in):
        session.commit()
        data = {"item": "lain", "words": "Gula aren", "want": "5", "every": "minggu"}

        answer = sign_in(officer).post(f"{path}/minta", data=data)

        assert answer.status_code == 422
        assert "Yang bisa diulang hanya barang di daftar." in answer.text
        assert lines(session) == []

    def test_a_member_does_not_reach_what_others_keep(
        self, session, path, velodrome, keep, sign_in
    ):
        kept = keep()
        rara = make_officer(session, velodrome, Role.MEMBER, "Mbak Rara")
        make_member(session, velodrome, "Mbak Rara", account=rara)
        session.commit()
        browser = sign_in(rara)
        page = f"{path}/tetap/{to_text(kept.id)}"

        answers = [browser.get(page), browser.post(f"{page}/berhenti")]

        assert {a.status_code for a in answers} == {404}
        assert "Gula pasir" not in browser.get(f"{path}/minta").text.partition("<form")[0]
