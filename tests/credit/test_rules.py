from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.credit.rules import (
    LARGEST_LIMIT,
    NOTHING,
    CreditTooSmall,
    OpenBill,
    PaidTooMuch,
    Use,
    check_amount,
    check_room,
    check_terms,
    days_late,
    due_on,
    pay_oldest,
)
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Rupiah

DAY = date(2026, 11, 28)
MONEY = st.integers(0, 10_000_000).map(Rupiah)
SUMS = st.integers(1, 10_000_000).map(Rupiah)
USES = st.builds(Use, MONEY, MONEY, MONEY)
BILLS = st.lists(
    st.tuples(st.integers(-400, 0), st.integers(1, 5_000_000)), min_size=1, max_size=12
).map(
    lambda rows: [
        OpenBill(number, DAY + timedelta(days=days), number, Rupiah(left))
        for number, (days, left) in enumerate(rows)
    ]
)


def fits(use: Use, wanted: Rupiah, promised: Rupiah = NOTHING) -> bool:
    try:
        check_room(use, wanted, promised=promised)
    except CreditTooSmall:
        return False
    return True


@given(USES)
def test_the_room_is_what_limit_debt_and_holds_leave_and_never_less_than_nothing(use):
    assert use.free == max(Rupiah(0), use.limit - use.owed - use.held)


@given(USES, SUMS)
def test_what_passes_never_leads_beyond_the_limit(use, wanted):
    if fits(use, wanted):
        assert use.owed + use.held + wanted <= use.limit


@given(USES, SUMS)
def test_all_of_the_room_may_be_taken_and_not_one_rupiah_more(use, wanted):
    if use.free:
        assert fits(use, use.free)
    assert not fits(use, use.free + wanted)


@given(USES, SUMS, SUMS)
def test_keeping_less_than_was_promised_is_always_possible(use, one, other):
    less, promised = sorted((one, other))

    assert fits(use, less, promised)


def test_the_refusal_tells_what_is_left_and_what_is_missing():
    with pytest.raises(CreditTooSmall) as refused:
        check_room(Use(Rupiah(500_000), Rupiah(300_000), Rupiah(50_000)), Rupiah(200_000))

    told = str(refused.value.message).replace("\xa0", " ")
    assert "Masih bisa bon Rp 150.000, kurang Rp 50.000." in told
    assert refused.value.status == 409


@given(BILLS, st.data())
def test_a_payment_is_parted_to_the_rupiah_and_no_bon_gets_more_than_is_left_of_it(bills, data):
    owed = sum(bill.left.amount for bill in bills)
    amount = Rupiah(data.draw(st.integers(1, owed)))

    parts = dict(pay_oldest(bills, amount))

    assert Rupiah.total(parts.values()) == amount
    assert all(Rupiah(0) < parts[bill.key] <= bill.left for bill in bills if bill.key in parts)


@given(BILLS, st.data())
def test_no_younger_bon_gets_anything_before_the_older_ones_are_paid(bills, data):
    owed = sum(bill.left.amount for bill in bills)
    parts = dict(pay_oldest(bills, Rupiah(data.draw(st.integers(1, owed)))))
    oldest_first = sorted(bills, key=lambda bill: (bill.dated, bill.number))

    short = [bill for bill in oldest_first if parts.get(bill.key) != bill.left]

    assert not any(bill.key in parts for bill in short[1:])


@given(BILLS, st.randoms(use_true_random=False), st.data())
def test_the_order_of_the_rows_does_not_matter(bills, chance, data):
    amount = Rupiah(data.draw(st.integers(1, sum(bill.left.amount for bill in bills))))
    shuffled = list(bills)
    chance.shuffle(shuffled)

    assert pay_oldest(bills, amount) == pay_oldest(shuffled, amount)


@given(BILLS, SUMS)
def test_more_than_is_owed_is_refused(bills, more):
    owed = Rupiah.total(bill.left for bill in bills)

    with pytest.raises(PaidTooMuch):
        pay_oldest(bills, owed + more)


@given(st.integers(1, 365), st.integers(0, 800))
def test_a_bon_is_late_from_the_day_after_it_is_due(days, passed):
    due = due_on(DAY, days)

    assert days_late(due, DAY + timedelta(days=passed)) == max(0, passed - days)


def test_who_owes_nothing_is_never_late():
    assert days_late(None, DAY) == 0


@pytest.mark.parametrize(
    ("amount", "days"),
    [(-1, 14), (LARGEST_LIMIT.amount + 1, 14), (100, 0), (100, 366), (100, -3)],
)
def test_terms_that_nobody_would_mean_are_refused(amount, days):
    with pytest.raises(Invalid):
        check_terms(Rupiah(amount), days)


@pytest.mark.parametrize("amount", [0, -5, LARGEST_LIMIT.amount + 1])
def test_amounts_that_are_none_are_refused(amount):
    with pytest.raises(Invalid):
        check_amount(Rupiah(amount))
