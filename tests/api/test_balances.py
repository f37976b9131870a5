"""Titipan by program: seen, spent, and paid out once however often it is sent."""

from __future__ import annotations

import pytest

from marketplace.kernel.access import Role
from marketplace.kernel.calendar import local_day
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import MemberAccount, Purpose, Unit
from marketplace.web.clock import now
from tests.api.conftest import line_of, purchase_of
from tests.ledger.conftest import posting
from tests.makers import make_account, make_member, make_officer


@pytest.fixture
def member(session, sanan, keripik):
    """Bu Lilik, who has Rp 20.000 with the cooperative."""
    member = make_member(session, sanan, "Bu Lilik", account=make_account(session, "Bu Lilik"))
    theirs = MemberAccount(Purpose.MEMBER_BALANCE, member.id)
    deposit = posting((Purpose.CASH, theirs, 20_000), key="titipan", dated=local_day(now()))
    ledger.post(session, sanan.id, Unit.SHOP, deposit, at=now())
    session.commit()
    return member


@pytest.fixture
def lilik(session, program, member):
    from marketplace.accounts.models import Account

    return program(session.get_one(Account, member.account_id), "purchases")


def test_a_balance_is_quoted_to_its_member_only(lilik, guest, keripik):
    def quoted(program, pieces):
        body = {"lines": [line_of(keripik, pieces)]}
        order = program.post("/purchases/quote", body).get_json()["orders"][0]
        return order["balance"], "balance" in order["payment_options"]

    assert quoted(lilik, 1) == (20_000, True)
    assert quoted(lilik, 2) == (20_000, False)
    assert quoted(guest, 1) == (None, False)


def test_a_purchase_is_paid_from_a_balance_once(lilik, keripik, sanan):
    body = purchase_of(keripik, 1, cooperative=sanan, payment="balance")

    answers = [lilik.post("/purchases", body, "one-purchase-only") for _ in range(3)]
    left = lilik.get("/balances").get_json()["items"]
    more = lilik.post("/purchases", body)

    (order,) = answers[0].get_json()["orders"]
    assert [answer.status_code for answer in answers] == [201] * 3
    assert len({answer.data for answer in answers}) == 1
    assert (order["state"], order["payment"]["state"]) == ("baru", "lunas")
    assert order["payment"]["received"] == 15_000
    assert (left[0]["balance"], left[0]["free"]) == (5_000, 5_000)
    assert (more.status_code, more.get_json()["code"]) == (422, "invalid")


def test_a_guest_has_no_balance_to_pay_with(guest, keripik, sanan, member):
    answer = guest.post("/purchases", purchase_of(keripik, 1, cooperative=sanan, payment="balance"))

    assert answer.status_code == 422


def test_a_balance_is_paid_out_once(officer, member, sanan):
    path = f"/cooperatives/{sanan.slug}"
    body = {"amount": 5_000}

    listed = officer.get(f"{path}/balances").get_json()
    ask = f"{path}/balances/{to_text(member.id)}/withdrawals"
    asked, again = (officer.post(ask, body, "one-withdrawal-only") for _ in range(2))
    one = f"{path}/withdrawals/{asked.get_json()['id']}"
    held = officer.get(f"{path}/balances").get_json()["items"][0]
    no_proof = officer.post(f"{one}/pay", {"way": "transfer"})
    paid = officer.post(f"{one}/pay", {"way": "tunai"})
    late = officer.post(f"{one}/cancel")
    too_much = officer.post(ask, {"amount": 15_001})

    assert (listed["total"], listed["members"]) == (20_000, 1)
    assert (asked.status_code, asked.data) == (201, again.data)
    assert (held["balance"], held["held"], held["free"]) == (20_000, 5_000, 15_000)
    assert (no_proof.status_code, no_proof.get_json()["code"]) == (422, "proof_missing")
    assert paid.get_json()["state"] == "dibayar"
    assert (late.status_code, late.get_json()["code"]) == (409, "wrong_step")
    assert (too_much.status_code, too_much.get_json()["code"]) == (409, "balance_too_small")


def test_above_the_limit_another_officer_has_to_agree(session, officer, member, sanan, program):
    sanan.refund_limit = Rupiah(0)
    other = program(make_officer(session, sanan, Role.TREASURER, "Bu Wati"))
    path = f"/cooperatives/{sanan.slug}"

    asked = officer.post(f"{path}/balances/{to_text(member.id)}/withdrawals", {"amount": 5_000})
    one = f"{path}/withdrawals/{asked.get_json()['id']}"
    own, agreed = officer.post(f"{one}/approve"), other.post(f"{one}/approve")

    assert (asked.get_json()["state"], asked.get_json()["two_people"]) == ("diminta", True)
    assert (own.status_code, own.get_json()["code"]) == (403, "needs_another_person")
    assert agreed.get_json()["state"] == "disetujui"


def test_the_members_of_one_cooperative_are_not_shown_to_others(lilik, sanan):
    assert lilik.get(f"/cooperatives/{sanan.slug}/balances").status_code == 403
