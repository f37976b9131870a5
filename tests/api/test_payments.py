"""Where money goes and proofs of transfers, by program."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from marketplace.files.pictures import read_whole
from marketplace.kernel.access import Role
from marketplace.kernel.ids import to_text
from marketplace.orders import service as orders
from marketplace.orders.models import Order
from marketplace.payments import queries as payments
from marketplace.payments.rules import DestinationKind
from tests.api.test_bank import account
from tests.files.makers import make_photo
from tests.makers import STATIC_QRIS, make_officer

__all__ = ["account"]
JATIM = {"bank": "Bank Jatim", "number": "1234 5678 90", "holder": "Koperasi Sanan"}
BCA = {"bank": "BCA", "number": "0987654321", "holder": "Koperasi Sanan"}


@pytest.fixture
def path(sanan):
    return f"/cooperatives/{sanan.slug}/payment-destinations"


@pytest.fixture
def treasurer(session, sanan, program):
    return program(make_officer(session, sanan, Role.TREASURER, "Bu Wati"))


def test_the_first_account_holds_at_once_and_the_next_needs_another_officer(
    officer, treasurer, path
):
    first = treasurer.post(path, {"account": JATIM}).get_json()
    proposed, again = (treasurer.post(path, {"account": BCA}, "one-bca-only") for _ in range(2))
    second = treasurer.post(path, {"account": {**BCA, "number": "1111111111"}})
    one = f"{path}/{proposed.get_json()['id']}"
    alone = treasurer.post(f"{one}/approve", {})
    approved = officer.post(f"{one}/approve", {}).get_json()
    listed = officer.get(path).get_json()["items"]
    withdrawn = officer.post(f"{one}/withdraw", {})
    late = officer.post(f"{one}/approve", {})

    assert (first["state"], first["number"]) == ("dipakai", "1234567890")
    assert again.data == proposed.data
    assert (second.status_code, second.get_json()["code"]) == (409, "other_waiting")
    assert (alone.status_code, alone.get_json()["code"]) == (409, "same_person")
    assert (approved["state"], approved["effective_at"] > approved["approved_at"]) == (
        "disetujui",
        True,
    )
    assert {each["state"] for each in listed} == {"dipakai", "disetujui"}
    assert withdrawn.get_json()["state"] == "ditarik"
    assert (late.status_code, late.get_json()["code"]) == (409, "wrong_step")


def test_a_code_is_proposed_by_its_text_and_not_twice(session, sanan, treasurer, path):
    present = payments.in_use(session, sanan.id, DestinationKind.QRIS)
    code = {"qris": {"payload": STATIC_QRIS}}

    same = treasurer.post(path, code)
    treasurer.post(f"{path}/{to_text(present.id)}/withdraw", {})
    answer = treasurer.post(path, code).get_json()

    assert (same.status_code, same.get_json()["code"]) == (409, "rule_broken")
    assert (answer["kind"], answer["state"]) == ("qris", "diusulkan")
    assert answer["holder"] == "KOP PKL VELODROME"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "account"),
        ({"account": JATIM, "qris": {"payload": STATIC_QRIS}}, "account"),
        ({"account": {**JATIM, "number": "12"}}, "account.number"),
        ({"qris": {"payload": STATIC_QRIS[:-1]}}, "qris.payload"),
    ],
)
def test_a_destination_that_cannot_be_read_is_refused_at_its_place(treasurer, path, body, place):
    answer = treasurer.post(path, body)

    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [place])


def test_only_who_keeps_the_money_and_a_token_made_for_it_changes_where_it_goes(
    session, sanan, program, path
):
    secretary = program(make_officer(session, sanan, Role.SECRETARY, "Bu Rini"))
    chair = program(make_officer(session, sanan, Role.CHAIR, "Pak Ali"), "orders")

    refused = secretary.post(path, {"account": JATIM})
    narrow = chair.post(path, {"account": JATIM})

    assert secretary.get(path).status_code == 200
    assert (refused.status_code, refused.get_json()["code"]) == (403, "not_allowed")
    assert (narrow.status_code, narrow.get_json()["code"]) == (403, "scope_missing")


@pytest.fixture
def sent(app, session, account, placed):
    """An order by transfer for which the buyer has sent a picture; gives its number."""
    number = placed(payment="transfer")["orders"][0]["number"]
    with app.app_context():
        store = current_app.extensions["file_store"]
    order = session.scalars(
        select(Order).where(Order.number == number).options(selectinload(Order.lines))
    ).one()
    picture = read_whole(make_photo())
    orders.send_proof(session, store, order, picture, actor_id=None, at=datetime.now(UTC))
    session.commit()
    return number


def test_proofs_that_wait_are_listed_and_refused_once(officer, sanan, sent):
    path = f"/cooperatives/{sanan.slug}/payment-proofs"
    refuse = f"/cooperatives/{sanan.slug}/orders/{sent}/refuse-proof"

    (waiting,) = officer.get(path).get_json()["items"]
    refused, again = (officer.post(refuse, {}, "refuse-once") for _ in range(2))
    late = officer.post(refuse, {})

    assert (waiting["order"], waiting["payment_state"]) == (sent, "diperiksa")
    assert waiting["url"].endswith(f"/kelola/pesanan/{sent}")
    assert refused.get_json()["payment"]["state"] == "menunggu"
    assert again.data == refused.data
    assert (late.status_code, late.get_json()["code"]) == (409, "no_proof_wanted")
    assert officer.get(path).get_json()["items"] == []
    (kept,) = officer.get(path, waiting="false").get_json()["items"]
    assert (kept["id"], kept["waiting"]) == (waiting["id"], False)


def test_only_who_confirms_payments_sees_proofs(session, sanan, program, guest, sent):
    path = f"/cooperatives/{sanan.slug}/payment-proofs"
    seller = program(make_officer(session, sanan, Role.SELLER, "Mas Wahyu"))

    assert guest.get(path).status_code == 401
    assert seller.get(path).status_code == 403
