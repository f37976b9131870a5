"""The pages of orders to suppliers, the supplier's page behind its link, and their papers."""

from __future__ import annotations

import csv
import re
from io import BytesIO, StringIO
from urllib.parse import unquote

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from marketplace.accounts.models import Account, Notice
from marketplace.outbox.models import OutboxMessage
from marketplace.supply import order_notices, service
from marketplace.supply.models import SentBy
from marketplace.supply.rules import PoolState, PurchaseOrderState
from marketplace.web.clock import now
from tests.makers import make_cooperative, make_officer
from tests.supply.orders import answer_of, approve, buy


@pytest.fixture
def bought(session):
    shop = make_cooperative(session, "Velodrome Rukun Jaya", phone="+62341551234")
    return buy(session, now(), cooperative=shop)


@pytest.fixture
def own(bought):
    return f"/k/{bought.cooperative.slug}/kelola/kulakan/pesanan/1"


@pytest.fixture
def chair(session, bought, sign_in):
    return sign_in(session.get_one(Account, bought.chair))


@pytest.fixture
def secretary(session, bought, sign_in):
    return sign_in(session.get_one(Account, bought.secretary))


@pytest.fixture
def sent(session, bought):
    approve(session, bought.order, by=bought.secretary, at=now())
    service.send(session, bought.order, SentBy.WHATSAPP, by=bought.chair, at=now())
    session.commit()
    return bought


@pytest.fixture
def link(sent):
    return f"/k/{sent.cooperative.slug}/pemasok/{sent.order.key}"


def reply(*lines: tuple[str, str], **more: str) -> dict[str, str]:
    said = {}
    for place, (packs, price) in enumerate(lines, 1):
        said |= {f"count-{place}": packs, f"price-{place}": price, f"note-{place}": ""}
    return said | more


SAME = (("3", "380.000"), ("2", "700.000"))


def text_of(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_the_list_and_the_pages_of_round_and_good_lead_to_the_order(chair, bought, own):
    kitchen = own.removesuffix("/pesanan/1")

    for page in (f"{kitchen}/pesanan", f"{kitchen}/1", f"{kitchen}/1/1"):
        assert f'href="{own}"' in chair.get(page).text
    assert "Rp\u00a02.540.000" in chair.get(f"{kitchen}/pesanan").text


def test_who_approved_the_order_sees_who_notes_what_came_instead_of_a_form(
    chair, secretary, sent, own
):
    good = f"{own.removesuffix('/pesanan/1')}/1/1"
    came = {"quantity": "12", "cost": "1.140.000", "key": "k"}

    shown, refused = secretary.get(good), secretary.post(f"{good}/terima", data=came)

    assert 'name="quantity"' not in shown.text
    assert "dicatat pengurus lain" in shown.text
    assert (refused.status_code, "dicatat pengurus lain" in refused.text) == (403, True)
    assert 'name="quantity"' in chair.get(good).text
    assert chair.post(f"{good}/terima", data=came).status_code == 303


def test_an_empty_list_says_when_orders_come(session, sign_in):
    shop = make_cooperative(session)
    page = sign_in(make_officer(session, shop)).get(f"/k/{shop.slug}/kelola/kulakan/pesanan")

    assert "Belum ada pesanan" in page.text


def test_an_order_goes_from_draft_to_the_supplier(chair, secretary, session, bought, own):
    assert "Pengurus lain yang menyetujui" in chair.get(own).text
    assert chair.post(f"{own}/setuju", data={"total": "2540000"}).status_code == 403
    assert secretary.post(f"{own}/setuju", data={"total": "2540000"}).status_code == 303
    assert chair.post(f"{own}/kirim", data={"cara": "whatsapp"}).status_code == 303

    page = chair.get(own).text
    assert bought.order.state is PurchaseOrderState.SENT
    assert bought.oil.state is PoolState.ORDERED
    whatsapp = unquote(re.search(r'href="(https://wa\.me/6281234567890[^"]+)"', page)[1])
    assert "- 3 karton Minyak goreng 5 L, Rp\u00a0380.000 = Rp\u00a01.140.000" in whatsapp
    assert f"/pemasok/{bought.order.key}" in whatsapp


def test_an_unknown_way_of_sending_is_refused_in_words(secretary, bought, own):
    secretary.post(f"{own}/setuju", data={"total": "2540000"})
    for way in ("", "merpati", "💥"):
        answer = secretary.post(f"{own}/kirim", data={"cara": way})
        assert (answer.status_code, "Pilih cara mengirim" in answer.text) == (422, True)


def test_a_good_without_an_order_gets_one(chair, session, bought, own):
    chair.post(f"{own}/batal")
    kitchen = own.removesuffix("/pesanan/1")
    assert "Siapkan pesanan ke pemasok" in chair.get(f"{kitchen}/1/1").text

    for _ in range(2):
        answer = chair.post(f"{kitchen}/1/1/pesan")

        assert answer.location.endswith("/pesanan/2")


def test_the_supplier_answers_without_signing_in_and_officers_agree(
    client, chair, session, sent, own, link
):
    page = client.get(link)
    assert 'name="robots" content="noindex"' in page.text
    assert "Bu Sri" not in page.text  # no member is named
    changed = reply(("2", "390.000"), ("2", "700.000"), note="Sisanya minggu depan")
    assert client.post(link, data=changed).status_code == 303

    shown = chair.get(own).text
    assert "2 × Rp\u00a0390.000" in shown
    assert "Sisanya minggu depan" in shown
    assert chair.post(f"{own}/jawaban", data={"setuju": "1"}).status_code == 303
    session.refresh(sent.order)
    assert sent.order.agreed is True
    assert client.post(link, data=reply(*SAME)).status_code == 409
    assert "sudah disepakati" in client.get(link).text


def test_answering_twice_is_possible_until_officers_agreed(client, session, sent, link):
    for _ in range(2):
        assert client.post(link, data=reply(*SAME)).status_code == 303

    session.refresh(sent.order)
    assert sent.order.state is PurchaseOrderState.CONFIRMED
    assert "Jawabanmu sudah sampai" in client.get(link).text


def test_after_goods_came_the_link_takes_no_answer(client, session, sent, link):
    service.receive(
        session, sent.oil, key="1", packs=3, quantity=12, cost=sent.oil.ordered_cost,
        actor_id=sent.chair, at=now(),
    )  # fmt: skip
    session.commit()

    answer = client.post(link, data=reply(*SAME))

    assert (answer.status_code, "barangnya sudah datang" in answer.text) == (409, True)
    assert 'name="count-1"' not in answer.text


def test_a_wrong_link_of_another_cooperative_or_of_a_draft_is_not_known(client, session, bought):
    key, slug = bought.order.key, bought.cooperative.slug
    other = make_cooperative(session, "Sanan").slug
    session.commit()

    for path in (f"/k/{slug}/pemasok/{key}", f"/k/{slug}/pemasok/x", f"/k/{other}/pemasok/{key}"):
        assert client.get(path).status_code == 404
        assert client.post(path, data=reply(*SAME)).status_code == 404
        assert client.get(f"{path}/pesanan.pdf").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"count-1": "-1"}, {"count-1": ""}, {"count-1": "1,5"}, {"count-1": "9" * 30},
        {"price-1": "0"}, {"price-1": "gratis"}, {"price-1": "-5"}, {"price-2": "9" * 40},
        {"promised_on": "kemarin"}, {"promised_on": "1999-01-01"}, {"promised_on": "9999-12-31"},
        {"note": "x" * 201}, {"note-2": "x" * 201},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said_and_what_was_typed_stays(client, session, sent, link, wrong):
    answer = client.post(link, data={**reply(*SAME, note="Pak Hadi"), **wrong})

    assert answer.status_code == 422
    assert "perlu dibetulkan" in answer.text
    session.refresh(sent.order)
    assert sent.order.state is PurchaseOrderState.SENT
    if "note" not in wrong:
        assert "Pak Hadi" in answer.text


def test_a_suppliers_page_speaks_english_too(client, link):
    client.set_cookie("bahasa", "en")

    assert "Send the answer" in client.get(link).text


def test_the_document_says_who_orders_what_for_how_much(chair, client, own, link):
    for pdf in (chair.get(f"{own}/pesanan.pdf"), client.get(f"{link}/pesanan.pdf")):
        text = text_of(pdf.data)
        assert pdf.mimetype == "application/pdf"
        for part in (
            "Velodrome Rukun Jaya", "Pesanan pembelian 1", "Grosir Gadang", "Balai RW 3",
            "Minyak goreng 5 L", "3 karton", "Rp 380.000", "Gula pasir", "Rp 2.540.000",
            "0341 5512 34",
        ):  # fmt: skip
            assert part in text.replace("\u00a0", " ")


def test_the_document_of_a_draft_says_so_and_has_no_link(chair, own):
    text = text_of(chair.get(f"{own}/pesanan.pdf").data)

    assert "Draf, belum disetujui." in text
    assert "/pemasok/" not in text


def test_the_document_is_english_for_who_reads_english(client, link):
    client.set_cookie("bahasa", "en")

    assert "Purchase order 1" in text_of(client.get(f"{link}/pesanan.pdf").data)


def test_a_suppliers_name_is_never_read_as_markup(session, sign_in):
    name = '#panic("x") *tebal* $x$ \\ "kutip" <script> 😀'
    bought = buy(session, now(), supplier=name)
    chair = sign_in(session.get_one(Account, bought.chair))
    own = f"/k/{bought.cooperative.slug}/kelola/kulakan/pesanan/1"

    text = text_of(chair.get(f"{own}/pesanan.pdf").data)

    assert '#panic("x") *tebal* $x$' in text.replace("“", '"').replace("”", '"')
    assert "<script>" not in chair.get(own).text


def test_the_table_holds_plain_numbers_and_no_formula(session, chair, bought, own):
    bought.order.lines[0].item_name = "=HYPERLINK(1)"
    session.commit()

    rows = list(csv.reader(StringIO(chair.get(f"{own}/pesanan.csv").text.removeprefix("\ufeff"))))

    assert rows[1] == ["'=HYPERLINK(1)", "karton", "4", "jeriken", "3", "380000", "1140000"]
    assert rows[2] == ["Gula pasir", "sak", "50", "kg", "2", "700000", "1400000"]


def test_an_order_by_mail_leaves_through_the_outbox_with_its_links(session, bought, app):
    approve(session, bought.order, by=bought.secretary, at=now())
    service.send(session, bought.order, SentBy.MAIL, by=bought.chair, at=now())
    told = session.scalars(
        select(OutboxMessage).where(OutboxMessage.topic == "supply.po_sent")
    ).one()

    order_notices.mail_order(session, told.facts, now())

    mail = session.scalars(select(OutboxMessage).where(OutboxMessage.topic == "mail.ready")).one()
    assert mail.facts["to"] == "grosir@contoh.id"
    assert f"/pemasok/{bought.order.key}/pesanan.pdf" in mail.facts["body"]
    assert "2.540.000" in mail.facts["body"]


def test_officers_hear_of_each_answer_once(session, sent):
    service.confirm(
        session, sent.order, answer_of(sent.order, (2, 380_000), (2, 700_000)), at=now()
    )
    facts = {"cooperative": sent.cooperative.id, "order": str(sent.order.id), "way": "whatsapp"}
    for _ in range(2):
        order_notices.tell_answer(session, facts, now())

    notices = session.scalars(select(Notice)).all()
    assert {notice.account_id for notice in notices} == {sent.chair, sent.secretary}
    assert len(notices) == 2
    assert "mengubah pesanan" in notices[0].text


def test_members_and_other_cooperatives_see_no_order(session, sign_in, bought, own):
    stranger = sign_in(make_officer(session, make_cooperative(session, "Sanan"), name="Bu Lia"))

    for path in (own, f"{own}/pesanan.pdf", f"{own}/pesanan.csv"):
        assert stranger.get(path).status_code in (403, 404)
    assert stranger.post(f"{own}/setuju", data={"total": "2540000"}).status_code in (403, 404)
