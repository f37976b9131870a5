"""Paying makers by program: by two people, once, and only what is owed."""

from __future__ import annotations

import pytest

from marketplace.kernel.access import Role
from marketplace.kernel.ids import to_text
from tests.makers import make_listing, make_member, make_officer


@pytest.fixture
def treasurer(session, sanan, program):
    return program(make_officer(session, sanan, Role.TREASURER, "Bu Wati"))


@pytest.fixture
def account(session, sanan):
    return make_officer(session, sanan, Role.SELLER, "Bu Lilik")


@pytest.fixture
def lilik(session, sanan, account):
    return make_member(session, sanan, "Bu Lilik", account=account)


@pytest.fixture
def keripik(session, sanan, lilik):
    variant = make_listing(session, sanan, "Keripik", price=15_000, stock_count=10, maker=lilik)
    session.commit()
    return variant


@pytest.fixture
def path(officer, placed, sanan):
    """Two bags of Bu Lilik's were sold for Rp 30.000."""
    order = placed()["orders"][0]
    address = f"/cooperatives/{sanan.slug}/orders/{order['number']}"
    officer.post(f"{address}/payment", {"received": order["total"]})
    for step in ("diproses", "siap_diambil", "selesai"):
        officer.post(f"{address}/advance", {"to": step})
    return f"/cooperatives/{sanan.slug}/payouts"


def test_a_batch_is_composed_once_approved_by_another_and_paid(officer, treasurer, path, lilik):
    (due,) = officer.get(f"{path}/due").get_json()["items"]
    wanted = {"members": [due["member"]]}

    composed, again = (treasurer.post(path, wanted, "one-batch-only") for _ in range(2))
    batch = composed.get_json()
    alone = treasurer.post(f"{path}/{batch['id']}/approve", {})
    early = treasurer.post(f"{path}/{batch['id']}/pay", {"method": "tunai"})
    approved = officer.post(f"{path}/{batch['id']}/approve", {})
    paid = treasurer.post(f"{path}/{batch['id']}/pay", {"method": "transfer", "reference": "T1"})
    late = treasurer.post(f"{path}/{batch['id']}/cancel", {})

    assert (due["member"], due["waiting"], due["amount"] > 0) == (to_text(lilik.id), 0, True)
    assert again.data == composed.data
    assert (batch["state"], batch["total"]) == ("disusun", due["amount"])
    assert (alone.status_code, alone.get_json()["code"]) == (403, "needs_another_person")
    assert (early.status_code, early.get_json()["code"]) == (409, "wrong_step")
    assert approved.get_json()["state"] == "disetujui"
    assert (paid.get_json()["state"], paid.get_json()["method"]) == ("dibayar", "transfer")
    assert paid.get_json()["payouts"][0]["entry"] is not None
    assert (late.status_code, late.get_json()["code"]) == (409, "wrong_step")
    assert officer.get(f"{path}/due").get_json() == {"items": [], "total": 0}


def test_a_batch_is_given_up_and_listed(treasurer, path, lilik):
    wanted = {"members": [to_text(lilik.id)]}
    first = treasurer.post(path, wanted).get_json()
    nobody = treasurer.post(path, wanted)

    given_up = treasurer.post(f"{path}/{first['id']}/cancel", {})
    second = treasurer.post(path, wanted).get_json()
    page = treasurer.get(path, limit=1).get_json()
    rest = treasurer.get(path, limit=1, cursor=page["next_cursor"]).get_json()

    assert (nobody.status_code, nobody.get_json()["code"]) == (422, "nobody_to_pay")
    assert given_up.get_json()["state"] == "batal"
    assert [each["id"] for each in page["items"]] == [second["id"]]
    assert [each["id"] for each in rest["items"]] == [first["id"]]
    assert rest["next_cursor"] is None


def test_a_maker_reads_their_own_statement_and_nobody_elses(
    session, sanan, program, account, officer, path, lilik
):
    other = make_member(session, sanan, "Mas Wahyu")
    maker = program(account)
    address = f"/cooperatives/{sanan.slug}/members/{{}}/statement"

    own = maker.get(address.format(to_text(lilik.id)))
    strange = maker.get(address.format(to_text(other.id)))

    said = own.get_json()
    assert own.status_code == 200
    assert [(sold["quantity"], sold["total"]) for sold in said["sold"]] == [(2, 30_000)]
    assert said["closing"] == said["sold"][0]["share"] == said["lines"][-1]["owed"]
    assert strange.status_code == 404
    assert officer.get(address.format(to_text(other.id))).get_json()["sold"] == []


@pytest.mark.parametrize(
    "period",
    [
        {"starts": "2026-11-30", "ends": "2026-11-01"},
        {"starts": "2020-01-01", "ends": "2026-11-01"},
        {"starts": "kemarin"},
    ],
)
def test_a_statement_covers_a_year_at_most(sanan, officer, path, lilik, period):
    address = f"/cooperatives/{sanan.slug}/members/{to_text(lilik.id)}/statement"

    answer = officer.get(address, **period)

    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["starts"])
