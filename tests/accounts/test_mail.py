from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from flask import Flask

from marketplace.accounts import mail, queries, service
from marketplace.accounts.rules import Login
from marketplace.kernel.text import say
from marketplace.web.mail import absolute, as_text, send_mail
from marketplace.web.transactions import transaction
from tests.makers import make_account

SATURDAY = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)


@pytest.fixture
def outbox(app: Flask, session):
    """Have the worker post what is ready, and give what has arrived."""
    app.extensions["mailman"].outbox = []

    def posted():
        session.commit()
        app.extensions["jobs"].deliver_waiting()
        return app.extensions["mailman"].outbox

    return posted


def facts(account) -> dict[str, object]:
    from marketplace.kernel.ids import to_text

    return {"account_id": to_text(account.id) if account else None}


def test_a_mail_carries_a_link_at_our_own_origin_that_opens_the_account(session, outbox):
    sari = make_account(session, email="sari@contoh.id")

    mail.send_reset(session, facts(sari), SATURDAY)

    (message,) = outbox()
    assert message.to == ["sari@contoh.id"]
    (secret,) = re.findall(r"^http://localhost/tautan/(\S+)$", message.body, re.MULTILINE)
    assert queries.open_link(session, secret, at=SATURDAY).account_id == sari.id
    html, kind = message.alternatives[0]
    assert kind == "text/html"
    assert secret in html
    assert 'style="' in html


def test_a_mail_is_written_in_the_receivers_language(session, outbox):
    make_account(session, email="x@contoh.id")
    sari = make_account(session, email="sari@contoh.id", language="en")

    mail.send_reset(session, facts(sari), SATURDAY)

    assert outbox()[0].subject == "New password"
    assert "Kata sandi" not in outbox()[0].body
    assert '<html lang="en">' in outbox()[0].alternatives[0][0]


def test_nobody_is_written_to_when_there_is_nobody(session, outbox):
    closed = make_account(session, email="a@contoh.id", closed_at=SATURDAY)
    for account in (None, make_account(session), closed):
        for send in (mail.send_reset, mail.send_registered_again, mail.send_password_reset):
            send(session, facts(account), SATURDAY)

    assert outbox() == []


def test_the_owner_hears_of_a_second_registration_and_of_a_new_password(session, outbox):
    sari = make_account(session, email="sari@contoh.id")

    mail.send_registered_again(session, facts(sari), SATURDAY)
    mail.send_password_reset(session, facts(sari), SATURDAY)

    assert [message.subject for message in outbox()] == [
        "Kamu sudah punya akun",
        "Kata sandimu diganti",
    ]


def test_a_name_cannot_write_html_into_a_mail(session, outbox):
    sari = make_account(session, "<script>x</script>\r\nBcc: a@b.id", email="sari@contoh.id")

    mail.send_reset(session, facts(sari), SATURDAY)

    assert "<script>" not in outbox()[0].alternatives[0][0]
    assert outbox()[0].to == ["sari@contoh.id"]


def test_asking_sends_the_mail_once_the_transaction_is_kept(own_app):
    with own_app.app_context():
        with transaction() as session:
            make_account(session, email="sari@contoh.id")
            service.ask_reset(session, Login(email="sari@contoh.id"), at=SATURDAY)
        own_app.extensions["mailman"].outbox = sent = []

        own_app.extensions["jobs"].drain()

        assert [message.to for message in sent] == [["sari@contoh.id"]]


def test_the_plain_text_of_a_mail_says_what_its_html_says():
    html = "<html><head><title>x</title><style>p{}</style></head><body><h1>Halo</h1>\n<p>Satu<br>dua &amp; tiga</p><ul><li>empat</li></ul></body></html>"  # fmt: skip  # noqa: E501

    assert as_text(html) == "Halo\n\nSatu\ndua & tiga\n\nempat\n"


def test_an_unknown_language_is_written_in_indonesian(app, outbox):
    send_mail("a@b.id", say("Kata sandi baru"), "accounts/reset", language="xx", name="S", link="/")

    assert outbox()[0].subject == "Kata sandi baru"
    assert absolute("/x") == "http://localhost/x"
