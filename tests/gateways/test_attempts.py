"""The rules of attempts: in whatever order news comes, it says the same in the end."""

from __future__ import annotations

from datetime import timedelta
from functools import reduce
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.payments.rules.attempts import (
    ASK_ALSO_AFTER,
    ASK_EVERY,
    FINAL,
    AttemptState,
    merge,
    next_question,
    reference,
)
from tests.makers import SATURDAY

S = AttemptState
SEVEN = (S.OPEN, S.UNDER_REVIEW, S.REFUSED, S.OPEN, S.OVER, S.PAID, S.PAID)
DUE = SATURDAY + timedelta(minutes=60)
states = st.sampled_from(AttemptState)


def test_seven_events_end_in_one_state_in_all_their_orders():
    ends = {reduce(merge, order, S.WANTED) for order in permutations(SEVEN)}

    assert ends == {S.PAID}


@given(st.lists(states, min_size=1), st.randoms())
def test_any_events_end_the_same_in_any_order_and_however_often(events, chance):
    shuffled = events + chance.choices(events, k=3)
    chance.shuffle(shuffled)

    assert reduce(merge, shuffled, S.WANTED) is reduce(merge, events, S.WANTED)


@given(states)
def test_nothing_takes_money_back(seen):
    assert merge(S.PAID, seen) is S.PAID
    assert merge(seen, S.PAID) is S.PAID


@given(states, states)
def test_news_never_goes_back(known, seen):
    assert merge(merge(known, seen), known) is merge(known, seen)


@pytest.mark.parametrize("state", [S.WANTED, S.OPEN, S.UNDER_REVIEW, S.REFUSED])
@given(minutes=st.integers(0, 60))
def test_an_open_attempt_is_asked_after_every_few_minutes(state, minutes):
    at = SATURDAY + timedelta(minutes=minutes)

    again = next_question(state, due=DUE, at=at)

    assert timedelta(0) < again - at <= ASK_EVERY


def test_the_last_question_comes_right_after_the_deadline():
    asked, at = [], SATURDAY
    while (again := next_question(S.OPEN, due=DUE, at=at)) is not None:
        asked.append(again)
        at = again

    assert asked[-1] == DUE + timedelta(minutes=1)
    assert len(asked) == 21


def test_money_that_is_looked_at_is_asked_after_for_a_day_more():
    day_later = DUE + ASK_ALSO_AFTER

    assert next_question(S.UNDER_REVIEW, due=DUE, at=day_later - ASK_EVERY) == day_later
    assert next_question(S.UNDER_REVIEW, due=DUE, at=day_later) is None


@pytest.mark.parametrize("state", sorted(FINAL, key=str))
def test_nothing_is_asked_after_the_end(state):
    assert next_question(state, due=DUE, at=SATURDAY) is None


def test_every_attempt_has_a_name_of_its_own():
    assert reference("KM-2611-0042-A", 2) == "KM-2611-0042-A-2"
