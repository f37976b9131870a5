"""An officer sees who would get what before it is booked, and members see it afterwards."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from marketplace.kernel.access import Role
from marketplace.kernel.ids import to_text
from marketplace.pools.models import Pool
from tests.makers import make_cooperative, make_officer
from tests.storefront.test_views import text_of


@pytest.fixture
def address(session, sanan):
    session.commit()
    return f"/k/{sanan.slug}/kelola/jual-bersama"


@pytest.fixture
def typed(makers):
    """The worked case as an officer types it."""

    def fill(**changes):
        lilik, wahyu, dewi = (f"setor-{to_text(maker.id)}" for maker in makers)
        return {
            "key": "form-1", "title": "Cabai rawit", "unit": "kg", "sold_on": "2026-01-05",
            "proceeds": "4.321.777", "share": "5", "paid_into": "bank",
            lilik: "125", wahyu: "80", dewi: "45", **changes,
        }  # fmt: skip

    return fill


def count(session):
    return session.scalar(select(func.count(Pool.id)))


def hidden(page):
    """Read what the page of the preview would send."""
    return dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))


def test_the_form_begins_with_today_and_the_cooperatives_own_fee(
    sign_in, treasurer, makers, address
):
    page = sign_in(treasurer).get(f"{address}/baru").text

    assert 'value="5"' in page
    assert all(f'name="setor-{to_text(maker.id)}"' in page for maker in makers)


def test_the_preview_says_who_would_get_what_and_books_nothing(
    session, sign_in, treasurer, typed, address
):
    words = text_of(sign_in(treasurer).post(f"{address}/baru", data=typed()))

    assert "Bu Lilik 125 kg Rp 2.052.844" in words
    assert "Bagian koperasi Rp 216.088" in words
    assert "Sisa pembulatan, untuk koperasi Rp 1" in words
    assert count(session) == 0


def test_what_the_preview_sends_shares_it_out_once(session, sign_in, treasurer, typed, address):
    browser = sign_in(treasurer)
    sure = hidden(browser.post(f"{address}/baru", data=typed()).text)

    answers = [browser.post(f"{address}/baru", data=sure) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert count(session) == 1
    words = text_of(browser.get(answers[0].location))
    assert "Mas Wahyu 80 kg Rp 1.313.820" in words
    assert "Cabai rawit" in browser.get(address).text
    entry = re.search(r'href="([^"]+/jurnal/[^"]+)"', browser.get(answers[0].location).text)[1]
    assert "Penjualan bersama Cabai rawit" in browser.get(entry).text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"proceeds": "0"}, "Isi hasil penjualan"),
        ({"proceeds": "banyak"}, "Rp"),
        ({"share": "101"}, "100"),
        ({"title": ""}, "Isi bagian ini."),
        ({"sold_on": "2999-01-01"}, "Tanggal penjualan belum tiba."),
        ({"paid_into": "lain"}, "Pilih salah satu yang ada."),
    ],
)
def test_what_cannot_be_shared_comes_back_with_what_was_typed(
    session, sign_in, treasurer, typed, address, changes, sentence
):
    answer = sign_in(treasurer).post(f"{address}/baru", data=typed(**changes, yakin="ya"))

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert 'value="125"' in answer.text
    assert count(session) == 0


def test_a_quantity_that_is_no_number_is_refused(sign_in, treasurer, makers, typed, address):
    place = f"setor-{to_text(makers[0].id)}"

    answer = sign_in(treasurer).post(f"{address}/baru", data=typed(**{place: "12,5 kg"}))

    assert answer.status_code == 422
    assert "12,5 kg" in answer.text


def test_nobody_having_delivered_is_refused(sign_in, treasurer, makers, typed, address):
    nothing = {f"setor-{to_text(maker.id)}": "" for maker in makers}

    answer = sign_in(treasurer).post(f"{address}/baru", data=typed(**nothing))

    assert answer.status_code == 422
    assert "paling sedikit satu orang" in answer.text


def test_only_who_keeps_the_books_shares_and_nobody_elsewhere_looks(
    session, sign_in, sanan, typed, address
):
    seller = sign_in(make_officer(session, sanan, Role.SELLER, "Mas Wahyu"))
    other = sign_in(make_officer(session, make_cooperative(session, "Velodrome")))

    for browser in (seller, other):
        assert browser.get(address).status_code == 403
        assert browser.post(f"{address}/baru", data=typed(yakin="ya")).status_code == 403
    assert count(session) == 0


def test_an_officer_undoes_it_with_a_reason_that_stays_on_the_page(
    sign_in, treasurer, typed, address
):
    browser = sign_in(treasurer)
    place = browser.post(f"{address}/baru", data=typed(yakin="ya")).location

    refused = browser.post(f"{place}/batal", data={"reason": " "})
    answers = [browser.post(f"{place}/batal", data={"reason": "Salah timbang"}) for _ in range(2)]

    assert refused.status_code == 422
    assert "Alasan pembatalan" in refused.text
    assert [answer.status_code for answer in answers] == [303, 303]
    assert "Salah timbang" in browser.get(place).text
    assert "Salah bagi?" not in browser.get(place).text
    assert "dibatalkan" in browser.get(address).text
