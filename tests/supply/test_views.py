from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from marketplace.kernel.access import Role
from marketplace.kernel.ids import new_id, to_text
from marketplace.kernel.money import Rupiah
from marketplace.supply import queries, service
from marketplace.supply.models import BaseUnit, GoodsReceipt, RequestLine, SupplyItem, SupplyPool
from marketplace.supply.rules import PoolState, RequestState
from marketplace.supply.service import RoundPlan, Terms, Wanted
from marketplace.web.clock import now
from tests.makers import make_account, make_cooperative, make_member, make_officer


@pytest.fixture
def velodrome(session):
    cooperative = make_cooperative(session, "Velodrome Rukun Jaya")
    session.commit()
    return cooperative


@pytest.fixture
def path(velodrome):
    return f"/k/{velodrome.slug}/kelola/kulakan"


@pytest.fixture
def officer(session, velodrome):
    return make_officer(session, velodrome)


@pytest.fixture
def chair(session, officer, sign_in):
    return sign_in(officer)


@pytest.fixture
def rara(session, velodrome):
    account = make_officer(session, velodrome, Role.MEMBER, "Mbak Rara")
    return make_member(session, velodrome, "Mbak Rara", account=account)


@pytest.fixture
def rara_browser(session, rara, sign_in):
    from marketplace.accounts.models import Account

    return sign_in(session.get_one(Account, rara.account_id))


@pytest.fixture
def oil(session, velodrome):
    item = service.add_item(
        session,
        velodrome.id,
        name="Minyak goreng 5 L",
        base_unit=BaseUnit.PIECE,
        unit="jeriken",
        factor=1,
        at=now(),
    )
    session.commit()
    return item


@pytest.fixture
def pool(session, oil, officer):
    terms = Terms(
        supplier="Grosir Gadang",
        pack_name="karton",
        pack_size=4,
        pack_price=Rupiah(400_000),
        tiers=((3, 380_000),),
    )
    plan = RoundPlan(now() + timedelta(days=1), "Velodrome")
    opened = service.open_round(session, oil, terms, plan, opened_by=officer.id, at=now())
    session.commit()
    return opened


def hidden(page, name):
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1]


def test_a_member_asks_for_oil_and_sees_it_waiting(rara_browser, path, oil, session):
    answer = rara_browser.post(
        f"{path}/minta", data={"item": to_text(oil.id), "want": "2"}, follow_redirects=True
    )

    assert "Dicatat" in answer.text
    assert "2\u00a0jeriken" in answer.text
    assert session.scalars(select(RequestLine)).one().want == 2


def test_a_member_asks_in_words(rara_browser, path, oil, session):
    rara_browser.post(f"{path}/minta", data={"item": "lain", "words": "Gas 3 kg", "want": "1"})

    assert session.scalars(select(RequestLine)).one().words == "Gas 3 kg"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"want": ""}, "Isi berapa yang dibutuhkan"),
        ({"want": "1,5"}, "jumlah"),
        ({"want": "NaN"}, "angka"),
        ({"want": "0"}, "masuk akal"),
        ({"want": "2", "accept_min": "3"}, ""),
        ({"want": "2", "needed_by": "kemarin"}, "tanggal"),
        ({"want": "2", "item": "lain"}, "Tulis barang"),
    ],
)
def test_a_wish_that_cannot_be_understood_is_told_and_kept(
    rara_browser, path, oil, session, changes, told
):
    answer = rara_browser.post(f"{path}/minta", data={"item": to_text(oil.id), **changes})

    assert answer.status_code == 422
    assert told.lower() in answer.text.lower()
    assert session.scalar(select(func.count()).select_from(RequestLine)) == 0


def test_a_member_takes_a_wish_back(rara_browser, path, oil, session):
    rara_browser.post(f"{path}/minta", data={"item": to_text(oil.id), "want": "2"})
    line = session.scalars(select(RequestLine)).one()

    rara_browser.post(f"{path}/permintaan/{to_text(line.id)}/tarik")

    session.expire_all()
    assert line.state is RequestState.CANCELLED


def test_nobody_takes_back_another_members_wish(session, velodrome, path, oil, officer, sign_in):
    account = make_officer(session, velodrome, Role.MEMBER)
    make_member(session, velodrome, "Lain", account=account)
    owner = make_member(session, velodrome, "Bu Sri")
    line = service.ask(session, owner, Wanted(2), item=oil, entered_by=officer.id, at=now())
    session.commit()

    answer = sign_in(account).post(f"{path}/permintaan/{to_text(line.id)}/tarik")

    assert answer.status_code == 404


def test_an_officer_enters_a_wish_for_a_member_without_a_phone(
    session, velodrome, chair, path, oil
):
    sri = make_member(session, velodrome, "Bu Sri")
    session.commit()

    chair.post(
        f"{path}/minta",
        data={"item": to_text(oil.id), "want": "3", "member": to_text(sri.id)},
    )

    assert session.scalars(select(RequestLine)).one().member_id == sri.id


def test_an_officer_who_is_no_member_cannot_ask_for_herself(chair, path, oil):
    answer = chair.post(f"{path}/minta", data={"item": to_text(oil.id), "want": "3"})

    assert answer.status_code == 403
    assert "Hanya anggota" in answer.text


def test_officers_see_what_waits_and_open_a_round_from_it(
    session, rara_browser, chair, path, oil, velodrome
):
    rara_browser.post(f"{path}/minta", data={"item": to_text(oil.id), "want": "4"})
    assert "Gabungkan jadi kulakan" in chair.get(path).text
    closes = (now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")

    answer = chair.post(
        f"{path}/buka",
        data={
            "item": to_text(oil.id),
            "supplier": "Grosir Gadang",
            "pack_name": "karton",
            "pack_size": "4",
            "pack_price": "412.000",
            "pack_step": "2",
            "tiers": "20: 396.000; 50: 380.000; 80: 368.000",
            "closes_at": closes,
            "pickup_place": "Velodrome",
        },
        follow_redirects=True,
    )

    assert "Putaran dibuka" in answer.text
    assert "Mbak Rara" in answer.text
    opened = queries.pool(session, velodrome.id, 1, 1)
    assert (opened.main.pack_price, opened.main.pack_step) == (Rupiah(412_000), 2)
    assert opened.main.tiers == [[20, 396_000], [50, 380_000], [80, 368_000]]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("pack_size", "0"),
        ("pack_size", "x"),
        ("pack_price", "1.50"),
        ("closes_at", "2020-01-01T10:00"),
        ("closes_at", "besok"),
        ("item", "zzz"),
        ("supplier", ""),
    ],
)
def test_terms_that_make_no_sense_are_told(chair, path, oil, field, value):
    form = {
        "item": to_text(oil.id),
        "supplier": "Grosir",
        "pack_name": "karton",
        "pack_size": "4",
        "pack_price": "412.000",
        "closes_at": (now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"),
        "pickup_place": "Velodrome",
        field: value,
    }

    answer = chair.post(f"{path}/buka", data=form)

    assert answer.status_code == 422
    assert "<title>Salah:" in answer.text


def test_a_member_joins_changes_and_leaves(rara_browser, path, pool, session, rara):
    rara_browser.post(f"{path}/1/1/ikut", data={"want": "8"})
    page = rara_browser.get(f"{path}/1").text
    rara_browser.post(f"{path}/1/1/ikut", data={"want": "4"})
    line = session.scalars(select(RequestLine)).one()
    rara_browser.post(f"{path}/permintaan/{to_text(line.id)}/tarik")

    assert "Kalau ditutup sekarang" in page
    assert "Rp\u00a0800.000" in page
    session.expire_all()
    assert line.state is RequestState.CANCELLED


@pytest.mark.parametrize("want", ["", "x", "0", "-1", "9" * 30])
def test_a_share_that_is_no_amount_is_told(rara_browser, path, pool, want):
    assert rara_browser.post(f"{path}/1/1/ikut", data={"want": want}).status_code == 422


def test_the_whole_way_from_wish_to_hand_over(
    session, chair, rara_browser, path, pool, velodrome, rara
):
    rara_browser.post(f"{path}/1/1/ikut", data={"want": "8"})

    chair.post(f"{path}/1/1/kunci")
    chair.post(f"{path}/1/1/pesan")
    page = chair.get(f"{path}/1").text
    form = {"quantity": "6", "cost": "Rp 599.999", "reason": "Kurang 2", "key": hidden(page, "key")}
    chair.post(f"{path}/1/1/terima", data=form)
    chair.post(f"{path}/1/1/terima", data=form)
    mine = rara_browser.get(f"{path}/1").text
    line = session.scalars(select(RequestLine)).one()
    wrong = chair.post(f"{path}/1/1/serahkan/{to_text(line.id)}", data={"paid": "600000"})
    done = chair.post(
        f"{path}/1/1/serahkan/{to_text(line.id)}", data={"paid": "599999"}, follow_redirects=True
    )

    assert "6\u00a0jeriken" in mine
    assert "Rp\u00a0599.999" in mine
    assert session.scalar(select(func.count()).select_from(GoodsReceipt)) == 1
    assert wrong.status_code == 422
    assert "Diserahkan dan dibayar" in done.text
    session.expire_all()
    assert queries.pool(session, velodrome.id, 1, 1).state is PoolState.SETTLED
    chair.post(f"{path}/1/1/serahkan/{to_text(line.id)}/urungkan")
    session.expire_all()
    assert queries.pool(session, velodrome.id, 1, 1).state is PoolState.READY


@pytest.mark.parametrize(
    ("field", "value"), [("quantity", "x"), ("quantity", "0"), ("cost", ""), ("cost", "1.50")]
)
def test_a_delivery_that_cannot_be_understood_is_told(
    chair, rara_browser, path, pool, field, value
):
    rara_browser.post(f"{path}/1/1/ikut", data={"want": "8"})
    chair.post(f"{path}/1/1/kunci")

    answer = chair.post(
        f"{path}/1/1/terima", data={"quantity": "6", "cost": "600.000", "key": "k", field: value}
    )

    assert answer.status_code == 422


def test_too_little_is_told_and_the_cooperative_may_add_its_own(chair, rara_browser, path, pool):
    rara_browser.post(f"{path}/1/1/ikut", data={"want": "3"})

    refused = chair.post(f"{path}/1/1/kunci")
    chair.post(f"{path}/1/1/stok", data={"packs": "1"})
    locked = chair.post(f"{path}/1/1/kunci", follow_redirects=True)

    assert refused.status_code == 409
    assert "Belum cukup" in refused.text
    assert "Dikunci." in locked.text
    assert "Terkunci, tinggal dipesan" in locked.text


def test_a_round_is_cancelled_with_a_reason(chair, path, pool):
    answer = chair.post(
        f"{path}/1/1/batal", data={"reason": "Pemasok libur"}, follow_redirects=True
    )

    assert "Pemasok libur" in answer.text
    assert "Minyak goreng 5 L" in chair.get(f"{path}/lalu").text


def test_the_list_of_goods_grows_and_shrinks(chair, path, session):
    chair.post(f"{path}/barang", data={"name": "Gula", "base_unit": "g", "unit": "kg"})
    twice = chair.post(f"{path}/barang", data={"name": "Gula", "base_unit": "g", "unit": "kg"})
    empty = chair.post(f"{path}/barang", data={"name": "", "base_unit": "g", "unit": "kg"})
    item = session.scalars(select(SupplyItem)).one()
    chair.post(f"{path}/barang/{to_text(item.id)}/hapus")

    assert item.factor == 1000
    assert (twice.status_code, empty.status_code) == (422, 422)
    assert "Daftar masih kosong" in chair.get(f"{path}/barang").text


def test_words_are_given_a_good_of_the_list(session, chair, rara_browser, path, oil):
    rara_browser.post(f"{path}/minta", data={"item": "lain", "words": "Minyak", "want": "1"})
    line = session.scalars(select(RequestLine)).one()

    chair.post(f"{path}/permintaan/{to_text(line.id)}/barang", data={"item": to_text(oil.id)})

    session.expire_all()
    assert line.item_id == oil.id


def test_unknown_things_are_not_found(chair, path, oil):
    unknown = to_text(new_id())

    assert chair.get(f"{path}/99").status_code == 404
    assert chair.post(f"{path}/permintaan/{unknown}/tarik").status_code == 404
    assert chair.post(f"{path}/barang/{unknown}/hapus").status_code == 404
    assert chair.post(f"{path}/1/1/serahkan/{unknown}").status_code in (404, 422)


def test_members_may_not_do_what_officers_do(rara_browser, path, pool):
    for what in ("kunci", "pesan", "batal", "terima", "stok"):
        assert rara_browser.post(f"{path}/1/1/{what}").status_code == 403
    assert rara_browser.get(f"{path}/1/daftar").status_code == 403
    assert rara_browser.get(f"{path}/buka").status_code == 403


def test_strangers_see_nothing(session, client, path, pool, sign_in):
    stranger = make_account(session)
    session.commit()

    assert client.get(path).status_code == 302
    assert sign_in(stranger).get(path).status_code == 403


def test_the_list_for_handing_out_is_printed(chair, rara_browser, path, pool):
    rara_browser.post(f"{path}/1/1/ikut", data={"want": "8"})

    assert "Mbak Rara" in chair.get(f"{path}/1/daftar").text


@pytest.mark.parametrize("tiers", ["5", "5:", ": 90.000", "0: 90.000", "5: 0", "5: 100.000"])
def test_half_a_step_of_the_price_ladder_is_sent_back(chair, session, path, oil, tiers):
    session.commit()
    form = {
        "item": to_text(oil.id), "supplier": "Grosir Gadang", "pack_name": "karton",
        "pack_size": "4", "pack_price": "100.000", "closes_at": "2030-01-05T20:00",
        "pickup_place": "Velodrome", "tiers": tiers,
    }  # fmt: skip

    answer = chair.post(f"{path}/buka", data=form)

    assert answer.status_code == 422
    assert "arga bertingkat" in answer.text
    assert f'value="{tiers}"' in answer.text
    assert "<details open>" in answer.text
    assert session.scalars(select(SupplyPool)).all() == []
