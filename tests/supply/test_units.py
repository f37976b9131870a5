from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.errors import NotFound
from marketplace.kernel.ids import new_id, to_text
from marketplace.supply import queries, service
from marketplace.supply.models import BaseUnit, RequestLine
from marketplace.supply.rules import MixedUnits, NotWhole, Rung, told_in
from marketplace.supply.service import BadUnit, NewUnit, Wanted
from marketplace.supply.views.present import amount, bare_amount, unit_of
from tests.makers import SATURDAY, make_cooperative, make_member, make_officer

SUNDAY = SATURDAY + timedelta(days=1)
PIECE, STRIP, BOX = Rung("bungkus", 1), Rung("renteng", 5), Rung("dus", 40)
NOODLES = (PIECE, STRIP, BOX)
RICE = (Rung("kg", 1000), Rung("sak", 25_000))
ladders = st.lists(st.integers(1, 10**5), min_size=1, max_size=6, unique=True).map(
    lambda factors: [Rung(f"u{factor}", factor) for factor in factors]
)


@pytest.fixture
def velodrome(session):
    return make_cooperative(session, "Velodrome Rukun Jaya")


@pytest.fixture
def officer(session, velodrome):
    return make_officer(session, velodrome)


@pytest.fixture
def sri(session, velodrome):
    return make_member(session, velodrome, "Bu Sri")


def good(session, shop, name, base_unit, unit, factor):
    return service.add_item(
        session,
        shop.id,
        name=name,
        base_unit=base_unit,
        unit=unit,
        factor=factor,
        at=SATURDAY,
    )


@pytest.fixture
def noodles(session, velodrome):
    item = good(session, velodrome, "Mi goreng", BaseUnit.PIECE, "bungkus", 1)
    service.add_unit(session, item, NewUnit("dus", 40), at=SATURDAY)
    service.add_unit(session, item, NewUnit("renteng", 5), at=SATURDAY)
    return item


@pytest.fixture
def rice(session, velodrome):
    item = good(session, velodrome, "Beras", BaseUnit.GRAM, "kg", 1000)
    service.add_unit(session, item, NewUnit("sak", 25_000), at=SATURDAY)
    return item


@pytest.mark.parametrize(
    ("quantity", "said"),
    [
        (0, [(0, PIECE)]),
        (3, [(3, PIECE)]),
        (10, [(10, STRIP)]),
        (80, [(80, BOX)]),
        (83, [(80, BOX), (3, PIECE)]),
        (90, [(80, BOX), (10, STRIP)]),
        (7, [(5, STRIP), (2, PIECE)]),
    ],
)
def test_pieces_are_told_in_the_largest_units_that_fit(quantity, said):
    assert told_in(quantity, NOODLES, counted=True) == said


def test_weights_are_told_in_one_unit():
    assert told_in(50_000, RICE, counted=False) == [(50_000, RICE[1])]
    assert told_in(30_000, RICE, counted=False) == [(30_000, RICE[0])]


@given(quantity=st.integers(0, 10**9), ladder=ladders, counted=st.booleans())
def test_what_is_told_is_the_amount_whatever_the_order_of_units(quantity, ladder, counted):
    parts = told_in(quantity, ladder, counted=counted)

    assert sum(part for part, _ in parts) == quantity
    assert len(parts) <= 2
    assert all(part % rung.factor == 0 for part, rung in parts) or parts == [(quantity, ladder[0])]
    assert parts == told_in(quantity, [ladder[0], *reversed(ladder[1:])], counted=counted)


def test_amounts_are_written_with_their_units(noodles, rice):
    assert amount(83, noodles) == "2\u00a0dus 3\u00a0bungkus"
    assert amount(50_000, rice) == "2\u00a0sak"
    assert amount(31_500, rice) == "31,5\u00a0kg"
    assert bare_amount(80, noodles, noodles.units[1]) == "2"


def test_the_ladder_is_sorted_and_forgets_what_is_retired(session, noodles):
    service.retire_unit(session, noodles.units[0], at=SUNDAY)

    assert [rung.name for rung in noodles.units] == ["dus"]
    assert [rung.name for rung in noodles.rungs] == ["renteng", "dus"]


def test_a_retired_size_may_be_added_anew(session, noodles):
    service.retire_unit(session, noodles.units[0], at=SUNDAY)

    service.add_unit(session, noodles, NewUnit("renteng", 5), at=SUNDAY)

    assert [rung.factor for rung in noodles.units] == [5, 40]


@pytest.mark.parametrize(
    ("unit", "field"),
    [
        (NewUnit("Dus", 48), "name"),
        (NewUnit("bungkus", 2), "name"),
        (NewUnit("kardus", 40), "count"),
        (NewUnit("satuan", 1), "count"),
        (NewUnit("palet", 10**8), "count"),
        (NewUnit("nol", 0), "count"),
    ],
)
def test_a_unit_that_makes_no_sense_is_refused(session, noodles, unit, field):
    with pytest.raises(BadUnit) as refused:
        service.add_unit(session, noodles, unit, at=SATURDAY)

    assert list(refused.value.fields) == [field]


def test_a_good_has_no_endless_ladder(session, noodles):
    for number in range(6):
        service.add_unit(session, noodles, NewUnit(f"u{number}", 100 + number), at=SATURDAY)

    with pytest.raises(BadUnit):
        service.add_unit(session, noodles, NewUnit("lagi", 999), at=SATURDAY)


def asked(session, member, item, officer, quantity, rung):
    wanted = Wanted(quantity, rung=rung)
    return service.ask(session, member, wanted, item=item, entered_by=officer.id, at=SATURDAY)


def test_a_wish_keeps_the_unit_it_was_said_in(session, noodles, sri, officer):
    box = noodles.units[1]

    line = asked(session, sri, noodles, officer, 80, box)

    assert (line.want, unit_of(line, noodles)) == (80, box)


def test_a_wish_said_in_a_retired_unit_is_typed_in_the_main_one(session, noodles, sri, officer):
    line = asked(session, sri, noodles, officer, 80, noodles.units[1])

    service.retire_unit(session, noodles.units[1], at=SUNDAY)

    assert unit_of(line, noodles) is None


def test_saying_it_in_the_main_unit_again_forgets_the_other_one(session, noodles, sri, officer):
    asked(session, sri, noodles, officer, 80, noodles.units[1])

    line = asked(session, sri, noodles, officer, 7, None)

    assert (line.want, line.rung_id) == (7, None)


def test_a_unit_of_another_good_is_refused(session, noodles, rice, sri, officer):
    with pytest.raises(MixedUnits):
        asked(session, sri, noodles, officer, 25_000, rice.units[0])
    with pytest.raises(MixedUnits):
        service.ask(
            session, sri, Wanted(40, rung=noodles.units[1]), item=None, words="Gula",
            entered_by=officer.id, at=SATURDAY,
        )  # fmt: skip


def test_half_a_box_of_pieces_is_refused_but_half_a_sack_is_not(
    session, noodles, rice, sri, officer
):
    with pytest.raises(NotWhole):
        asked(session, sri, noodles, officer, 20, noodles.units[1])

    assert asked(session, sri, rice, officer, 12_500, rice.units[0]).want == 12_500


def test_what_is_asked_in_multiples_is_not_asked_between_them(session, noodles, sri, officer):
    pair = service.add_unit(session, noodles, NewUnit("lusin", 12, step=2), at=SATURDAY)

    with pytest.raises(NotWhole):
        asked(session, sri, noodles, officer, 12, pair)

    assert asked(session, sri, noodles, officer, 24, pair).want == 24


def test_a_unit_is_found_only_with_its_good(session, noodles, rice):
    with pytest.raises(NotFound):
        queries.rung(session, noodles, rice.units[0].id)
    with pytest.raises(NotFound):
        queries.rung(session, noodles, new_id())


class TestPages:
    @pytest.fixture
    def path(self, session, velodrome, noodles, rice):
        session.commit()
        return f"/k/{velodrome.slug}/kelola/kulakan"

    @pytest.fixture
    def chair(self, session, officer, sri, sign_in):
        sri.account_id = officer.id
        session.commit()
        return sign_in(officer)

    def test_an_officer_adds_and_retires_a_unit(self, chair, path, rice, session):
        page = f"{path}/barang/{to_text(rice.id)}"
        before = chair.get(page).text

        added = chair.post(
            f"{page}/satuan", data={"name": "kantong", "count": "2,5", "for_request": "y"}
        )
        session.expire_all()
        bag = rice.units[0]
        retired = chair.post(f"{page}/satuan/{to_text(bag.id)}/hapus")
        session.expire_all()

        assert "sak" in before
        assert (added.status_code, retired.status_code) == (303, 303)
        assert (bag.factor, bag.for_request) == (2_500, True)
        assert [rung.name for rung in rice.units] == ["sak"]

    def test_a_bad_unit_is_told_and_keeps_what_was_typed(self, chair, path, rice):
        page = f"{path}/barang/{to_text(rice.id)}/satuan"

        size = chair.post(page, data={"name": "kantong", "count": "banyak"})
        taken = chair.post(page, data={"name": "sak", "count": "10"})

        assert (size.status_code, taken.status_code) == (422, 422)
        assert "kantong" in size.text
        assert "Satuan itu sudah ada." in taken.text

    def test_a_member_asks_in_boxes_and_sees_boxes(self, chair, path, noodles, session):
        box = to_text(noodles.units[1].id)

        form = chair.get(f"{path}/minta").text
        answer = chair.post(f"{path}/minta", data={"item": box, "want": "2"})

        line = session.query(RequestLine).one()
        assert "Mi goreng (dus isi 40\u00a0bungkus)" in form
        assert answer.status_code == 303
        assert (line.want, line.rung_id) == (80, noodles.units[1].id)
        assert "2\u00a0dus" in chair.get(path).text

    def test_half_a_box_is_refused_with_a_sentence(self, chair, path, noodles):
        data = {"item": to_text(noodles.units[1].id), "want": "1,5"}

        answer = chair.post(f"{path}/minta", data=data)

        assert answer.status_code == 422
        assert "Barang ini dibagi per 1 dus utuh." in answer.text
