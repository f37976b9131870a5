from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel import calendar, ids
from marketplace.kernel.access import GRANTS, OFFICERS, Permission, Role, permissions
from marketplace.kernel.errors import NotFound, RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.secrets import hashed, new_secret
from marketplace.kernel.text import say

ANY_ID = st.integers(0, 2**128 - 1).map(lambda number: UUID(int=number))


@given(ANY_ID)
def test_an_id_reads_back_as_it_was_written(id_):
    assert ids.from_text(ids.to_text(id_)) == id_


@given(ANY_ID, ANY_ID)
def test_written_ids_keep_their_order(one, other):
    assert (ids.to_text(one) < ids.to_text(other)) == (one < other)


@given(st.text(max_size=40))
def test_any_text_is_an_id_or_is_not_one(text):
    found = ids.from_text(text)

    assert found is None or ids.to_text(found) == text


def test_later_ids_come_later():
    made = [ids.new_id() for _ in range(200)]

    assert made == sorted(made)


@given(st.lists(st.integers(-(10**12), 10**12)))
def test_money_adds_up_like_whole_numbers(amounts):
    total = Rupiah.total(Rupiah(amount) for amount in amounts)

    assert total.amount == sum(amounts)
    assert bool(total) == (sum(amounts) != 0)


@pytest.mark.parametrize(
    ("amount", "written"),
    [(0, "Rp\u00a00"), (12_500, "Rp\u00a012.500"), (-1_250_000, "−Rp\u00a01.250.000")],
)
def test_money_is_written_as_indonesians_do(amount, written):
    assert str(Rupiah(amount)) == written


def test_money_can_be_compared_and_turned_round():
    assert Rupiah(2) - Rupiah(3) == -Rupiah(1)
    assert Rupiah(2) * 3 > Rupiah(5)


def test_a_day_in_malang_begins_seven_hours_before_utc():
    late = datetime(2026, 11, 27, 17, 30, tzinfo=UTC)

    assert calendar.local_day(late) == date(2026, 11, 28)
    assert calendar.day_start(date(2026, 11, 28)) == datetime(2026, 11, 27, 17, tzinfo=UTC)
    assert calendar.at_minute(date(2026, 11, 28), 600) == datetime(2026, 11, 28, 3, tzinfo=UTC)
    assert calendar.clock(870) == "14.30"


def test_a_sentence_keeps_its_values_apart_for_translation():
    sentence = say("Tinggal %(left)s.", left=3)

    assert (str(sentence), sentence.template) == ("Tinggal 3.", "Tinggal %(left)s.")
    assert str(say("100 %")) == "100 %"


def test_a_broken_rule_knows_its_status_and_its_fields():
    broken = NotFound(say("Tidak ada."), fields={"name": say("Isi nama.")})

    assert isinstance(broken, RuleBroken)
    assert (broken.status, broken.code, str(broken)) == (404, "not_found", "Tidak ada.")
    assert list(broken.fields) == ["name"]


def test_every_role_grants_something_and_the_chair_everything():
    assert set(GRANTS) == set(Role)
    assert GRANTS[Role.CHAIR] == frozenset(Permission)
    assert permissions([]) == frozenset()
    assert permissions([Role.SELLER, Role.TREASURER]) >= GRANTS[Role.SELLER]


def test_a_supervisor_reads_and_changes_nothing():
    changes = {p for p in Permission if p.name.startswith(("MANAGE", "FULFIL", "CONFIRM", "BUY"))}

    assert not GRANTS[Role.SUPERVISOR] & changes
    assert Role.SUPERVISOR not in OFFICERS


def test_secrets_are_long_and_only_their_hash_is_kept():
    secret = new_secret()

    assert len(secret) >= 32
    assert secret != new_secret()
    assert hashed(secret) == hashed(secret) != secret
    assert hashed("\ud800")
