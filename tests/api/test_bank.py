"""Transfers by program: where to pay, what came in, which order it pays."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from marketplace.files.tables import read_rows
from marketplace.kernel.access import Role
from marketplace.kernel.calendar import local_day
from marketplace.payments import service as payments
from marketplace.payments.rules import BankAccount
from marketplace.payments.rules.statements import guess, split
from marketplace.payments.service import statements
from tests.makers import make_officer

JATIM = BankAccount("Bank Jatim", "1234567890", "Koperasi Sanan")


@pytest.fixture
def account(session, sanan):
    row = payments.propose(session, sanan, JATIM, by=None, at=datetime.now(UTC))
    session.commit()
    return row


@pytest.fixture
def path(sanan):
    return f"/cooperatives/{sanan.slug}/bank-lines"


def arrive(session, account, *amounts: int) -> None:
    at = datetime.now(UTC)
    lines = "".join(
        f"{local_day(at):%d/%m/%Y};TRSF {place};{amount}\n" for place, amount in enumerate(amounts)
    )
    rows = read_rows(f"Tanggal;Keterangan;Kredit\n{lines}".encode())
    statements.bring_in(session, account, rows, guess(split(rows)[0]), by=None, at=at)
    session.commit()


def test_a_transfer_says_how_much_less_is_paid_and_where_to(guest, placed, account, keripik):
    order = placed(payment="transfer")["orders"][0]

    payment = order["payment"]
    assert payment["method"] == "transfer"
    assert payment["amount_due"] + payment["transfer"]["discount"] == order["total"]
    assert payment["transfer"] | {"discount": 0} == {
        "bank": "Bank Jatim", "number": "1234567890", "holder": "Koperasi Sanan", "discount": 0,
    }  # fmt: skip


def test_money_is_listed_with_the_order_it_fits_and_matched_once(
    session, officer, placed, account, path
):
    order = placed(payment="transfer")["orders"][0]
    arrive(session, account, order["payment"]["amount_due"], 77_777)

    listed = officer.get(path).get_json()["items"]
    fitting = next(line for line in listed if line["order"])
    sent = {"order": order["number"]}
    matched = officer.post(f"{path}/{fitting['id']}/match", sent, "first-match")
    again = officer.post(f"{path}/{fitting['id']}/match", sent, "first-match")

    assert (fitting["order"], fitting["state"]) == (order["number"], "baru")
    assert matched.get_json()["state"] == "cocok"
    assert again.data == matched.data
    assert [line["amount"] for line in officer.get(path).get_json()["items"]] == [77_777]
    (done,) = officer.get(path, state="cocok").get_json()["items"]
    assert done["order"] == order["number"]


def test_a_line_that_is_taken_is_refused_with_its_code(session, officer, placed, account, path):
    first, second = (placed(payment="transfer")["orders"][0] for _ in range(2))
    arrive(session, account, first["payment"]["amount_due"])
    (line,) = officer.get(path).get_json()["items"]
    officer.post(f"{path}/{line['id']}/match", {"order": first["number"]}, "match-one")

    answer = officer.post(f"{path}/{line['id']}/match", {"order": second["number"]}, "match-two")

    assert (answer.status_code, answer.get_json()["code"]) == (409, "line_taken")


def test_the_list_goes_on_from_a_cursor(session, officer, account, path):
    arrive(session, account, *range(1_001, 1_008))

    seen, more = [], {}
    while more is not None:
        page = officer.get(path, limit=3, **more).get_json()
        seen += [line["amount"] for line in page["items"]]
        more = {"cursor": page["next_cursor"]} if page["next_cursor"] else None

    assert sorted(seen) == list(range(1_001, 1_008))


@pytest.mark.parametrize("cursor", ["x", "WyIyMDI2IiwiYSJd", "W10"])
def test_a_cursor_of_ones_own_making_is_refused(officer, account, path, cursor):
    assert officer.get(path, cursor=cursor).status_code == 422


def test_only_who_may_confirm_money_sees_it(session, sanan, program, guest, account, path):
    seller = program(make_officer(session, sanan, Role.SELLER))

    assert seller.get(path).status_code == 403
    assert guest.get(path).status_code == 401
