"""Bons in the browser: limits, what is owed, taking payments, a member's own page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from marketplace.credit import queries, service
from marketplace.credit.models import CreditLimit, CreditPayment
from marketplace.kernel.access import Role
from marketplace.kernel.ids import new_id, to_text
from marketplace.kernel.money import Rupiah
from tests.credit.conftest import REQUEST, figures, save, sell_to
from tests.makers import SATURDAY, give_post, make_account, make_member, make_officer

NOW = datetime.now(UTC)  # pages go by the real day
LONG_AGO = NOW - timedelta(days=40)


@pytest.fixture
def address(velodrome):
    return f"/k/{velodrome.slug}/kelola/bon"


@pytest.fixture
def one(address, member):
    return f"{address}/{to_text(member.id)}"


def plain(answer) -> str:
    return answer.text.replace("\xa0", " ")


def test_officers_see_who_is_late_and_who_owes_what(
    session, sign_in, treasurer, velodrome, limited, sold, address
):
    limited(500_000)
    sold(120_000, at=LONG_AGO)
    arif = make_member(session, velodrome, "Cak Arif")
    service.set_limit(session, arif, Rupiah(700_000), due_days=14, by=treasurer.id, at=LONG_AGO)
    sell_to(session, arif, 300_000, new_id(), treasurer.id, NOW)
    session.commit()
    browser = sign_in(treasurer)

    page, late = plain(browser.get(address)), plain(browser.get(f"{address}?saring=terlambat"))
    browser.get("/bahasa/en?lanjut=/")
    english = plain(browser.get(address))

    assert page.index("Bu Sri") < page.index("Cak Arif")
    assert "2 anggota belum lunas" in page
    assert "Rp 420.000" in page
    assert "Rp 120.000 terlambat" in page
    assert "Bu Sri" in late
    assert "Cak Arif" not in late
    assert "2 members owe something" in english


def test_where_nobody_has_credit_the_page_says_where_to_begin(
    sign_in, treasurer, member, address, one
):
    browser = sign_in(treasurer)

    assert "Belum ada bon" in browser.get(address).text
    assert "Tidak ada yang terlambat" in browser.get(f"{address}?saring=terlambat").text
    assert "Belum ada bon" in browser.get(one).text
    register = browser.get(address.replace("/bon", f"/anggota/{to_text(member.id)}")).text
    assert one in register


def test_the_treasurer_decides_a_limit_and_the_history_says_who_did(
    session, sign_in, treasurer, member, one
):
    browser = sign_in(treasurer)

    done = browser.post(
        f"{one}/batas", data={"limit": "500.000", "due_days": "21"}, follow_redirects=True
    )

    page = plain(done)
    assert "Batas bon disimpan." in page
    assert "Bu Wati" in page
    assert "dibayar dalam 21 hari" in page
    assert figures(session, member) == (500_000, 0, 0, 500_000)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"limit": "12,5", "due_days": "14"}, "Rp"),
        ({"limit": "", "due_days": "14"}, "Isi batasnya"),
        ({"limit": "-5", "due_days": "14"}, ""),
        ({"limit": "2.000.000.000", "due_days": "14"}, "Batas bon antara"),
        ({"limit": "500.000", "due_days": "0"}, "Jatuh tempo antara"),
        ({"limit": "500.000", "due_days": "empat"}, ""),
    ],
)
def test_a_wrong_limit_is_explained_and_what_was_typed_stays(
    session, sign_in, treasurer, one, values, told
):
    answer = sign_in(treasurer).post(f"{one}/batas", data=values)

    assert answer.status_code == 422
    assert told in answer.text
    assert f'value="{values["limit"]}"' in answer.text
    assert session.scalars(select(CreditLimit)).all() == []


def test_nobody_decides_their_own_limit_on_the_page(
    session, sign_in, velodrome, treasurer, address
):
    own = make_member(session, velodrome, "Bu Wati", account=treasurer)
    session.commit()
    browser, page = sign_in(treasurer), f"{address}/{to_text(own.id)}"

    refused = browser.post(f"{page}/batas", data={"limit": "500.000", "due_days": "14"})

    assert "Tentukan batas" not in browser.get(page).text
    assert refused.status_code == 403
    assert queries.limit_now(session, velodrome.id, own.id) is None


def test_the_secretary_takes_payments_and_decides_no_limits(
    session, sign_in, velodrome, limited, sold, member, one
):
    limited(500_000)
    sold(120_000)
    session.commit()
    browser = sign_in(make_officer(session, velodrome, Role.SECRETARY, "Mas Yudi"))

    page = plain(browser.get(one))
    refused = browser.post(f"{one}/batas", data={"limit": "1", "due_days": "14"})
    paid = browser.post(
        f"{one}/bayar", data={"amount": "20.000", "way": "tunai", "key": "a"}, follow_redirects=True
    )

    assert "Terima pembayaran" in page
    assert "Tentukan batas" not in page
    assert refused.status_code == 403
    assert "Pembayaran bon dicatat dan dibukukan." in paid.text
    assert figures(session, member)[1] == 100_000


def test_a_payment_sent_twice_is_one_and_too_much_is_refused(
    session, sign_in, treasurer, limited, sold, member, one
):
    limited(500_000)
    sold(120_000)
    session.commit()
    browser, values = sign_in(treasurer), {"amount": "50.000", "way": "bank", "key": "a"}

    twice = [browser.post(f"{one}/bayar", data=values).status_code for _ in range(2)]
    too_much = browser.post(f"{one}/bayar", data={**values, "amount": "70.001", "key": "b"})
    no_way = browser.post(f"{one}/bayar", data={**values, "way": "emas", "key": "c"})

    assert twice == [303, 303]
    assert len(session.scalars(select(CreditPayment)).all()) == 1
    assert too_much.status_code == 409
    assert "Bonnya tinggal Rp 70.000." in plain(too_much)
    assert 'value="70.001"' in too_much.text
    assert no_way.status_code == 422
    assert figures(session, member)[1] == 70_000


def test_titipan_is_taken_only_when_the_member_agreed(
    session, sign_in, treasurer, limited, sold, member, one
):
    limited(500_000)
    sold(120_000)
    save(session, member, 30_000)
    session.commit()
    browser, values = sign_in(treasurer), {"amount": "30.000", "way": "titipan", "key": "a"}

    refused = browser.post(f"{one}/bayar", data=values)
    browser.post(f"{one}/bayar", data={**values, "agreed": "y"})

    assert refused.status_code == 422
    assert "Titipan hanya dipakai kalau anggotanya setuju." in refused.text
    assert figures(session, member)[1] == 90_000


def test_a_member_sees_what_is_due_when_and_pays_from_titipan(
    session, sign_in, velodrome, sri, member, limited, sold
):
    limited(500_000)
    bill = sold(120_000, at=LONG_AGO)
    service.hold(session, member, REQUEST, new_id(), Rupiah(80_000), at=SATURDAY)
    save(session, member, 50_000)
    session.commit()
    browser, own = sign_in(sri), f"/akun/bon/{velodrome.slug}"

    account, listed, page = (plain(browser.get(path)) for path in ("/akun", "/akun/bon", own))
    paid = browser.post(own, data={"amount": "40.000", "key": "a"}, follow_redirects=True)
    too_much = browser.post(own, data={"amount": "10.001", "key": "b"})
    browser.get("/bahasa/en?lanjut=/")
    english = plain(browser.get(own))

    assert "Bonku" in account
    assert velodrome.name in listed
    assert "Rp 300.000" in page
    assert "Ditahan untuk pesanan" in page
    assert "Terlambat" in page
    assert f"Bon {bill.number}" in page
    assert "Bon dibayar dari titipanmu." in paid.text
    assert too_much.status_code == 409
    assert "Held for requests" in english
    assert figures(session, member)[1] == 80_000


def test_who_has_no_credit_is_not_shown_anything_of_others(
    session, sign_in, velodrome, limited, sold, address
):
    limited(500_000)
    stranger = make_account(session, "Arif")
    give_post(session, velodrome, stranger, Role.MEMBER)
    session.commit()
    browser = sign_in(stranger)

    assert "Bonku" not in browser.get("/akun").text
    assert "Belum ada bon" in browser.get("/akun/bon").text
    assert browser.get(f"/akun/bon/{velodrome.slug}").status_code == 404
    assert browser.get(address).status_code == 403


def test_a_member_of_another_cooperative_is_not_found_here(session, sign_in, treasurer, address):
    browser, nobody = sign_in(treasurer), f"{address}/{to_text(new_id())}"

    assert browser.get(nobody).status_code == 404
    limit = browser.post(f"{nobody}/batas", data={"limit": "1.000", "due_days": "14"})
    pay = browser.post(f"{nobody}/bayar", data={"amount": "1.000", "way": "tunai", "key": "a"})
    assert (limit.status_code, pay.status_code) == (404, 404)


def test_a_page_of_many_members_asks_the_database_no_more_often(
    session, sign_in, treasurer, velodrome, address
):
    for number in range(60):
        member = make_member(session, velodrome, f"Anggota {number:02d}")
        service.set_limit(
            session, member, Rupiah(1_000 * (number + 1)), due_days=14, by=treasurer.id, at=SATURDAY
        )
    session.commit()
    browser = sign_in(treasurer)

    first, second = browser.get(address).text, browser.get(f"{address}?hal=2").text

    assert first.count("Anggota ") >= 50
    assert "?hal=2" in first
    assert second.count(f"{address}/") == 10


def test_the_front_page_of_the_back_office_counts_who_is_late(
    session, sign_in, treasurer, velodrome, limited, sold
):
    limited(500_000)
    sold(100_000, at=LONG_AGO)
    sold(20_000, at=LONG_AGO)
    session.commit()

    page = sign_in(treasurer).get(f"/k/{velodrome.slug}/kelola/").text

    assert "anggota terlambat membayar bon" in page
    assert f'href="/k/{velodrome.slug}/kelola/bon"' in page
