"""A picture of a transfer stops the clock; an officer looks and decides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import select

from marketplace.accounts.models import Notice
from marketplace.files.pictures import LONGEST_SIDE, read_whole
from marketplace.kernel.access import Role
from marketplace.kernel.errors import NotFound
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.orders import notices, queries, service
from marketplace.orders.models import Order, Purchase
from marketplace.orders.own_data import of_buyer
from marketplace.orders.rules import OrderState
from marketplace.orders.service.moving import facts_of
from marketplace.payments import queries as payments
from marketplace.payments import service as money
from marketplace.payments.models import PaymentProof
from marketplace.payments.queries import intent_of, transfer_of
from marketplace.payments.rules import BankAccount, PaymentMethod, PaymentState
from marketplace.payments.rules.proofs import (
    MOST_PROOFS,
    REVIEW_TIME,
    NoProofWanted,
    pause_left,
    pause_used,
)
from marketplace.stock.models import Hold
from tests.files.makers import make_photo
from tests.listings.test_sheets import FILES
from tests.makers import SATURDAY, make_account, make_officer
from tests.orders.conftest import first, make_request
from tests.orders.test_transfers import confirm

HOUR = timedelta(hours=1)
JATIM = BankAccount("Bank Jatim", "1234567890", "Koperasi Sanan")


@pytest.fixture
def store(app):
    return app.extensions["file_store"]


@pytest.fixture
def ask(session, sanan, keripik):
    """Order a bag of keripik to be paid by transfer."""
    money.propose(session, sanan, JATIM, by=None, at=SATURDAY)

    def place(method: PaymentMethod = PaymentMethod.TRANSFER, at=SATURDAY) -> Order:
        purchase = service.place(session, make_request((keripik, 1), method=method), at=at)
        return first(session, purchase.id)

    return place


def send(session, store, order, *, at=SATURDAY, colour=(200, 30, 30)):
    picture = read_whole(make_photo(300, 600, colour=colour))
    return service.send_proof(session, store, order, picture, actor_id=None, at=at)


def intent(session, order):
    return intent_of(session, order.cooperative_id, order.id)


# Rules


@given(st.lists(st.timedeltas(timedelta(0), timedelta(hours=60)), max_size=6))
def test_the_clock_never_stands_longer_than_two_days_in_all(used):
    left = pause_left(used)

    assert timedelta(0) <= left <= REVIEW_TIME
    assert left == max(REVIEW_TIME - sum(used, timedelta()), timedelta(0))


@given(st.timedeltas(-HOUR, 100 * HOUR), st.timedeltas(timedelta(0), REVIEW_TIME))
def test_a_pause_is_as_long_as_it_took_and_never_longer_than_granted(took, granted):
    used = pause_used(SATURDAY, SATURDAY + took, granted=granted)

    assert timedelta(0) <= used <= granted
    assert used == took or used in (granted, timedelta(0))


# The picture


def test_a_receipt_is_kept_whole_and_tells_nothing_of_the_phone():
    exif = Image.Exif()
    exif[0x010E] = "Rumah Bu Lilik"
    sent = make_photo(1200, 3600, exif=exif)

    kept = read_whole(sent)
    drawn = Image.open(BytesIO(kept.data))

    assert (kept.width, kept.height) == drawn.size
    assert max(drawn.size) == LONGEST_SIDE
    assert drawn.width / drawn.height == pytest.approx(1 / 3, rel=0.01)
    assert not drawn.getexif()
    assert b"Rumah" not in kept.data


# The clock


def test_a_proof_stops_the_clock_for_two_days_at_most(session, store, ask):
    order = ask()
    end, due = order.pay_by, intent(session, order).expires_at
    held = transfer_of(session, intent(session, order)).transfer.held_until

    order = send(session, store, order, at=SATURDAY + 30 * HOUR)

    assert intent(session, order).state is PaymentState.UNDER_REVIEW
    assert order.pay_by == end + REVIEW_TIME
    assert intent(session, order).expires_at == due + REVIEW_TIME
    assert transfer_of(session, intent(session, order)).transfer.held_until == held + REVIEW_TIME
    assert {hold.expires_at for hold in session.scalars(select(Hold))} == {order.pay_by}
    assert service.expire_overdue(session, at=end + HOUR) == 0


def test_money_that_has_not_come_leaves_the_buyer_the_time_there_was(session, store, ask):
    order = ask()
    end = order.pay_by
    order = send(session, store, order, at=end - HOUR)

    order = service.refuse_proof(session, order, by=None, at=end + 9 * HOUR)

    assert intent(session, order).state is PaymentState.WAITING
    assert order.pay_by == end + 10 * HOUR
    assert {hold.expires_at for hold in session.scalars(select(Hold))} == {order.pay_by}


def test_further_pictures_do_not_stop_the_clock_longer(session, store, ask):
    order = ask()
    end = order.pay_by
    send(session, store, order)
    send(session, store, order, colour=(0, 99, 0))
    service.refuse_proof(session, order, by=None, at=SATURDAY + 40 * HOUR)

    order = send(session, store, order, at=SATURDAY + 41 * HOUR)

    assert order.pay_by == end + REVIEW_TIME


def test_an_order_at_which_nobody_looked_ends_with_the_clock(session, store, ask):
    order = send(session, store, ask())

    assert service.expire_overdue(session, at=order.pay_by) == 1

    assert order.state is OrderState.EXPIRED
    assert intent(session, order).state is PaymentState.EXPIRED


def test_an_officer_confirms_the_money_of_a_proof(session, store, ask):
    order = send(session, store, ask())

    order = confirm(session, order, intent(session, order).amount_due)

    assert order.state is OrderState.NEW
    assert intent(session, order).state is PaymentState.PAID


def test_too_many_pictures_and_pictures_for_other_orders_are_refused(session, store, ask):
    order = ask()
    for number in range(MOST_PROOFS):
        send(session, store, order, colour=(number, 0, 0))
    with pytest.raises(NoProofWanted):
        send(session, store, order, colour=(9, 9, 9))

    for other in (ask(PaymentMethod.QRIS), ask(PaymentMethod.COD)):
        with pytest.raises(NoProofWanted):
            send(session, store, other)
    late = ask()
    with pytest.raises(NoProofWanted):
        send(session, store, late, at=late.pay_by)
    with pytest.raises(NoProofWanted):
        service.refuse_proof(session, late, by=None, at=SATURDAY)


def test_the_very_same_picture_is_known_again(session, store, ask):
    sari, budi = ask(), ask()
    send(session, store, sari)
    send(session, store, budi)
    send(session, store, budi, colour=(0, 0, 250))

    proofs = payments.proofs_of(session, intent(session, budi))
    reused = payments.used_before(session, proofs, intent(session, budi))

    assert reused == {proofs[0].id: {intent(session, sari).id}}


def test_a_picture_of_another_order_is_not_there(session, store, ask):
    sari, budi = ask(), ask()
    send(session, store, sari)
    (proof,) = payments.proofs_of(session, intent(session, sari))

    with pytest.raises(NotFound):
        payments.proof(session, intent(session, budi), proof.id)


def test_every_picture_that_is_refused_leaves_the_buyer_their_time(session, store, ask):
    order = ask()
    left = order.pay_by - SATURDAY
    for day in range(3):
        at = order.pay_by - left
        send(session, store, order, at=at, colour=(day, 0, 0))
        order = service.refuse_proof(session, order, by=None, at=at + 5 * HOUR)

    assert order.pay_by == SATURDAY + 15 * HOUR + left


# Too little


def test_too_little_money_stops_the_clock_until_a_person_decides(session, ask):
    order = ask()
    end, due = order.pay_by, intent(session, order).amount_due

    order = confirm(session, order, due - Rupiah(500))

    assert intent(session, order).state is PaymentState.SHORT
    assert service.expire_overdue(session, at=end + 100 * HOUR) == 0
    assert queries.standing_of(order, at=end + 100 * HOUR) is OrderState.AWAITING_PAYMENT
    order = confirm(session, order, Rupiah(500), key="2", at=end + 100 * HOUR)
    assert order.state is OrderState.NEW


def test_a_proof_for_the_rest_goes_back_to_too_little(session, store, ask):
    order = confirm(session, ask(), Rupiah(1_000))
    order = send(session, store, order)
    assert intent(session, order).state is PaymentState.UNDER_REVIEW

    order = service.refuse_proof(session, order, by=None, at=SATURDAY + HOUR)

    assert intent(session, order).state is PaymentState.SHORT
    assert order.pay_by is None


def test_an_order_with_too_little_money_is_cancelled_and_the_money_owed_back(session, ask):
    order = confirm(session, ask(), Rupiah(1_000))

    order = service.cancel(session, order, reason="Kurang", actor_id=None, at=SATURDAY)

    assert (order.state, order.refund_due) == (OrderState.CANCELLED, Rupiah(1_000))


# Telling


def told(session, account):
    return [
        notice.text % notice.values
        for notice in session.scalars(select(Notice).where(Notice.account_id == account.id))
    ]


def test_officers_are_told_of_a_proof_and_buyers_of_money_that_did_not_come(session, ask, officer):
    order = ask()
    buyer = make_account(session)
    session.get_one(Purchase, order.purchase_id).account_id = buyer.id
    facts = {**facts_of(order), "when": SATURDAY.isoformat()}

    for _ in range(2):
        notices.tell_proof(session, facts, SATURDAY)
        notices.tell_refused(session, facts, SATURDAY)

    assert told(session, officer) == [f"Periksa bukti transfer untuk {order.pickup_code}."]
    assert told(session, buyer) == [
        f"Uang untuk {order.pickup_code} belum terlihat di rekening koperasi."
    ]


# Pages


@pytest.fixture
def today(session, ask):
    """An order that waits for a transfer now, as its buyer's address."""
    order = ask(at=datetime.now(UTC))
    purchase = session.get_one(Purchase, order.purchase_id)
    session.commit()
    return order, f"/p/{purchase.number}/{purchase.key}"


def upload(client, path, data: bytes):
    return client.post(f"{path}/bukti", data={"pesanan": "A", "foto": (BytesIO(data), "bukti.jpg")})


def test_a_buyer_sends_a_proof_and_an_officer_sees_it(
    session, client, sanan, officer, sign_in, today
):
    order, path = today
    sent = upload(client, path, make_photo(300, 600))
    page = client.get(path).text
    office = sign_in(officer)
    shown = office.get(f"/k/{sanan.slug}/kelola/pesanan/{order.number}").text
    (proof,) = session.scalars(select(PaymentProof))
    image = f"/k/{sanan.slug}/kelola/pesanan/{order.number}/bukti/{to_text(proof.id)}"

    assert sent.status_code == 303
    assert "Buktimu sedang diperiksa" in page
    assert image in shown
    picture = office.get(image)
    assert (picture.status_code, picture.mimetype) == (200, "image/webp")
    assert picture.headers["Cache-Control"] == "no-store"
    assert client.get(image).status_code == 302
    assert sign_in(make_officer(session, sanan, Role.SELLER)).get(image).status_code == 403

    done = office.post(
        f"/k/{sanan.slug}/kelola/pesanan/{order.number}/belum-masuk", follow_redirects=True
    )
    assert "menunggu uang lagi" in done.text
    again = office.post(f"/k/{sanan.slug}/kelola/pesanan/{order.number}/belum-masuk")
    assert again.status_code == 409
    assert "Tidak ada bukti yang sedang diperiksa." in again.text


def test_the_officer_is_warned_of_a_picture_that_was_used_before(
    session, client, sanan, officer, sign_in, today, ask, store
):
    order, path = today
    other = ask()
    service.send_proof(
        session, store, other, read_whole(make_photo(300, 600)), actor_id=None, at=SATURDAY
    )
    session.commit()
    upload(client, path, make_photo(300, 600))

    page = sign_in(officer).get(f"/k/{sanan.slug}/kelola/pesanan/{order.number}").text

    assert "Gambar yang sama persis pernah dikirim untuk pesanan lain." in page


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "Pilih gambar bukti transfernya dulu."),
        (b"<svg onload=alert(1)>", "Kirim foto JPEG, PNG, atau WebP."),
        (b"\xff\xd8\xff rusak", "Foto ini rusak."),
    ],
)
def test_what_is_no_picture_is_refused_with_the_reason(client, today, data, sentence):
    _, path = today

    answer = upload(client, path, data)

    assert answer.status_code == 422
    assert sentence in answer.text


@pytest.mark.parametrize("name", FILES)
def test_no_hostile_file_is_taken_for_a_proof(session, client, today, name):
    _, path = today

    answer = upload(client, path, FILES[name])

    assert answer.status_code == 422
    assert session.scalars(select(PaymentProof)).all() == []


def test_without_the_key_nothing_is_sent(client, today):
    _, path = today

    assert upload(client, path + "x", make_photo()).status_code == 404
    assert upload(client, path, make_photo(300, 600)).status_code == 303


def test_both_sides_see_what_is_missing(session, client, sanan, officer, sign_in, today):
    order, path = today
    due = intent(session, order).amount_due
    confirm(session, order, due - Rupiah(500))
    session.commit()

    buyer = client.get(path).text.replace("\u00a0", " ")
    office = sign_in(officer).get(f"/k/{sanan.slug}/kelola/pesanan/{order.number}").text

    assert "masih kurang Rp 500" in buyer
    assert "Bayar Rp 500" in buyer
    assert "kurang Rp 500. Pesanan ini tidak kedaluwarsa sendiri" in office.replace("\u00a0", " ")


def test_both_sides_see_what_was_too_much(session, client, sanan, officer, sign_in, today):
    order, path = today
    confirm(session, order, intent(session, order).amount_due + Rupiah(700))
    session.commit()

    buyer = client.get(path).text.replace("\u00a0", " ")
    office = sign_in(officer).get(f"/k/{sanan.slug}/kelola/pesanan/{order.number}").text

    assert "Kamu membayar Rp 700 lebih banyak." in buyer
    assert "Uang Rp 700 akan dikembalikan oleh koperasi." in buyer
    assert "lebih Rp 700 dari tagihan" in office.replace("\u00a0", " ")


def test_a_proof_that_nobody_looks_at_is_reported_once_after_48_hours(
    app, session, store, sanan, ask, sign_in
):
    officer = make_officer(session, sanan)
    guyub = make_account(session, "Operator", is_operator=True)
    sent = datetime.now(UTC) - REVIEW_TIME - HOUR
    order = ask(at=sent)
    send(session, store, order, at=sent)
    send(session, store, order, at=sent + HOUR / 2, colour=(1, 2, 3))

    early = service.report_left_lying(session, at=sent + REVIEW_TIME - HOUR)
    due = [service.report_left_lying(session, at=sent + REVIEW_TIME) for _ in range(2)]
    later = service.report_left_lying(session, at=sent + REVIEW_TIME + HOUR)
    session.commit()
    app.extensions["jobs"].deliver_waiting()

    assert (early, due, later) == (0, [1, 0], 0)
    rows = session.execute(select(Notice.account_id, Notice.text))
    told = {account_id for account_id, text in rows if "48 jam" in text}
    assert told == {officer.id, guyub.id}
    assert order.pickup_code in sign_in(guyub).get("/operator/klaim").text


def test_a_proof_that_was_looked_at_is_not_reported(session, store, ask, sign_in):
    order = ask()
    send(session, store, order)
    guyub = make_account(session, "Operator", is_operator=True)
    service.refuse_proof(session, order, by=None, at=SATURDAY + HOUR)
    session.commit()

    assert service.report_left_lying(session, at=SATURDAY + 2 * REVIEW_TIME) == 0
    assert order.pickup_code not in sign_in(guyub).get("/operator/klaim").text


def test_own_data_tells_of_the_proofs_that_a_person_sent(session, store, ask):
    order = ask()
    sari, budi = make_account(session, "Sari"), make_account(session, "Budi")
    session.get_one(Purchase, order.purchase_id).account_id = sari.id
    send(session, store, order)
    service.refuse_proof(session, order, by=None, at=SATURDAY + HOUR)

    (purchase,) = of_buyer(session, sari.id)["purchases"]

    (proof,) = purchase["orders"][0]["payment_proofs"]
    assert proof["sent_at"] == SATURDAY.isoformat()
    assert proof["refused_at"] == (SATURDAY + HOUR).isoformat()
    assert len(proof["sha256"]) == 64
    assert of_buyer(session, budi.id) == {"purchases": []}
