"""The member hears that titipan was paid out: once, by the site and by mail, in their language."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Notice
from marketplace.balances import service
from marketplace.kernel.money import Rupiah
from marketplace.payouts.rules import PaidBy
from tests.makers import SATURDAY


@pytest.fixture
def pay_out(app, session, sanan, saved, member, treasurer) -> Callable[[], None]:
    """Bu Lilik has Rp 50.000; she gets Rp 20.000 of it by bank, and the outbox is emptied."""
    saved(50_000)

    def pay() -> None:
        asked = service.ask(
            session, sanan, member.id, Rupiah(20_000), key="1", by=treasurer.id, at=SATURDAY
        )
        for _ in range(2):  # the second tap says nothing new
            service.pay(
                session, asked, PaidBy.TRANSFER,
                reference="TRF 88", by=treasurer.id, at=SATURDAY,
            )  # fmt: skip
        session.commit()
        app.extensions["jobs"].deliver_waiting()

    return pay


def told(session: Session, account) -> list[Notice]:
    return list(
        session.scalars(
            select(Notice).where(
                Notice.account_id == account.id, Notice.cause.startswith("titipan:")
            )
        )
    )


@pytest.fixture
def letters(app) -> Callable[[], list]:
    """List what was posted during this test."""
    app.extensions["mailman"].outbox = []
    return lambda: app.extensions["mailman"].outbox


def test_the_member_sees_a_notice_that_leads_to_the_balance(
    session, sign_in, pay_out, lilik, sanan
):
    pay_out()

    (notice,) = told(session, lilik)
    browser = sign_in(lilik)
    page = browser.get("/akun/pemberitahuan").text.replace("\xa0", " ")
    browser.get("/bahasa/en?lanjut=/")
    english = browser.get("/akun/pemberitahuan").text.replace("\xa0", " ")

    assert notice.url == f"/akun/titipan/{sanan.slug}"
    assert f"{sanan.name} membayarkan titipanmu Rp 20.000. Cara: Transfer bank." in page
    assert f"{sanan.name} paid Rp 20.000 of your balance out to you. Way: Bank transfer" in english


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("id", "Titipanmu dibayarkan", ("Cara: Transfer bank.", "Sisa titipanmu Rp 30.000.")),
        ("en", "Your balance was paid out", ("Way: Bank transfer.", "Rp 30.000 of your balance")),
    ],
)
def test_the_member_gets_one_mail_in_their_language(
    session, pay_out, letters, lilik, sanan, language, subject, words
):
    lilik.email, lilik.language = "lilik@contoh.id", language

    pay_out()

    (letter,) = letters()
    body = letter.body.replace("\xa0", " ")
    assert (letter.to, letter.subject) == (["lilik@contoh.id"], subject)
    assert all(word in body for word in (*words, "TRF 88", f"/akun/titipan/{sanan.slug}"))


def test_who_has_no_address_is_told_on_the_site_alone(session, pay_out, letters, lilik):
    lilik.email = None

    pay_out()

    assert letters() == []
    assert len(told(session, lilik)) == 1


def test_a_member_without_an_account_is_told_nothing(session, pay_out, letters, lilik, member):
    lilik.email, member.account_id = "lilik@contoh.id", None

    pay_out()

    assert letters() == []
    assert told(session, lilik) == []
