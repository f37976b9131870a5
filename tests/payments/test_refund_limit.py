"""Up to which sum one officer alone gives money back: set by few, told to all of them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.accounts.models import Notice
from marketplace.cooperatives import service
from marketplace.kernel.access import Role
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Rupiah
from tests.makers import SATURDAY, make_account, make_cooperative, make_officer


@pytest.fixture
def sanan(session):
    return make_cooperative(session, "Sanan Tempe Muda")


@pytest.fixture
def path(sanan):
    return f"/k/{sanan.slug}/kelola/pembayaran"


def test_the_treasurer_sets_the_limit_and_the_other_officers_hear_of_it(
    app, session, sanan, sign_in, path
):
    wati = make_officer(session, sanan, Role.TREASURER, "Bu Wati")
    budi = make_officer(session, sanan, Role.CHAIR, "Pak Budi")
    browser = sign_in(wati)

    page = browser.get(path).text
    saved = [
        browser.post(f"{path}/batas-pengembalian", data={"refund_limit": "250.000"})
        for _ in range(2)
    ]
    app.extensions["jobs"].deliver_waiting()

    session.expire_all()
    assert "500.000" in page
    assert [answer.status_code for answer in saved] == [303, 303]
    assert sanan.refund_limit == Rupiah(250_000)
    (notice,) = session.scalars(select(Notice)).all()
    assert (notice.account_id, notice.values["name"]) == (budi.id, "Bu Wati")


@pytest.mark.parametrize("amount", ["", "dua", "10.000.001"])
def test_a_limit_that_guards_nothing_or_is_no_amount_is_asked_for_again(
    session, sanan, sign_in, path, amount
):
    browser = sign_in(make_officer(session, sanan, Role.TREASURER, "Bu Wati"))

    answer = browser.post(f"{path}/batas-pengembalian", data={"refund_limit": amount})

    session.expire_all()
    assert answer.status_code == 422
    assert sanan.refund_limit == Rupiah(500_000)


def test_the_secretary_may_not_set_it(session, sanan, sign_in, path):
    browser = sign_in(make_officer(session, sanan, Role.SECRETARY, "Bu Rini"))

    answer = browser.post(f"{path}/batas-pengembalian", data={"refund_limit": "1.000"})

    assert answer.status_code == 403


def test_a_limit_below_nothing_is_refused(session, sanan):
    by = make_account(session).id

    with pytest.raises(Invalid):
        service.set_refund_limit(session, sanan, Rupiah(-1), by=by, at=SATURDAY)
