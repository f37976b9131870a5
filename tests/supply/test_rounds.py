"""A round of several goods from several suppliers: each goes its way, members see all of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace import audit
from marketplace.accounts.models import Account
from marketplace.cooperatives.models import Cooperative
from marketplace.credit import queries as credit_queries
from marketplace.credit import service as credit
from marketplace.credit.rules import CreditTooSmall
from marketplace.kernel.access import Role
from marketplace.kernel.calendar import local_day
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.ledger import service as ledger
from marketplace.ledger.models import LedgerAccount
from marketplace.ledger.rules import MemberAccount, Purpose, Unit
from marketplace.members.models import Member
from marketplace.supply import queries, service
from marketplace.supply.models import BaseUnit, SupplyItem, SupplyPool
from marketplace.supply.rules import PaidWith, PoolState
from marketplace.supply.service import NotEnough, RoundPlan, Terms, Wanted, WrongMoney
from marketplace.supply.service.buying import MOST_GOODS, BadTerms
from marketplace.supply.service.handing_over import NotReady
from marketplace.supply.views.present import baskets
from marketplace.web.clock import now
from tests.ledger.conftest import posting
from tests.makers import make_cooperative, make_member, make_officer

CARTON = Terms("Grosir Gadang", "karton", 4, Rupiah(400_000))
SACK = Terms("Toko Tepung", "sak", 25_000, Rupiah(225_000))


@pytest.fixture
def velodrome(session: Session) -> Cooperative:
    return make_cooperative(session, "Velodrome Rukun Jaya")


@pytest.fixture
def officer(session: Session, velodrome: Cooperative) -> Account:
    return make_officer(session, velodrome)


@pytest.fixture
def rara(session: Session, velodrome: Cooperative) -> Member:
    account = make_officer(session, velodrome, Role.MEMBER)
    return make_member(session, velodrome, "Mbak Rara", account=account)


def good(session: Session, velodrome: Cooperative, name: str, unit: str) -> SupplyItem:
    kind = BaseUnit.GRAM if unit == "kg" else BaseUnit.PIECE
    return service.add_item(
        session,
        velodrome.id,
        name=name,
        base_unit=kind,
        unit=unit,
        factor=1_000 if unit == "kg" else 1,
        at=now(),
    )


@pytest.fixture
def oil(session, velodrome) -> SupplyItem:
    return good(session, velodrome, "Minyak goreng 5 L", "jeriken")


@pytest.fixture
def flour(session, velodrome) -> SupplyItem:
    return good(session, velodrome, "Tepung tapioka", "kg")


@pytest.fixture
def pools(session, officer, oil, flour) -> list[SupplyPool]:
    """Oil and flour in one round, of two suppliers."""
    plan = RoundPlan(now() + timedelta(days=1), "Velodrome")
    first = service.open_round(session, oil, CARTON, plan, opened_by=officer.id, at=now())
    second = service.add_good(session, first.round, flour, SACK, at=now())
    session.commit()
    return [first, second]


def join(session, pool, member, want, officer):
    return service.join(session, pool, member, Wanted(want), entered_by=officer.id, at=now())


def test_goods_of_a_round_share_its_number_and_its_time(pools):
    oil, flour = pools

    assert (oil.number, oil.place, flour.number, flour.place) == (1, 1, 1, 2)
    assert oil.closes_at == flour.closes_at
    assert (oil.supplier, flour.supplier) == ("Grosir Gadang", "Toko Tepung")


def test_wishes_that_wait_join_the_good_that_is_added(session, officer, rara, oil, flour):
    service.ask(session, rara, Wanted(25_000), item=flour, entered_by=officer.id, at=now())
    plan = RoundPlan(now() + timedelta(days=1), "Velodrome")
    first = service.open_round(session, oil, CARTON, plan, opened_by=officer.id, at=now())

    added = service.add_good(session, first.round, flour, SACK, at=now())

    (row,) = queries.view(session, added).lines
    assert (row.member.id, row.line.want) == (rara.id, 25_000)


def test_a_good_is_bought_once_per_round_unless_it_was_given_up(session, pools, oil):
    with pytest.raises(BadTerms, match="sudah ada"):
        service.add_good(session, pools[0].round, oil, CARTON, at=now())

    service.cancel(session, pools[0], reason=None, at=now())
    again = service.add_good(session, pools[0].round, oil, CARTON, at=now())

    assert again.place == 3


def test_nothing_is_added_to_a_round_whose_time_is_over(session, velodrome, pools):
    sugar = good(session, velodrome, "Gula", "kg")

    with pytest.raises(BadTerms, match="ditutup"):
        service.add_good(session, pools[0].round, sugar, SACK, at=now() + timedelta(days=2))


def test_a_round_has_only_so_many_goods(session, velodrome, pools):
    for number in range(MOST_GOODS - len(pools)):
        item = good(session, velodrome, f"Barang {number}", "buah")
        service.add_good(session, pools[0].round, item, CARTON, at=now())

    one_more = good(session, velodrome, "Gula", "kg")
    with pytest.raises(BadTerms, match="Paling banyak 30"):
        service.add_good(session, pools[0].round, one_more, SACK, at=now())


def test_what_is_enough_is_locked_and_the_rest_stays_open(session, pools, rara, officer):
    join(session, pools[0], rara, 4, officer)
    join(session, pools[1], rara, 10_000, officer)

    locked = service.lock_round(session, pools[0].round, at=now())

    assert locked == [pools[0]]
    assert [pool.state for pool in pools] == [PoolState.LOCKED, PoolState.OPEN]
    with pytest.raises(NotEnough) as broken:
        service.lock_round(session, pools[0].round, at=now())
    assert broken.value.missing == 15_000


def test_each_good_goes_its_own_way_to_the_end(session, pools, rara, officer):
    for pool, want in zip(pools, (4, 25_000), strict=True):
        join(session, pool, rara, want, officer)
    service.lock_round(session, pools[0].round, at=now())
    service.receive(
        session, pools[0], key="a", packs=1, quantity=4, cost=Rupiah(400_000),
        actor_id=officer.id, at=now(),
    )  # fmt: skip
    (oil_row,) = queries.view(session, pools[0]).lines

    service.hand_over(session, oil_row.line, paid=Rupiah(400_000), actor_id=officer.id, at=now())

    assert [pool.state for pool in pools] == [PoolState.SETTLED, PoolState.LOCKED]


def test_a_basket_adds_up_what_a_member_takes_of_all_goods(
    session, velodrome, pools, rara, officer
):
    sri = make_member(session, velodrome, "Bu Sri")
    join(session, pools[0], rara, 4, officer)
    join(session, pools[1], rara, 50_000, officer)
    join(session, pools[1], sri, 25_000, officer)

    found = baskets([queries.view(session, pool) for pool in pools])

    totals = {basket.member.called: basket.total for basket in found}
    assert totals == {"Mbak Rara": Rupiah(850_000), "Bu Sri": Rupiah(225_000)}


def test_keeping_a_round_open_leaves_locked_goods_alone(session, pools, rara, officer):
    join(session, pools[0], rara, 4, officer)
    service.lock_round(session, pools[0].round, at=now())
    later = now() + timedelta(days=3)

    service.extend(session, pools[0].round, later, at=now())

    assert pools[1].closes_at == later
    assert [pool.state for pool in pools] == [PoolState.LOCKED, PoolState.OPEN]


# ------------------------------------------------------------------------------ pages


@pytest.fixture
def path(velodrome) -> str:
    return f"/k/{velodrome.slug}/kelola/kulakan"


@pytest.fixture
def chair(sign_in, officer) -> FlaskClient:
    return sign_in(officer)


def test_a_round_of_several_goods_shows_all_and_what_one_pays(
    session, path, pools, rara, officer, sign_in
):
    join(session, pools[0], rara, 4, officer)
    join(session, pools[1], rara, 25_000, officer)
    session.commit()

    browser = sign_in(session.get_one(Account, rara.account_id))
    page = browser.get(f"{path}/1").text

    assert "Minyak goreng 5 L" in page
    assert "Tepung tapioka" in page
    assert "Rp\u00a0625.000" in page
    assert "Kunci semua" not in page
    assert f"{path}/1/2" in browser.get(f"{path}/1").text


def test_an_officer_adds_a_good_and_locks_what_is_enough(
    session, velodrome, path, pools, rara, officer, chair
):
    sugar = good(session, velodrome, "Gula pasir", "kg")
    join(session, pools[0], rara, 4, officer)
    session.commit()
    said = {
        "item": to_text(sugar.id), "supplier": "Grosir Gadang", "pack_name": "sak",
        "pack_size": "50", "pack_price": "790.000",
    }  # fmt: skip

    form = chair.get(f"{path}/1/tambah?barang={to_text(sugar.id)}")
    refused = chair.post(f"{path}/1/tambah", data={**said, "pack_size": "banyak"})
    added = chair.post(f"{path}/1/tambah", data=said, follow_redirects=True)
    twice = chair.post(f"{path}/1/tambah", data=said)
    locked = chair.post(f"{path}/1/kunci", follow_redirects=True)
    nothing = chair.post(f"{path}/1/kunci")

    assert "Ditutup" not in form.text
    assert (refused.status_code, "banyak" in refused.text) == (422, True)
    assert "Gula pasir ikut dibeli" in added.text
    assert (twice.status_code, "sudah ada di putaran ini" in twice.text) == (422, True)
    assert "Dikunci." in locked.text
    assert nothing.status_code == 409
    assert "Belum cukup" in nothing.text


def test_the_list_for_handing_out_goes_by_member(session, path, pools, rara, officer, chair):
    join(session, pools[0], rara, 4, officer)
    join(session, pools[1], rara, 25_000, officer)
    session.commit()

    page = chair.get(f"{path}/1/daftar").text

    assert page.count("Mbak Rara") == 1
    assert "Rp\u00a0625.000" in page


@pytest.mark.parametrize("place", ["3", "0", "999999999999"])
def test_a_place_that_a_round_does_not_have_is_not_found(path, pools, chair, place):
    assert chair.get(f"{path}/1/{place}").status_code == 404
    assert chair.post(f"{path}/1/{place}/kunci").status_code == 404


# ------------------------------------------------------------------------------ paying


@pytest.fixture
def ready(session, pools, rara, officer) -> list[SupplyPool]:
    """Rara's oil and flour are there, for 390,333 and 225,000."""
    for pool, want, cost in zip(pools, (4, 25_000), (390_333, 225_000), strict=True):
        join(session, pool, rara, want, officer)
        service.lock(session, pool, at=now())
        service.receive(
            session, pool, key="a", packs=1, quantity=want, cost=Rupiah(cost),
            actor_id=officer.id, at=now(),
        )  # fmt: skip
    session.commit()
    return pools


def balance_of(session, velodrome, place) -> int:
    member_id = place.member_id if isinstance(place, MemberAccount) else None
    account = session.scalars(
        select(LedgerAccount).where(
            LedgerAccount.cooperative_id == velodrome.id,
            LedgerAccount.purpose == (place.purpose if member_id else place),
            LedgerAccount.member_id == member_id,
        )
    ).one()
    session.refresh(account)
    return account.debit.amount - account.credit.amount


def found_by_audit(session) -> list[str]:
    """Run the audit; members whom these tests make are not counted by their cooperative."""
    found = audit.run(session, at=now())
    return [one.row for one in found if one.check != "tenants.member_counts_are_right"]


PLACES = [
    (PaidWith.CASH, Purpose.CASH),
    (PaidWith.QRIS, Purpose.BANK),
    (PaidWith.TRANSFER, Purpose.BANK),
]


@pytest.mark.parametrize(("way", "purpose"), PLACES)
def test_all_goods_of_a_round_are_paid_at_once_in_the_way_one_likes(
    session, velodrome, ready, rara, officer, way, purpose
):
    met = service.hand_over_basket(
        session, ready[0].round, rara.id, paid=Rupiah(615_333), way=way,
        actor_id=officer.id, at=now(),
    )  # fmt: skip
    again = service.hand_over_basket(
        session, ready[0].round, rara.id, paid=Rupiah(615_333), way=way,
        actor_id=officer.id, at=now(),
    )  # fmt: skip

    assert (len(met), again) == (2, [])
    assert [pool.state for pool in ready] == [PoolState.SETTLED] * 2
    assert balance_of(session, velodrome, purpose) == 615_333
    assert balance_of(session, velodrome, Purpose.MEMBER_SALES) == -615_333
    assert balance_of(session, velodrome, Purpose.STOCK) == 0


def test_cash_is_asked_for_in_whole_steps_at_the_cost_of_the_cooperative(
    session, velodrome, ready, rara, officer
):
    velodrome.cash_rounding = 500
    with pytest.raises(WrongMoney, match=r"615\.000"):
        service.hand_over_basket(
            session, ready[0].round, rara.id, paid=Rupiah(615_333), way=PaidWith.CASH,
            actor_id=officer.id, at=now(),
        )  # fmt: skip

    service.hand_over_basket(
        session, ready[0].round, rara.id, paid=Rupiah(615_000), way=PaidWith.CASH,
        actor_id=officer.id, at=now(),
    )  # fmt: skip

    assert balance_of(session, velodrome, Purpose.CASH) == 615_000
    assert balance_of(session, velodrome, Purpose.ROUNDING) == 333
    assert balance_of(session, velodrome, Purpose.MEMBER_SALES) == -615_333
    assert found_by_audit(session) == []


def test_a_balance_pays_only_what_it_holds_and_gets_it_back(
    session, velodrome, ready, rara, officer
):
    theirs = MemberAccount(Purpose.MEMBER_BALANCE, rara.id)
    deposit = posting((Purpose.CASH, theirs, 500_000), key="titipan", dated=local_day(now()))
    ledger.post(session, velodrome.id, Unit.SHOP, deposit, at=now())
    by_balance = {"way": PaidWith.BALANCE, "actor_id": officer.id, "at": now()}
    (oil_row,) = queries.view(session, ready[0]).lines

    with pytest.raises(ledger.BalanceTooSmall):
        service.hand_over_basket(
            session, ready[0].round, rara.id, paid=Rupiah(615_333), **by_balance
        )
    session.rollback()
    ledger.post(session, velodrome.id, Unit.SHOP, deposit, at=now())
    service.hand_over(session, oil_row.line, paid=Rupiah(390_333), **by_balance)
    left = balance_of(session, velodrome, theirs)
    while_it_was_spent = found_by_audit(session)
    service.undo_hand_over(session, oil_row.line, at=now())

    assert left == -109_667
    assert while_it_was_spent == []
    assert found_by_audit(session) == []
    assert balance_of(session, velodrome, theirs) == -500_000


def test_goods_on_account_are_owed_until_they_are_paid_and_no_more_than_allowed(
    session, velodrome, ready, rara, officer
):
    credit.set_limit(session, rara, Rupiah(500_000), due_days=14, by=officer.id, at=now())
    on_account = {"way": PaidWith.CREDIT, "actor_id": officer.id, "at": now()}
    (oil_row,), (flour_row,) = (queries.view(session, pool).lines for pool in ready)
    service.hand_over(session, oil_row.line, paid=Rupiah(390_333), **on_account)

    with pytest.raises(CreditTooSmall, match=r"109\.667"), session.begin_nested():
        service.hand_over(session, flour_row.line, paid=Rupiah(225_000), **on_account)

    owed = MemberAccount(Purpose.GOODS_ON_ACCOUNT, rara.id)
    assert balance_of(session, velodrome, owed) == 390_333
    assert found_by_audit(session) == []
    service.undo_hand_over(session, oil_row.line, at=now())
    assert balance_of(session, velodrome, owed) == 0
    assert found_by_audit(session) == []


def room_of(session, rara) -> tuple[int, int]:
    use = credit_queries.use_of(session, rara.cooperative_id, rara.id)
    return use.held.amount, use.owed.amount


@pytest.fixture
def promised(session, pools, rara, officer):
    """Rara wants 4 to 6 jerrycans on account, at 100,000 each at most."""
    credit.set_limit(session, rara, Rupiah(1_000_000), due_days=14, by=officer.id, at=now())
    line = service.join(
        session, pools[0], rara, Wanted(4, flex_max=6), entered_by=officer.id, on_account=True,
        at=now(),
    )  # fmt: skip
    session.commit()
    return pools[0], line


def came(session, pool, officer, cost) -> None:
    service.lock(session, pool, at=now())
    service.receive(
        session, pool, key="a", packs=1, quantity=4, cost=Rupiah(cost), actor_id=officer.id,
        at=now(),
    )  # fmt: skip


def test_no_more_is_asked_for_on_account_than_the_limit_holds(session, promised, rara, officer):
    pool, _ = promised
    assert room_of(session, rara) == (600_000, 0)

    with pytest.raises(CreditTooSmall, match=r"400\.000|1\.000\.000"):
        service.join(
            session, pool, rara, Wanted(4, flex_max=11), entered_by=officer.id, on_account=True,
            at=now(),
        )  # fmt: skip


def test_room_follows_a_wish_to_its_price_its_bon_and_back(session, promised, rara, officer):
    pool, line = promised
    came(session, pool, officer, 390_000)
    shared = room_of(session, rara)
    service.hand_over(
        session, line, paid=Rupiah(390_000), way=PaidWith.CREDIT, actor_id=officer.id, at=now()
    )
    fetched = room_of(session, rara)
    service.undo_hand_over(session, line, at=now())
    undone = room_of(session, rara)
    service.hand_over(
        session, line, paid=Rupiah(390_000), way=PaidWith.CASH, actor_id=officer.id, at=now()
    )

    assert (shared, fetched, undone) == ((390_000, 0), (0, 390_000), (390_000, 0))
    assert room_of(session, rara) == (0, 0)


@pytest.mark.parametrize("way", ["withdrawn", "cancelled", "paid at once"])
def test_room_that_is_not_needed_is_let_go(session, promised, rara, officer, way):
    pool, line = promised
    if way == "withdrawn":
        service.withdraw(session, line, actor_id=officer.id, at=now())
    elif way == "cancelled":
        service.cancel(session, pool, reason=None, at=now())
    else:
        service.join(session, pool, rara, Wanted(4), entered_by=officer.id, at=now())

    assert room_of(session, rara) == (0, 0)
    assert found_by_audit(session) == []


def test_nothing_is_handed_over_before_it_came(session, pools, rara, officer):
    join(session, pools[0], rara, 4, officer)

    with pytest.raises(NotReady):
        service.hand_over_basket(
            session, pools[0].round, rara.id, paid=Rupiah(0), way=PaidWith.CASH,
            actor_id=officer.id, at=now(),
        )  # fmt: skip


def test_an_officer_hands_a_basket_over_and_prints_its_note(
    session, velodrome, path, ready, rara, chair
):
    where = f"{path}/1/anggota/{to_text(rara.id)}"

    before = chair.get(where)
    unpaid = chair.post(where, data={"total": "615.333"} | {"way": "emas"})
    changed = chair.post(where, data={"total": "600.000", "way": "qris"})
    poor = chair.post(where, data={"total": "615.333", "way": "titipan"})
    done = chair.post(where, data={"total": "615.333", "way": "qris"}, follow_redirects=True)
    twice = chair.post(where, data={"total": "615.333", "way": "qris"})

    assert "Rp\u00a0615.333" in before.text
    assert "Titipan" not in before.text.split("Dibayar dengan")[1]
    assert unpaid.status_code == 422
    assert (changed.status_code, "pas." in changed.text) == (422, True)
    assert poor.status_code == 409
    assert "dan dibayar" in done.text
    assert "Cetak nota" in done.text
    assert twice.status_code == 303


def test_who_takes_no_part_has_no_basket(session, velodrome, path, pools, chair):
    lilik = make_member(session, velodrome, "Bu Lilik")
    session.commit()

    assert chair.get(f"{path}/1/anggota/{to_text(lilik.id)}").status_code == 404


def test_an_officer_hands_a_part_of_a_basket_over_and_later_the_rest(
    session, path, ready, rara, chair
):
    where = f"{path}/1/anggota/{to_text(rara.id)}"
    lines = [row.line for pool in ready for row in queries.view(session, pool).lines]
    oil, flour = (f"banyak-{to_text(line.id)}" for line in lines)
    before = {f"sudah-{to_text(line.id)}": "0" for line in lines}

    counted = chair.get(where, query_string={oil: "3", flour: ""})
    too_much = chair.get(where, query_string={oil: "99", flour: ""})
    nothing = chair.post(where, data={oil: "", flour: "0", "total": "0", "way": "qris"})
    sent = {oil: "3", flour: "", **before, "total": "292.750", "way": "qris"}
    answers = [chair.post(where, data=sent) for _ in range(2)]
    other = chair.post(where, data={**sent, oil: "2"})
    after = chair.get(where)

    assert "Rp\u00a0292.750" in counted.text
    assert (too_much.status_code, "sisanya tinggal" in too_much.text) == (422, True)
    assert nothing.status_code == 422
    assert [answer.status_code for answer in answers] == [303, 303]
    assert other.status_code == 409
    assert "sisa 1\u00a0jeriken" in after.text
    assert "Rp\u00a0322.583" in after.text  # what is left of 615.333
