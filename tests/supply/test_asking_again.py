"""Asking as last time, and what officers are proposed for what is asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.kernel.access import Role
from marketplace.kernel.calendar import local_day
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.supply import queries, service
from marketplace.supply.models import BaseUnit
from marketplace.supply.rules import PackTerms
from marketplace.supply.service import RoundPlan, SupplierFacts, Terms, Wanted
from tests.makers import SATURDAY, make_cooperative, make_member, make_officer


@pytest.fixture
def velodrome(session):
    return make_cooperative(session, "Velodrome Rukun Jaya")


@pytest.fixture
def officer(session, velodrome):
    return make_officer(session, velodrome)


@pytest.fixture
def rara_account(session, velodrome):
    return make_officer(session, velodrome, Role.MEMBER, "Mbak Rara")


@pytest.fixture
def rara(session, velodrome, rara_account):
    return make_member(session, velodrome, "Mbak Rara", account=rara_account)


@pytest.fixture
def sugar(session, velodrome):
    return service.add_item(
        session, velodrome.id, name="Gula pasir", base_unit=BaseUnit.GRAM, unit="kg",
        factor=1_000, at=SATURDAY,
    )  # fmt: skip


@pytest.fixture
def bought(session, sugar, officer, rara):
    """Let a round of sugar with a wish of hers be locked."""

    def buy(want: int, **more: int):
        terms = Terms(
            supplier="Grosir", pack_name="sak", pack_size=5_000, pack_price=Rupiah(80_000),
        )  # fmt: skip
        plan = RoundPlan(SATURDAY + timedelta(days=1), "Balai")
        pool = service.open_round(session, sugar, terms, plan, opened_by=officer.id, at=SATURDAY)
        wanted = Wanted(want, **more)
        line = service.join(session, pool, rara, wanted, entered_by=officer.id, at=SATURDAY)
        service.lock(session, pool, at=SATURDAY)
        return line

    return buy


def before(session, rara):
    return [line.want for line, _ in queries.asked_before(session, rara.cooperative_id, rara.id)]


def test_the_last_wish_of_each_good_may_be_asked_for_again(session, rara, bought):
    bought(10_000)
    bought(5_000)

    assert before(session, rara) == [5_000]


def test_a_wish_that_still_waits_and_a_good_off_the_list_are_not_offered(
    session, rara, sugar, bought, officer
):
    service.ask(session, rara, Wanted(5_000), item=sugar, entered_by=officer.id, at=SATURDAY)
    assert before(session, rara) == []
    bought(5_000)
    service.retire_item(session, sugar, at=SATURDAY)

    assert before(session, rara) == []


def test_one_press_asks_as_last_time(session, velodrome, rara, rara_account, bought, sign_in):
    bought(7_500, accept_min=5_000, flex_max=10_000)
    session.commit()
    browser, path = sign_in(rara_account), f"/k/{velodrome.slug}/kelola/kulakan/minta"

    page = browser.get(path).text
    assert "Seperti terakhir kali" in page
    assert 'name="want" value="7,5"' in page
    sugar = to_text(queries.items(session, velodrome.id)[0].id)
    sent = {"item": sugar, "want": "7,5", "accept_min": "5", "flex_max": "10"}
    assert browser.post(path, data=sent).status_code == 303

    (line, _, pool) = queries.my_lines(session, velodrome.id, rara.id)[0]
    assert (line.accept_min, line.want, line.flex_max, pool) == (5_000, 7_500, 10_000, None)


def test_who_never_bought_is_offered_nothing_to_repeat(
    velodrome, rara, rara_account, session, sign_in
):
    session.commit()

    page = sign_in(rara_account).get(f"/k/{velodrome.slug}/kelola/kulakan/minta").text

    assert "Seperti terakhir kali" not in page


# ------------------------------------------------------------------------------ proposals


@pytest.fixture
def sells(session, velodrome, sugar):
    def sell(name: str, terms: PackTerms):
        seller = service.add_supplier(session, velodrome.id, SupplierFacts(name), at=SATURDAY)
        return service.note_offer(session, seller, sugar, terms, by=None, at=SATURDAY)

    return sell


def proposed(session, velodrome):
    waiting = queries.waiting(session, velodrome.id)
    return queries.proposals(session, velodrome.id, waiting, on=local_day(SATURDAY))


def ask(session, member, sugar, officer, grams):
    wanted = Wanted(grams)
    service.ask(session, member, wanted, item=sugar, entered_by=officer.id, at=SATURDAY)


def test_what_can_be_bought_now_goes_before_what_is_cheaper_later(
    session, velodrome, rara, sugar, officer, sells
):
    sack = PackTerms("sak", 50_000, Rupiah(790_000))
    bag = PackTerms("kantong", 5_000, Rupiah(82_000))
    sells("Grosir Gadang", sack)
    small = sells("Toko Blimbing", bag)
    ask(session, rara, sugar, officer, 10_000)

    (found,) = proposed(session, velodrome).values()

    assert found.offer is small
    assert (found.outlook.packs, found.outlook.cost) == (2, 164_000)


def test_the_cheapest_of_those_that_are_enough_is_proposed(
    session, velodrome, rara, sugar, officer, sells
):
    sack = sells("Grosir Gadang", PackTerms("sak", 50_000, Rupiah(790_000)))
    sells("Toko Blimbing", PackTerms("kantong", 5_000, Rupiah(82_000)))
    ask(session, rara, sugar, officer, 50_000)

    (found,) = proposed(session, velodrome).values()

    assert found.offer is sack
    assert found.outlook.packs == 1


def test_too_little_says_how_much_is_missing(
    session, velodrome, rara, sugar, officer, sells, sign_in
):
    sells("Grosir Gadang", PackTerms("sak", 50_000, Rupiah(790_000)))
    ask(session, rara, sugar, officer, 20_000)
    session.commit()

    path = f"/k/{velodrome.slug}/kelola/kulakan/buka?barang={to_text(sugar.id)}"
    page = sign_in(officer).get(path).text

    assert "Grosir Gadang: 1 sak isi 50\u00a0kg" in page
    assert "Kurang 30\u00a0kg lagi." in page
    assert 'value="790.000"' in page


def test_without_an_offer_the_round_is_still_one_press_away(
    session, velodrome, rara, sugar, officer, sign_in
):
    ask(session, rara, sugar, officer, 20_000)
    session.commit()

    browser, path = sign_in(officer), f"/k/{velodrome.slug}/kelola/kulakan"
    assert f"barang={to_text(sugar.id)}" in browser.get(path).text
    page = browser.get(f"{path}/buka?barang={to_text(sugar.id)}").text

    assert "Diisi dari harga" not in page
