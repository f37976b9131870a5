from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from marketplace.credit import queries, service
from marketplace.credit.models import CreditBill, CreditHold, CreditPart, CreditPayment
from marketplace.credit.rules import (
    AlreadyPaid,
    CreditKeyReused,
    CreditTooSmall,
    NotAgreed,
    OwnLimit,
    PaidBy,
    PaidTooMuch,
)
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import Invalid, NotFound
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.ledger.models import LedgerEntry
from marketplace.ledger.rules import Purpose
from marketplace.ledger.service import BalanceTooSmall
from marketplace.outbox.models import OutboxMessage
from tests.credit.conftest import HAND_OVER, REQUEST, figures, in_the_books, save
from tests.makers import SATURDAY, make_account, make_cooperative, make_member

TODAY = local_day(SATURDAY)
LATER = SATURDAY + timedelta(days=20)


@pytest.fixture
def hold(session, member):
    def keep(amount: int, source=None) -> CreditHold:
        source = source or new_id()
        return service.hold(session, member, REQUEST, source, Rupiah(amount), at=SATURDAY)

    return keep


@pytest.fixture
def pay(session, member, treasurer):
    def take(amount: int, way=PaidBy.CASH, key="1", **more) -> CreditPayment:
        facts = {"key": key, "by": treasurer.id, "at": SATURDAY, **more}
        return service.pay(session, member, Rupiah(amount), way, **facts)

    return take


def told(session, topic) -> int:
    return len(session.scalars(select(OutboxMessage).where(OutboxMessage.topic == topic)).all())


# ------------------------------------------------------------------------------ limits


def test_a_limit_is_decided_anew_and_the_old_ones_stay_to_be_seen(session, limited, member):
    limited(500_000)
    limited(800_000, due_days=30)
    limited(800_000, due_days=30)

    history = queries.decisions(session, member.cooperative_id, member.id, limit=5)

    assert [(each.amount.amount, each.due_days, name) for each, name in history] == [
        (800_000, 30, "Bu Wati"),
        (500_000, 14, "Bu Wati"),
    ]
    assert figures(session, member) == (800_000, 0, 0, 800_000)


def test_nobody_decides_about_their_own_credit(session, member, sri):
    with pytest.raises(OwnLimit) as refused:
        service.set_limit(session, member, Rupiah(100), due_days=14, by=sri.id, at=SATURDAY)

    assert refused.value.status == 403
    assert queries.limit_now(session, member.cooperative_id, member.id) is None


@pytest.mark.parametrize(("amount", "days"), [(-1, 14), (2_000_000_000, 14), (100, 0), (100, 999)])
def test_a_limit_that_nobody_would_mean_is_refused(limited, amount, days):
    with pytest.raises(Invalid):
        limited(amount, days)


def test_who_has_left_gets_no_new_limit_and_takes_nothing(session, limited, member, hold):
    limited(500_000)
    member.left_on = TODAY
    session.flush()

    with pytest.raises(Invalid):
        limited(600_000)
    with pytest.raises(CreditTooSmall):
        hold(1)
    limited(0)
    assert figures(session, member) == (0, 0, 0, 0)


# ------------------------------------------------------------------------------- holds


def test_without_a_decision_nothing_may_be_taken(hold):
    with pytest.raises(CreditTooSmall) as refused:
        hold(1)

    assert "tidak punya bon" in str(refused.value.message)


def test_holds_share_one_limit_to_the_rupiah(session, limited, member, hold):
    limited(500_000)

    hold(300_000)
    hold(200_000)

    assert figures(session, member) == (500_000, 0, 500_000, 0)
    with pytest.raises(CreditTooSmall):
        hold(1)


def test_the_same_cause_changes_its_hold(session, limited, member, hold):
    limited(500_000)
    source = new_id()

    for amount in (300_000, 500_000, 120_000):
        hold(amount, source)

    assert figures(session, member) == (500_000, 0, 120_000, 380_000)
    with pytest.raises(CreditTooSmall):
        hold(500_001, source)
    assert figures(session, member)[2] == 120_000


def test_less_may_be_held_also_when_the_limit_was_lowered_below_it(session, limited, member, hold):
    limited(500_000)
    source = new_id()
    hold(400_000, source)
    limited(100_000)

    hold(300_000, source)

    assert figures(session, member) == (100_000, 0, 300_000, 0)
    with pytest.raises(CreditTooSmall):
        hold(300_001, source)


def test_what_is_let_go_is_free_again_and_may_be_held_once_more(session, limited, member, hold):
    limited(500_000)
    one, other = new_id(), new_id()
    hold(300_000, one)
    hold(200_000, other)

    for _ in range(2):
        service.release(session, member.cooperative_id, REQUEST, one, other, at=SATURDAY)

    assert figures(session, member) == (500_000, 0, 0, 500_000)
    hold(500_000, one)
    assert figures(session, member)[2] == 500_000


def test_what_is_kept_for_many_causes_is_lowered_at_once_and_never_raised(
    session, limited, member, hold
):
    limited(500_000)
    less, none, more = new_id(), new_id(), new_id()
    for source in (less, none, more):
        hold(100_000, source)

    service.lower(
        session,
        member.cooperative_id,
        REQUEST,
        {less: Rupiah(40_000), none: Rupiah(0), more: Rupiah(900_000), new_id(): Rupiah(5)},
        at=SATURDAY,
    )

    assert figures(session, member)[2] == 140_000


def test_a_cause_belongs_to_one_member(session, velodrome, limited, hold, treasurer):
    limited(500_000)
    source = new_id()
    hold(100_000, source)
    other = make_member(session, velodrome, "Cak Arif")
    service.set_limit(session, other, Rupiah(100), due_days=7, by=treasurer.id, at=SATURDAY)

    with pytest.raises(CreditKeyReused):
        service.hold(session, other, REQUEST, source, Rupiah(100), at=SATURDAY)


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_cannot_be_held(limited, hold, amount):
    limited(500_000)

    with pytest.raises(Invalid):
        hold(amount)


# ----------------------------------------------------------------------------- charges


def test_a_charge_lets_its_hold_go_and_is_due_some_days_later(session, limited, member, sold):
    limited(500_000, due_days=10)
    source = new_id()
    service.hold(session, member, HAND_OVER, source, Rupiah(400_000), at=SATURDAY)

    bill = sold(350_000, source=source)

    assert (bill.number, bill.dated, bill.due_on) == (1, TODAY, TODAY + timedelta(days=10))
    assert figures(session, member) == (500_000, 350_000, 0, 150_000)
    assert in_the_books(session, member) == -350_000
    assert told(session, service.CHARGED) == 1


def test_the_same_cause_charges_once(session, limited, member, sold):
    limited(500_000)
    source = new_id()

    bills = {sold(350_000, source=source).id for _ in range(2)}

    assert len(bills) == 1
    assert figures(session, member)[1] == 350_000
    assert told(session, service.CHARGED) == 1
    with pytest.raises(CreditKeyReused):
        sold(350_001, source=source)


def test_what_was_held_may_be_charged_also_when_the_limit_was_taken_away(
    session, limited, member, sold
):
    limited(500_000)
    source = new_id()
    service.hold(session, member, HAND_OVER, source, Rupiah(400_000), at=SATURDAY)
    limited(0)

    with pytest.raises(CreditTooSmall):
        sold(400_001, source=source)
    sold(400_000, source=source)

    assert figures(session, member) == (0, 400_000, 0, 0)


def test_what_was_not_held_is_charged_as_far_as_there_is_room(session, limited, member, sold):
    limited(100_000)

    with pytest.raises(CreditTooSmall):
        sold(100_001)
    sold(100_000)

    assert figures(session, member) == (100_000, 100_000, 0, 0)


def test_who_fetches_a_part_keeps_the_room_for_the_rest(session, limited, member, hold, sold):
    limited(400_000)
    request = new_id()
    hold(400_000, request)

    sold(150_000, held_by=(REQUEST, request), still_held=Rupiah(250_000))
    after_one = figures(session, member)
    sold(250_000, held_by=(REQUEST, request))

    assert after_one == (400_000, 150_000, 250_000, 0)
    assert figures(session, member) == (400_000, 400_000, 0, 0)


def test_a_charge_that_is_undone_counts_no_more_and_may_be_made_anew(
    session, limited, member, sold, treasurer
):
    limited(500_000)
    source = new_id()
    sold(350_000, source=source)

    for _ in range(2):
        service.undo_charge(session, member, HAND_OVER, source, by=treasurer.id, at=SATURDAY)
    undone = figures(session, member)
    again = sold(200_000, source=source)

    assert undone == (500_000, 0, 0, 500_000)
    assert (again.number, again.amount) == (2, Rupiah(200_000))
    assert figures(session, member)[1] == 200_000


def test_a_charge_of_which_something_was_paid_stays(session, limited, member, sold, pay, treasurer):
    limited(500_000)
    source = new_id()
    sold(350_000, source=source)
    pay(1)

    with pytest.raises(AlreadyPaid) as refused:
        service.undo_charge(session, member, HAND_OVER, source, by=treasurer.id, at=SATURDAY)

    assert refused.value.status == 409
    assert figures(session, member)[1] == 349_999


# ---------------------------------------------------------------------------- payments


def test_the_oldest_bon_is_paid_first_and_the_books_follow(session, limited, member, sold, pay):
    limited(500_000)
    first, second = sold(100_000), sold(200_000)

    payment = pay(150_000)

    (shown,) = queries.payments(session, member.cooperative_id, member.id, limit=5)
    assert [(part.bill.id, part.amount.amount) for part in shown.parts] == [
        (first.id, 100_000),
        (second.id, 50_000),
    ]
    assert figures(session, member) == (500_000, 150_000, 0, 350_000)
    assert in_the_books(session, member) == -150_000
    entry = session.scalars(select(LedgerEntry).where(LedgerEntry.source_id == payment.id)).one()
    assert (entry.source_type, entry.dated) == (service.CREDIT_PAYMENT, TODAY)
    assert told(session, service.PAID) == 1


def test_the_same_key_pays_once(session, limited, member, sold, pay):
    limited(500_000)
    sold(100_000)

    payments = {pay(60_000, key="a").id for _ in range(2)}

    assert len(payments) == 1
    assert figures(session, member)[1] == 40_000
    with pytest.raises(CreditKeyReused):
        pay(40_000, key="a")


def test_more_than_is_owed_is_not_taken(session, limited, member, sold, pay):
    limited(500_000)
    sold(100_000)

    with pytest.raises(PaidTooMuch) as refused:
        pay(100_001)

    assert "tinggal Rp 100.000" in str(refused.value.message).replace("\xa0", " ")
    assert list(refused.value.fields) == ["amount"]
    assert session.scalars(select(CreditPart)).all() == []


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_cannot_be_paid(limited, sold, pay, amount):
    limited(500_000)
    sold(100_000)

    with pytest.raises(Invalid):
        pay(amount)


def test_titipan_is_not_room_and_is_used_only_with_consent(
    session, limited, member, sold, pay, sri
):
    limited(100_000)
    save(session, member, 80_000)
    sold(100_000)

    assert figures(session, member) == (100_000, 100_000, 0, 0)
    with pytest.raises(NotAgreed):
        pay(30_000, PaidBy.BALANCE)
    pay(30_000, PaidBy.BALANCE, agreed=True)
    pay(20_000, PaidBy.BALANCE, key="2", by=sri.id)

    assert figures(session, member)[1] == 50_000
    assert in_the_books(session, member, Purpose.MEMBER_BALANCE) == 30_000
    with pytest.raises(BalanceTooSmall):
        pay(30_001, PaidBy.BALANCE, key="3", agreed=True)


def test_money_by_bank_arrives_at_the_bank(session, limited, member, sold, pay):
    limited(100_000)
    sold(100_000)

    pay(100_000, PaidBy.BANK)

    assert in_the_books(session, member) == 0


def test_the_database_refuses_a_bon_paid_beyond_its_amount(session, limited, sold):
    limited(500_000)
    bill = sold(100_000)

    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(
            update(CreditBill).where(CreditBill.id == bill.id).values(paid=Rupiah(100_001))
        )


# ----------------------------------------------------------------------------- reading


def test_who_is_late_stands_first_then_who_owes_most(session, velodrome, treasurer, limited, sold):
    limited(500_000)
    sold(100_000, at=SATURDAY - timedelta(days=30))
    for name, owed in (("Cak Arif", 300_000), ("Mbak Rara", 400_000), ("Dewi", 0)):
        other = make_member(session, velodrome, name)
        service.set_limit(
            session, other, Rupiah(900_000), due_days=14, by=treasurer.id, at=SATURDAY
        )
        if owed:
            service.charge(
                session, other, HAND_OVER, new_id(), Rupiah(owed), memo="Gula", by=None, at=SATURDAY
            )
    make_member(session, velodrome, "Tanpa Bon")
    elsewhere = make_cooperative(session, "Sanan Tempe Muda")

    found, count = queries.standings(session, velodrome.id, today=TODAY, limit=10)
    late, late_count = queries.standings(
        session, velodrome.id, today=TODAY, only_late=True, limit=10
    )
    page, _ = queries.standings(session, velodrome.id, today=TODAY, limit=2, offset=2)
    sums = queries.sums(session, velodrome.id, today=TODAY)

    assert [each.member.called for each in found] == ["Bu Sri", "Mbak Rara", "Cak Arif", "Dewi"]
    assert (count, [each.member.called for each in page]) == (4, ["Cak Arif", "Dewi"])
    assert [(each.member.called, each.late) for each in late] == [("Bu Sri", 16)]
    assert late_count == 1
    assert sums == queries.Sums(3, Rupiah(800_000), Rupiah(100_000))
    assert queries.standings(session, elsewhere.id, today=TODAY, limit=10) == ([], 0)


def test_bons_are_late_from_the_day_after_they_are_due(session, limited, member, sold):
    limited(500_000, due_days=14)
    sold(100_000)
    due = TODAY + timedelta(days=14)

    on_the_day = queries.standing(session, member.cooperative_id, member.id, today=due)
    after = queries.standing(
        session, member.cooperative_id, member.id, today=due + timedelta(days=1)
    )

    assert (on_the_day.overdue, on_the_day.late) == (Rupiah(0), 0)
    assert (after.overdue, after.late) == (Rupiah(100_000), 1)


def test_a_person_sees_where_they_stand_with_each_cooperative(session, limited, sri, velodrome):
    limited(500_000)
    other = make_cooperative(session, "Sanan Tempe Muda")
    make_member(session, other, "Bu Sri", account=sri)

    found = queries.own(session, sri.id, today=TODAY)

    assert [(shop.id, each.free.amount) for shop, each in found] == [(velodrome.id, 500_000)]
    with pytest.raises(NotFound):
        queries.own_in(session, other, sri.id, today=TODAY)
    with pytest.raises(NotFound):
        queries.own_in(session, velodrome, make_account(session, "Arif").id, today=TODAY)


def test_open_bons_come_before_those_that_are_paid_the_oldest_first(
    session, limited, member, sold, pay
):
    limited(500_000)
    first, second, third = sold(100_000), sold(50_000), sold(10_000)
    pay(100_000)

    found, count = queries.bills(session, member.cooperative_id, member.id, limit=10)

    assert count == 3
    assert [bill.id for bill in found] == [second.id, third.id, first.id]
    assert [bill.left.amount for bill in found] == [50_000, 10_000, 0]
