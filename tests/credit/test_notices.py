"""The member hears of a new bon, of its day, that it is late, and of what was paid: each once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts.models import Notice
from marketplace.credit import service
from marketplace.credit.notices import remind
from marketplace.credit.own_data import of_debtor
from marketplace.credit.rules import PaidBy
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from tests.credit.conftest import HAND_OVER
from tests.makers import SATURDAY, make_account


@pytest.fixture
def told(session, sri):
    """List what Bu Sri was told of her bons, oldest first."""

    def texts() -> list[str]:
        rows = session.scalars(
            select(Notice)
            .where(Notice.account_id == sri.id, Notice.cause.startswith("bon:"))
            .order_by(Notice.id)
        )
        return [row.text for row in rows]

    return texts


def deliver(app, session) -> None:
    session.commit()
    app.extensions["jobs"].deliver_waiting()


def test_a_bon_and_its_payment_are_told_in_both_languages(
    app, session, sign_in, velodrome, member, sri, treasurer, limited, sold
):
    limited(500_000)
    sold(120_000)
    service.pay(session, member, Rupiah(20_000), PaidBy.CASH, key="a", by=treasurer.id, at=SATURDAY)
    deliver(app, session)
    browser = sign_in(sri)

    page = browser.get("/akun/pemberitahuan").text.replace("\xa0", " ")
    browser.get("/bahasa/en?lanjut=/")
    english = browser.get("/akun/pemberitahuan").text.replace("\xa0", " ")

    assert "mencatat bon Rp 120.000 untuk Minyak goreng 5 L." in page
    assert "Bayar paling lambat 12 Desember 2026." in page
    assert "Sisa bonmu Rp 100.000." in page
    assert f"/akun/bon/{velodrome.slug}" in page
    assert "Pay by 12 December 2026." in english


def test_a_bon_that_was_taken_back_is_not_told(
    app, session, member, treasurer, limited, sold, told
):
    limited(500_000)
    source = new_id()
    sold(120_000, source=source)
    service.undo_charge(session, member, HAND_OVER, source, by=treasurer.id, at=SATURDAY)

    deliver(app, session)

    assert told() == []


@pytest.mark.parametrize(
    ("days", "words"), [(11, []), (12, ["jatuh tempo"]), (14, ["jatuh tempo"]), (15, ["lewat"])]
)
def test_members_are_reminded_two_days_before_and_when_it_is_late(
    session, limited, sold, told, days, words
):
    limited(500_000, due_days=14)
    sold(120_000)

    for _ in range(2):
        remind(session, at=SATURDAY + timedelta(days=days))

    assert len(told()) == len(words)
    assert all(word in text for word, text in zip(words, told(), strict=True))


def test_nobody_is_reminded_of_what_is_paid(session, member, treasurer, limited, sold, told):
    limited(500_000)
    sold(120_000)
    service.pay(
        session, member, Rupiah(120_000), PaidBy.CASH, key="a", by=treasurer.id, at=SATURDAY
    )

    remind(session, at=SATURDAY + timedelta(days=30))

    assert told() == []


def test_a_member_without_an_account_is_told_nothing(session, member, limited, sold, told):
    limited(500_000)
    sold(120_000)
    member.account_id = None
    session.flush()

    remind(session, at=SATURDAY + timedelta(days=30))

    assert told() == []


def test_own_data_holds_ones_own_credit_and_nobody_elses(
    session, velodrome, member, sri, treasurer, limited, sold
):
    limited(500_000)
    sold(120_000)
    service.hold(session, member, "test", new_id(), Rupiah(5_000), at=SATURDAY)
    service.pay(session, member, Rupiah(20_000), PaidBy.CASH, key="a", by=treasurer.id, at=SATURDAY)

    mine, others = of_debtor(session, sri.id), of_debtor(session, make_account(session).id)

    assert mine["credit_limits"][0]["amount"] == 500_000
    assert mine["credit_holds"][0]["amount"] == 5_000
    (bill,) = mine["credit_bills"]
    assert (bill["cooperative"], bill["paid"], bill["due_on"]) == (
        velodrome.slug,
        20_000,
        "2026-12-12",
    )
    assert mine["credit_payments"][0]["way"] == "tunai"
    assert not any(others.values())
