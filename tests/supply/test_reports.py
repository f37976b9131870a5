"""A year of buying together, for officers and for each member."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from io import StringIO

import pytest

from marketplace.accounts.models import Account
from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.access import Role
from marketplace.kernel.calendar import local_day
from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries as books
from marketplace.ledger.rules import Purpose, Unit
from marketplace.supply import queries, service
from marketplace.supply.models import BaseUnit, SupplyItem, SupplyPool
from marketplace.supply.rules import PaidWith, RequestState
from marketplace.web.clock import now
from tests.makers import SATURDAY, make_cooperative, make_member, make_officer

SUNDAY = SATURDAY + timedelta(days=1)
YEAR = 2026


@pytest.fixture
def velodrome(session) -> Cooperative:
    return make_cooperative(session, "Velodrome Rukun Jaya")


@pytest.fixture
def officer(session, velodrome) -> Account:
    return make_officer(session, velodrome)


@pytest.fixture
def rara(session, velodrome):
    return make_member(session, velodrome, "Mbak Rara")


@pytest.fixture
def oil(session, velodrome) -> SupplyItem:
    return service.add_item(
        session, velodrome.id, name="Minyak goreng 5 L", base_unit=BaseUnit.PIECE, unit="jeriken",
        factor=1, at=SATURDAY,
    )  # fmt: skip


def bought(session, oil, officer, wishes, *, supplier="Grosir Gadang", at=SATURDAY) -> SupplyPool:
    """A carton of four jerrycans costs 412,000; from three on 400,000."""
    terms = service.Terms(
        supplier, "karton", 4, Rupiah(412_000), tiers=((3, 400_000),),
        arrives_on=local_day(at) + timedelta(days=1),
    )  # fmt: skip
    plan = service.RoundPlan(at + timedelta(hours=5), "Velodrome")
    pool = service.open_round(session, oil, terms, plan, opened_by=officer.id, at=at)
    for member, want in wishes.items():
        wanted = service.Wanted(want)
        service.join(session, pool, member, wanted, entered_by=officer.id, at=at)
    return service.lock(session, pool, at=at)


def arrive(session, pool, officer, quantity, cost, *, key="1", at=SUNDAY, **more) -> None:
    service.receive(
        session, pool, key=key, packs=quantity // 4, quantity=quantity, cost=Rupiah(cost),
        actor_id=officer.id, at=at, **more,
    )  # fmt: skip


def test_a_round_is_told_with_what_it_cost_and_saved(
    session, velodrome, officer, rara, oil
) -> None:
    sri = make_member(session, velodrome, "Bu Sri")
    pool = bought(session, oil, officer, {rara: 8, sri: 4})
    arrive(session, pool, officer, 12, 1_200_000)

    (good,) = queries.goods_of_year(session, velodrome.id, YEAR)

    assert (good.members, good.given, good.billed, good.charged) == (
        2, 12, Rupiah(1_200_000), Rupiah(1_200_000),
    )  # fmt: skip
    assert good.saved == Rupiah(36_000)
    assert good.stock_cost == Rupiah(0)


def test_only_the_sharing_out_that_counts_is_told(session, velodrome, officer, rara, oil) -> None:
    pool = bought(session, oil, officer, {rara: 12})
    arrive(session, pool, officer, 8, 800_000)
    arrive(session, pool, officer, 4, 400_000, key="2")

    (good,) = queries.goods_of_year(session, velodrome.id, YEAR)

    assert (good.given, good.charged, len(good.deliveries)) == (12, Rupiah(1_200_000), 2)


def test_suppliers_are_told_with_what_went_wrong_who_sold_most_first(
    session, velodrome, officer, rara, oil
) -> None:
    short = bought(session, oil, officer, {rara: 12})
    arrive(session, short, officer, 10, 1_200_000, at=SUNDAY + timedelta(days=3))
    fine = bought(session, oil, officer, {rara: 4}, supplier="Toko Berkah")
    arrive(session, fine, officer, 4, 412_000)

    gadang, berkah = queries.by_supplier(queries.goods_of_year(session, velodrome.id, YEAR))

    assert (gadang.supplier, gadang.billed, gadang.contested) == (
        "Grosir Gadang", Rupiah(1_200_000), Rupiah(200_000),
    )  # fmt: skip
    assert (gadang.reliability.short, gadang.reliability.late) == (1, 1)
    assert (berkah.reliability.deliveries, berkah.reliability.short) == (1, 0)


def test_what_was_given_up_or_locked_in_another_year_is_not_told(
    session, velodrome, officer, rara, oil
) -> None:
    cancelled = bought(session, oil, officer, {rara: 4})
    service.cancel(session, cancelled, reason=None, at=SATURDAY)
    bought(session, oil, officer, {rara: 4}, at=SATURDAY - timedelta(days=365))

    assert queries.goods_of_year(session, velodrome.id, YEAR) == []
    assert len(queries.goods_of_year(session, velodrome.id, YEAR - 1)) == 1


def test_a_member_sees_what_they_got_and_saved_and_nobody_elses(
    session, velodrome, officer, rara, oil
) -> None:
    sri = make_member(session, velodrome, "Bu Sri")
    pool = bought(session, oil, officer, {rara: 8, sri: 4})
    arrive(session, pool, officer, 12, 1_200_000)

    (own,) = queries.shares_of(session, velodrome.id, rara.id, YEAR)

    assert (own.share.given, own.share.charge, own.saved) == (8, Rupiah(800_000), Rupiah(24_000))
    assert own.line.state is RequestState.ALLOCATED


def test_what_members_paid_is_told_by_way(session, velodrome, officer, rara, oil) -> None:
    pool = bought(session, oil, officer, {rara: 4})
    arrive(session, pool, officer, 4, 412_000)
    (row,) = queries.view(session, pool).lines
    service.hand_over(
        session, row.line, paid=Rupiah(412_000), way=PaidWith.QRIS, actor_id=officer.id, at=SUNDAY
    )

    paid = {PaidWith.QRIS: Rupiah(412_000)}
    assert queries.paid_by_way(session, velodrome.id, YEAR) == (paid, Rupiah(0))


# ------------------------------------------------------------------------------ pages


@pytest.fixture
def path(velodrome):
    return f"/k/{velodrome.slug}/kelola/kulakan"


@pytest.fixture
def year_of_trade(session, velodrome, officer, rara, oil):
    pool = bought(session, oil, officer, {rara: 12}, at=now())
    arrive(session, pool, officer, 12, 1_200_000, at=now())
    session.commit()
    return pool


def table_of(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(answer.get_data().decode("utf-8-sig"))))


def test_officers_see_the_year_and_save_it_as_tables(
    session, velodrome, officer, sign_in, path, year_of_trade
) -> None:
    chair = sign_in(officer)

    page = chair.get(f"{path}/laporan").text
    (supplier,) = table_of(chair.get(f"{path}/laporan/pemasok.csv"))
    (good,) = table_of(chair.get(f"{path}/laporan/putaran.csv"))

    assert "hemat Rp\u00a036.000" in page
    assert (supplier["pemasok"], supplier["tagihan"]) == ("Grosir Gadang", "1200000")
    assert (good["jumlah"], good["satuan"], good["hemat"]) == ("12", "jeriken", "36000")


def test_a_year_in_which_nothing_was_bought_says_so(session, officer, sign_in, path) -> None:
    session.commit()

    page = sign_in(officer).get(f"{path}/laporan").text

    assert "Belum ada yang dibeli di tahun" in page


@pytest.mark.parametrize("asked", ["", "abc", "1", "99999999999999999999", "2.026"])
def test_what_is_no_year_shows_this_one(session, officer, sign_in, path, asked) -> None:
    session.commit()

    answer = sign_in(officer).get(f"{path}/laporan?tahun={asked}")

    assert answer.status_code == 200
    assert f"Laporan kulakan {local_day(now()).year}" in answer.text


def test_a_member_opens_their_own_year_but_not_the_officers(
    session, velodrome, officer, oil, sign_in, path
) -> None:
    account = make_officer(session, velodrome, Role.MEMBER, "Mbak Rara")
    rara = make_member(session, velodrome, "Mbak Rara", account=account)
    pool = bought(session, oil, officer, {rara: 12}, at=now())
    arrive(session, pool, officer, 12, 1_200_000, at=now())
    session.commit()
    browser = sign_in(account)

    own = browser.get(f"{path}/riwayatku")

    assert "kamu hemat Rp\u00a036.000" in own.text
    assert browser.get(f"{path}/laporan").status_code == 403


def test_what_is_owed_to_and_by_suppliers_comes_from_the_books(
    session, velodrome, officer, rara, oil
) -> None:
    pool = bought(session, oil, officer, {rara: 12})
    arrive(session, pool, officer, 10, 1_200_000)

    owed = books.balances_for(
        session, velodrome.id, Unit.SHOP, Purpose.SUPPLIER_PAYABLE, Purpose.SUPPLIER_CLAIMS
    )

    assert owed == {
        Purpose.SUPPLIER_PAYABLE: Rupiah(1_200_000),
        Purpose.SUPPLIER_CLAIMS: Rupiah(200_000),
    }


def test_books_that_were_never_opened_owe_nothing(session, velodrome) -> None:
    owed = books.balances_for(session, velodrome.id, Unit.SHOP, Purpose.SUPPLIER_PAYABLE)

    assert owed == {Purpose.SUPPLIER_PAYABLE: Rupiah(0)}


def test_a_time_that_is_proposed_is_a_whole_minute(session, officer, oil, sign_in, path):
    session.commit()

    page = sign_in(officer).get(f"{path}/buka").text

    assert re.search(r'name="closes_at"[^>]*value="\d{4}-\d\d-\d\d[ T]20:00(:00)?"', page)
