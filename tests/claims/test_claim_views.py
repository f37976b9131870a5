"""Claims on the pages: the buyer's secret link, the officers' board, the operator's desk."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from marketplace.accounts.models import Notice
from marketplace.claims import notices, service
from marketplace.claims.models import Claim, ClaimPicture
from marketplace.claims.rules import Answer, ClaimKind, ClaimState
from marketplace.kernel.access import Role
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.orders.models import OrderEvent, OrderLine, Purchase, Refund
from marketplace.orders.rules import OrderState
from marketplace.orders.service.moving import facts_of
from marketplace.outbox.models import OutboxMessage
from marketplace.payments.rules import PaymentMethod
from marketplace.web.clock import now
from marketplace.web.mail import READY
from tests.files.makers import make_photo
from tests.makers import SATURDAY, make_account, make_officer


@pytest.fixture
def order(session, ordered):
    found = ordered(OrderState.FINISHED, method=PaymentMethod.QRIS)
    step = select(OrderEvent).where(OrderEvent.after == OrderState.FINISHED)
    session.scalars(step).one().at = now()
    session.commit()
    return found


@pytest.fixture
def path(session, order):
    purchase = session.get_one(Purchase, order.purchase_id)
    return f"/p/{purchase.number}/{purchase.key}/keluhan"


def complain(client, path, *photos, **values):
    form = {"kind": "rusak", "words": "Dua bungkus remuk", "pesanan": "A", **values}
    form["foto"] = [(BytesIO(photo), f"{place}.jpg") for place, photo in enumerate(photos)]
    return client.post(path, data=form, content_type="multipart/form-data")


def the_claim(session) -> Claim | None:
    session.expire_all()
    return session.scalar(select(Claim))


def test_a_guest_claims_with_photos_and_agrees_to_the_answer(
    client,
    session,
    sanan,
    officer,
    sign_in,
    order,
    path,
):
    line = to_text(session.scalars(select(OrderLine.id)).first())
    form = client.get(path).text

    sent = complain(
        client, path, make_photo(300, 200), make_photo(200, 300), **{f"jumlah-{line}": "1"}
    )
    claim = the_claim(session)
    home = f"/k/{sanan.slug}/kelola/keluhan"
    budi = sign_in(officer)
    board = budi.get(home).text
    photo = session.scalars(select(ClaimPicture.id)).first()
    shown = budi.get(f"{home}/{to_text(claim.id)}/foto/{to_text(photo)}")
    answered = budi.post(
        f"{home}/{to_text(claim.id)}/jawab", data={"answer": "kembali_penuh", "words": "Maaf ya"}
    )
    page = client.get(path).text
    agreed = client.post(f"{path}/{to_text(claim.id)}/terima")

    assert "Apa yang terjadi?" in form
    assert (sent.status_code, answered.status_code, agreed.status_code) == (303, 303, 303)
    assert "Rusak" in board
    assert (shown.status_code, shown.mimetype) == (200, "image/webp")
    assert "Maaf ya" in page
    assert the_claim(session).state is ClaimState.AGREED
    assert session.scalars(select(Refund.amount)).one() == Rupiah(15_000)


def test_too_many_photos_or_no_words_are_asked_for_again(client, session, path):
    photos = [make_photo(100 + size, 100) for size in range(4)]

    many = complain(client, path, *photos)
    wordless = complain(client, path, words=" ")
    broken = complain(client, path, b"no picture at all")

    assert "Paling banyak 3 foto" in many.text
    assert (many.status_code, wordless.status_code) == (422, 422)
    assert broken.status_code == 422
    assert the_claim(session) is None


def test_who_has_not_the_key_sees_and_claims_nothing(client, session, path):
    wrong = path.replace("/keluhan", "x/keluhan")

    assert client.get(wrong).status_code == 404
    assert complain(client, wrong).status_code == 404
    assert the_claim(session) is None


def test_the_operator_decides_at_the_desk(client, session, sanan, officer, sign_in, order, path):
    complain(client, path)
    claim = the_claim(session)
    service.answer(session, claim, Answer.NO, "Sudah diperiksa", by=officer.id, at=now())
    session.commit()
    guyub = sign_in(make_account(session, "Operator", is_operator=True))

    asked = client.post(f"{path}/{to_text(claim.id)}/naik")
    desk = guyub.get("/operator/klaim").text
    address = f"/operator/klaim/{sanan.id}/{to_text(claim.id)}"
    weighed = guyub.get(address).text
    too_much = guyub.post(f"{address}/putus", data={"amount": "99.000", "words": "Semua"})
    decided = guyub.post(f"{address}/putus", data={"amount": "5.000", "words": "Separuh"})

    assert asked.status_code == 303
    assert sanan.name in desk
    assert "Sudah diperiksa" in weighed
    assert (too_much.status_code, decided.status_code) == (409, 303)
    assert "Separuh" in client.get(path).text
    assert session.scalars(select(Refund.amount)).one() == Rupiah(5_000)


def test_an_officer_sees_no_claim_of_another_cooperative(
    client,
    session,
    sanan,
    velodrome,
    sign_in,
    order,
    path,
):
    complain(client, path)
    claim = to_text(the_claim(session).id)
    tini = sign_in(make_officer(session, velodrome, Role.CHAIR, "Bu Tini"))

    assert tini.get(f"/k/{velodrome.slug}/kelola/keluhan/{claim}").status_code == 404
    assert tini.get(f"/k/{sanan.slug}/kelola/keluhan/{claim}").status_code == 403
    assert tini.get("/operator/klaim").status_code in (403, 404)


def test_before_the_hand_over_there_is_nothing_to_claim(client, session, ordered):
    order = ordered(OrderState.READY_FOR_PICKUP, method=PaymentMethod.QRIS)
    purchase = session.get_one(Purchase, order.purchase_id)
    session.commit()
    path = f"/p/{purchase.number}/{purchase.key}/keluhan"

    assert "Belum bisa mengirim keluhan" in client.get(path).text
    assert complain(client, path).status_code == 409


def test_both_sides_hear_of_a_claim(session, sanan, officer, order):
    buyer = make_account(session, "Sari")
    session.get_one(Purchase, order.purchase_id).account_id = buyer.id
    complaint = service.Complaint(ClaimKind.FEWER, "Kurang satu")
    claim = service.open_claim(session, order, complaint, at=now())
    facts = {**facts_of(order), "claim": str(claim.id)}

    notices.tell_officers(session, facts, SATURDAY)
    service.answer(session, claim, Answer.REPLACEMENT, "Ambil lagi", by=officer.id, at=now())
    notices.tell_buyer(session, facts, SATURDAY)

    told = set(session.scalars(select(Notice.account_id)))
    assert told == {officer.id, buyer.id}


def test_a_guest_with_an_address_hears_by_mail(session, sanan, officer, order):
    session.get_one(Purchase, order.purchase_id).buyer_email = "sari@contoh.id"
    complaint = service.Complaint(ClaimKind.FEWER, "Kurang satu")
    claim = service.open_claim(session, order, complaint, at=now())
    service.answer(session, claim, Answer.REPLACEMENT, "Ambil lagi", by=officer.id, at=now())

    notices.tell_buyer(session, {**facts_of(order), "claim": str(claim.id)}, SATURDAY)

    mail = session.scalars(select(OutboxMessage).where(OutboxMessage.topic == READY)).one()
    assert mail.facts["to"] == "sari@contoh.id"
    assert "Ambil lagi" in mail.facts["body"]
    assert "/keluhan?pesanan=A" in mail.facts["body"]


def test_officers_are_reminded_and_the_operator_hears_once_of_what_was_not_answered(
    app, session, sanan, officer, order
):
    guyub = make_account(session, "Operator", is_operator=True)
    claim = service.open_claim(session, order, service.Complaint(ClaimKind.FEWER, "Satu"), at=now())
    claim.answer_by = now() + timedelta(hours=3)
    session.commit()
    jobs = app.extensions["jobs"]

    jobs.drain()
    claim = the_claim(session)
    claim.answer_by = now() - timedelta(minutes=1)
    session.commit()
    jobs.drain()
    jobs.drain()

    def told(account_id) -> list[str]:
        rows = select(Notice.text).where(Notice.account_id == account_id).order_by(Notice.id)
        return [text for text in session.scalars(rows) if text.startswith("Keluhan")]

    assert len(told(officer.id)) == 3
    assert "paling lambat besok" in told(officer.id)[1]
    assert told(guyub.id) == ["Keluhan %(code)s di %(shop)s menunggu keputusan Guyub."]
    assert the_claim(session).state is ClaimState.ESCALATED


def test_a_reminder_that_comes_after_the_answer_is_left_out(session, officer, order):
    claim = service.open_claim(session, order, service.Complaint(ClaimKind.FEWER, "Satu"), at=now())
    service.answer(session, claim, Answer.NO, "Tidak", by=officer.id, at=now())

    notices.remind_officers(session, {**facts_of(order), "claim": str(claim.id)}, SATURDAY)

    assert session.scalars(select(Notice.id)).all() == []
