from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.kernel.access import Role
from marketplace.kernel.ids import new_id, to_text
from marketplace.kernel.money import Rupiah
from marketplace.orders import queries, service
from marketplace.orders.models import Order, Purchase
from marketplace.orders.rules import OrderState
from marketplace.payments.queries import intent_of
from marketplace.payments.rules import PaymentMethod
from marketplace.web.clock import now
from tests.makers import make_account, make_listing, make_officer, make_point
from tests.orders.conftest import make_request


@pytest.fixture
def shop(session, sanan, keripik, velodrome, cilok):
    session.commit()
    return sanan


@pytest.fixture
def officer_browser(sign_in, shop, officer):
    return sign_in(officer)


def put(client, variant, quantity="1"):
    return client.post("/keranjang", data={"variant": to_text(variant.id), "quantity": quantity})


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found, f"no {name} in the page"
    return found[1]


def checkout(client, **changes):
    page = client.get("/keranjang").text
    form = {
        "name": "Nadia",
        "phone": "0812 3344 5566",
        "checkout_key": hidden(page, "checkout_key"),
        "expected_total": hidden(page, "expected_total"),
        **changes,
    }
    return client.post("/bayar", data=form), form


def test_an_empty_basket_says_where_to_go_on(client, shop):
    page = client.get("/keranjang")

    assert page.status_code == 200
    assert "Keranjang masih kosong" in page.text


def test_a_guest_orders_from_two_cooperatives(client, session, shop, keripik, cilok):
    put(client, keripik, "2")
    put(client, cilok, "1")

    answer, _ = checkout(
        client,
        **{f"bayar-{shop.id}": "qris", f"bayar-{cilok.cooperative_id}": "cod"},
    )

    assert answer.status_code == 303
    purchase = session.scalars(select(Purchase)).one()
    assert answer.location == f"/p/{purchase.number}/{purchase.key}"
    assert (purchase.buyer_name, purchase.buyer_phone) == ("Nadia", "+6281233445566")
    orders = session.scalars(select(Order).order_by(Order.number)).all()
    assert {o.method for o in orders} == {PaymentMethod.QRIS, PaymentMethod.COD}
    assert "Keranjang masih kosong" in client.get("/keranjang").text


def test_a_name_that_cannot_be_read_aloud_is_asked_for_again(client, session, shop, keripik):
    put(client, keripik)

    refused, _ = checkout(client, name="\u202e...\u200b")

    assert refused.status_code == 422
    assert "Tulis nama yang bisa dibaca" in refused.text
    assert session.scalars(select(Purchase)).all() == []


def test_nothing_invisible_in_a_name_reaches_the_officers(client, session, shop, keripik):
    put(client, keripik)

    checkout(client, name="  Nadia\u202e   Putri ")

    assert session.scalars(select(Purchase)).one().buyer_name == "Nadia Putri"


def test_sending_the_checkout_again_leads_to_the_same_order(client, session, shop, keripik):
    put(client, keripik)
    first, form = checkout(client)

    second = client.post("/bayar", data=form)

    assert (second.status_code, second.location) == (303, first.location)
    assert len(session.scalars(select(Purchase)).all()) == 1


def test_a_changed_price_is_told_and_asked_again(client, session, shop, keripik):
    put(client, keripik, "2")
    page = client.get("/keranjang").text
    keripik.price = Rupiah(16_000)
    session.commit()

    answer, _ = checkout(client, expected_total=hidden(page, "expected_total"))

    assert answer.status_code == 409
    assert "Harga berubah" in answer.text
    assert "Harga naik Rp\u00a01.000" in answer.text
    assert 'value="Nadia"' in answer.text
    assert hidden(answer.text, "expected_total") == "32000"


def test_too_little_stock_is_told_and_nothing_is_lost(client, session, shop, keripik):
    put(client, keripik, "11")

    answer, _ = checkout(client)

    assert answer.status_code == 409
    assert "Tinggal 10" in answer.text
    assert 'value="Nadia"' in answer.text


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("name", "", "Isi namamu"),
        ("phone", "", "Isi nomor HP"),
        ("phone", "12", "Nomor HP"),
        ("email", "bukan-alamat", "Alamat e-mail"),
        ("expected_total", "NaN", "Isi dengan angka"),
    ],
)
def test_a_form_that_cannot_be_understood_keeps_what_was_typed(
    client, shop, keripik, field, value, told
):
    put(client, keripik)

    answer, _ = checkout(client, **{field: value, f"catatan-{shop.id}": "Tanpa seledri"})

    assert answer.status_code == 422
    assert told in answer.text
    assert "Tanpa seledri" in answer.text
    assert "<title>Salah:" in answer.text


def test_quantities_change_by_buttons_and_by_typing(client, shop, keripik):
    put(client, keripik, "2")
    id_ = to_text(keripik.id)

    client.post("/keranjang/ubah", data={f"jumlah-{id_}": "2", f"ubah-{id_}": "1"})
    three = hidden(client.get("/keranjang").text, "expected_total")
    client.post("/keranjang/ubah", data={f"jumlah-{id_}": "1.000"})
    thousand = hidden(client.get("/keranjang").text, "expected_total")
    client.post("/bayar", data={f"hapus-{id_}": "1", "name": "Nadia"})

    assert (three, thousand) == ("45000", "15000000")
    assert "Keranjang masih kosong" in client.get("/keranjang").text


def test_changing_a_quantity_keeps_what_the_buyer_typed(client, shop, keripik):
    put(client, keripik, "2")
    id_ = to_text(keripik.id)

    client.post("/bayar", data={f"ubah-{id_}": "1", f"jumlah-{id_}": "2", "name": "Nadia"})

    assert 'value="Nadia"' in client.get("/keranjang").text


@pytest.mark.parametrize("script", [True, False])
def test_an_amount_nobody_can_read_is_sent_back_as_it_was_typed(client, shop, keripik, script):
    put(client, keripik, "2")
    field = f"jumlah-{to_text(keripik.id)}"
    headers = {"HX-Request": "true"} if script else {}

    answer = client.post("/keranjang/ubah", data={field: "1.50", "name": "Nadia"}, headers=headers)

    assert answer.status_code == 422
    assert "“1.50” bisa dibaca dua cara" in answer.text
    assert f'name="{field}" value="1.50"' in answer.text
    assert hidden(answer.text, "expected_total") == "30000"
    assert 'value="Nadia"' in answer.text


def test_an_amount_typed_just_before_ordering_is_shown_with_its_total_first(
    client, session, shop, keripik
):
    put(client, keripik, "2")
    field = f"jumlah-{to_text(keripik.id)}"

    answer, form = checkout(client, **{field: "5"})
    unclear = client.post("/bayar", data={**form, field: "1,000"})

    assert (answer.status_code, unclear.status_code) == (422, 422)
    assert "Jumlahnya berubah. Periksa totalnya, lalu pesan." in answer.text
    assert hidden(answer.text, "expected_total") == "75000"
    assert "“1,000” bisa dibaca dua cara" in unclear.text
    assert session.scalars(select(Purchase)).all() == []


@pytest.mark.parametrize("quantity", ["0", "-3", "²", "NaN", "1e9", "99999999999999999999"])
def test_an_absurd_quantity_is_refused_with_a_sentence(client, shop, keripik, quantity):
    answer = put(client, keripik, quantity)

    assert answer.status_code == 422


def test_something_unknown_cannot_be_put_into_the_basket(client, shop):
    assert client.post("/keranjang", data={"variant": to_text(new_id())}).status_code == 404
    assert client.post("/keranjang", data={"variant": "x"}).status_code == 404


def test_a_basket_holds_sixty_kinds(client, session, shop):
    for number in range(61):
        variant = make_listing(session, shop, f"Barang {number}")
        session.commit()
        answer = put(client, variant)

    assert answer.status_code == 409


def test_the_tracking_page_shows_the_qris_of_this_order(client, session, shop, keripik):
    purchase = service.place(
        session, make_request((keripik, 2), method=PaymentMethod.QRIS), at=now()
    )
    session.commit()

    page = client.get(f"/p/{purchase.number}/{purchase.key}")

    assert page.status_code == 200
    assert "Bayar Rp\u00a030.000" in page.text
    assert "<svg" in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_a_code_that_is_not_converted_is_shown_with_the_amount_to_type(
    client, session, shop, keripik
):
    shop.qris_converts = False
    purchase = service.place(
        session, make_request((keripik, 2), method=PaymentMethod.QRIS), at=now()
    )
    session.commit()

    page = client.get(f"/p/{purchase.number}/{purchase.key}").text

    assert "<svg" in page
    assert "Ketik sendiri jumlahnya di aplikasi: Rp\u00a030.000" in page


def test_a_wrong_key_opens_nothing(client, session, shop, keripik):
    purchase = service.place(session, make_request((keripik, 2)), at=now())
    session.commit()

    assert client.get(f"/p/{purchase.number}/wrong").status_code == 404
    assert client.post(f"/p/{purchase.number}/wrong/batal").status_code == 404


def test_a_buyer_cancels_before_preparation(client, session, shop, keripik):
    purchase = service.place(session, make_request((keripik, 2)), at=now())
    session.commit()

    answer = client.post(f"/p/{purchase.number}/{purchase.key}/batal", follow_redirects=True)

    assert "Pesanan dibatalkan" in answer.text
    assert session.scalars(select(Order)).one().state is OrderState.CANCELLED


def test_what_was_ordered_once_is_ordered_again(client, session, shop, keripik):
    purchase = service.place(session, make_request((keripik, 2)), at=now())
    session.commit()

    answer = client.post(f"/p/{purchase.number}/{purchase.key}/lagi", follow_redirects=True)

    assert hidden(answer.text, "expected_total") == "30000"


def test_an_overdue_order_shows_as_expired_without_any_worker(client, session, shop, keripik):
    purchase = service.place(
        session,
        make_request((keripik, 2), method=PaymentMethod.QRIS),
        at=now() - timedelta(minutes=61),
    )
    session.commit()

    page = client.get(f"/p/{purchase.number}/{purchase.key}")

    assert "Waktu bayar sudah lewat" in page.text


def test_my_orders_are_listed_for_me_alone(session, shop, keripik, sign_in):
    sari, budi = make_account(session, "Sari"), make_account(session, "Budi")
    request = make_request((keripik, 2))
    request = service.OrderRequest(
        request.checkout_key,
        request.basket,
        service.Buyer("Sari", "+6281234567890", account_id=sari.id),
        request.expected_total,
    )
    purchase = service.place(session, request, at=now())
    session.commit()

    mine, other = sign_in(sari).get("/akun/pesanan"), sign_in(budi).get("/akun/pesanan")

    assert purchase.number in mine.text
    assert "Belum ada pesanan" in other.text


def test_guests_are_led_to_sign_in(client, shop):
    answer = client.get(f"/k/{shop.slug}/kelola/pesanan")

    assert answer.status_code == 302
    assert answer.location.startswith("/masuk?lanjut=")


def test_an_officer_of_another_cooperative_sees_nothing(session, shop, velodrome, sign_in):
    stranger = make_officer(session, velodrome)
    session.commit()

    assert sign_in(stranger).get(f"/k/{shop.slug}/kelola/pesanan").status_code == 403


def test_a_plain_member_sees_no_board(session, shop, sign_in):
    member = make_officer(session, shop, Role.MEMBER)
    session.commit()

    refused = sign_in(member).get(f"/k/{shop.slug}/kelola/pesanan")
    assert refused.status_code == 403
    assert refused.text.count("Minta akses ke ketua koperasimu") == 1


@pytest.fixture
def order(session, shop, keripik) -> Order:
    purchase = service.place(session, make_request((keripik, 2)), at=now())
    session.commit()
    return session.scalars(select(Order).where(Order.purchase_id == purchase.id)).one()


def test_an_officer_takes_an_order_through_the_board(session, officer_browser, shop, order):
    path = f"/k/{shop.slug}/kelola/pesanan"

    accepted = officer_browser.post(f"{path}/{order.number}/langkah", data={"ke": "diproses"})
    board = officer_browser.get(path).text
    officer_browser.post(f"{path}/{order.number}/langkah", data={"ke": "siap_diambil"})
    handed = officer_browser.post(
        f"{path}/{order.number}/serahkan",
        data={"kode": order.pickup_code},
        follow_redirects=True,
    )

    assert accepted.status_code == 303
    assert "Tandai siap" in board
    assert f"{order.pickup_code} diserahkan" in handed.text
    assert "Urungkan" in handed.text


def test_the_wrong_code_is_told(officer_browser, shop, session, order):
    service.advance(session, order, OrderState.IN_PREPARATION, actor_id=None, at=now())
    service.advance(session, order, OrderState.READY_FOR_PICKUP, actor_id=None, at=now())
    session.commit()

    answer = officer_browser.post(
        f"/k/{shop.slug}/kelola/pesanan/{order.number}/serahkan", data={"kode": "SALAH-9"}
    )

    assert answer.status_code == 422
    assert "bukan untuk pesanan ini" in answer.text


def test_an_officer_undoes_a_step(session, officer_browser, shop, order):
    path = f"/k/{shop.slug}/kelola/pesanan/{order.number}"
    officer_browser.post(f"{path}/langkah", data={"ke": "diproses"})

    officer_browser.post(f"{path}/urungkan")

    session.expire_all()
    assert session.scalars(select(Order)).one().state is OrderState.NEW


def test_an_unknown_step_is_refused(officer_browser, shop, order):
    answer = officer_browser.post(
        f"/k/{shop.slug}/kelola/pesanan/{order.number}/langkah", data={"ke": "selesai"}
    )

    assert answer.status_code == 422


def test_an_officer_records_money(session, officer_browser, shop, keripik):
    purchase = service.place(
        session, make_request((keripik, 2), method=PaymentMethod.QRIS), at=now()
    )
    session.commit()
    number = f"{purchase.number}-A"
    path = f"/k/{shop.slug}/kelola/pesanan/{number}"

    form = {"received": "Rp 30.000", "key": hidden(officer_browser.get(path).text, "key")}
    answers = [officer_browser.post(f"{path}/uang", data=form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    session.expire_all()
    order = queries.of_cooperative(session, shop.id, number)
    assert order.state is OrderState.NEW
    assert intent_of(session, shop.id, order.id).received == Rupiah(30_000)


def test_an_order_that_waits_for_money_says_so_once(session, officer_browser, shop, keripik):
    purchase = service.place(
        session, make_request((keripik, 2), method=PaymentMethod.QRIS), at=now()
    )
    session.commit()

    page = officer_browser.get(f"/k/{shop.slug}/kelola/pesanan/{purchase.number}-A").text

    assert page.partition("</h1>")[2].partition("</p>")[0].count("Menunggu bayar") == 1


@pytest.mark.parametrize("amount", ["", "1.50", "NaN", "-5", "0", "satu"])
def test_money_that_is_no_amount_is_refused(officer_browser, session, shop, order, amount):
    answer = officer_browser.post(
        f"/k/{shop.slug}/kelola/pesanan/{order.number}/uang",
        data={"received": amount, "key": "1"},
    )

    assert answer.status_code == 422


def test_an_officer_cancels_with_a_reason_that_the_buyer_reads(
    client, session, officer_browser, shop, order
):
    officer_browser.post(
        f"/k/{shop.slug}/kelola/pesanan/{order.number}/batal", data={"reason": "Tempe habis"}
    )

    purchase = session.scalars(select(Purchase)).one()
    page = client.get(f"/p/{purchase.number}/{purchase.key}").text
    assert "Alasan: Tempe habis" in page


def test_slips_and_history_show_the_orders_of_the_shop(officer_browser, shop, order):
    path = f"/k/{shop.slug}/kelola/pesanan"

    assert order.pickup_code in officer_browser.get(f"{path}/slip").text
    assert order.number in officer_browser.get(f"{path}/riwayat").text
    assert officer_browser.get(f"{path}/riwayat?hal=99999999999").status_code == 200


def test_the_board_is_sent_alone_for_a_partial_update(officer_browser, shop, order):
    part = officer_browser.get(
        f"/k/{shop.slug}/kelola/pesanan", headers={"HX-Request": "true"}
    ).text

    assert part.lstrip().startswith('<div id="papan"')


def test_an_empty_board_says_what_to_do(officer_browser, shop):
    page = officer_browser.get(f"/k/{shop.slug}/kelola/pesanan").text

    assert "Belum ada pesanan hari ini" in page


def test_a_point_is_chosen_with_its_time(client, session, shop, keripik):
    other = make_point(session, shop, name="Pasar Besar", position=1)
    session.commit()
    put(client, keripik)
    page = client.get("/keranjang").text
    values = re.findall(rf'name="ambil-{shop.id}" value="([^"]*)"', page)
    wanted = next(value for value in values if value.startswith(to_text(other.id)))

    checkout(client, **{f"ambil-{shop.id}": wanted.replace("&#43;", "+")})

    assert session.scalars(select(Order)).one().pickup_name == "Pasar Besar"


def test_an_order_shows_where_its_money_went_as_the_books_have_it(
    session, sign_in, officer_browser, shop, order
):
    for state in (OrderState.IN_PREPARATION, OrderState.READY_FOR_PICKUP, OrderState.FINISHED):
        service.advance(session, order, state, actor_id=None, at=now())
    session.commit()
    address = f"/k/{shop.slug}/kelola/pesanan/{order.number}"

    page = officer_browser.get(address).text
    seller = sign_in(make_officer(session, shop, Role.SELLER))

    assert "Di buku koperasi" in page
    assert "Penjualan kepada non-anggota Rp\xa030.000" in page
    assert "Di buku koperasi" not in seller.get(address).text
