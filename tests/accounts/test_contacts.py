"""Changing the phone number and the e-mail address: what the services keep and tell."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts import mail, queries, service
from marketplace.accounts.models import LinkPurpose, OneTimeLink
from marketplace.accounts.rules import Login
from marketplace.kernel.errors import Gone, Invalid
from marketplace.kernel.ids import new_id, to_text
from marketplace.outbox.models import OutboxMessage
from marketplace.web.clock import now
from tests.accounts.people import OTHER, PASSWORD, SATURDAY, make_sari, prove
from tests.makers import make_account

NEW_PHONE = "+6281377778888"
NEW = "sari.baru@contoh.id"
DAY = timedelta(days=1)


@pytest.fixture
def sari(session):
    return make_sari(session, email="sari@contoh.id")


@pytest.fixture
def letters(app, session):
    """Have the worker do what waits, and give the mails that arrived since."""

    def fetch():
        app.extensions["mailman"].outbox = []
        session.commit()
        app.extensions["jobs"].deliver_waiting()  # tells, by which mails are written
        app.extensions["jobs"].deliver_waiting()  # posts them
        return {message.to[0]: message for message in app.extensions["mailman"].outbox}

    return fetch


def ask(session, account, email=NEW, at=SATURDAY):
    service.ask_email(session, prove(session, account), email, at=at)
    return queries.waiting_email(session, account.id, at=at)


def asked_and_linked(session, account, email=NEW, at=SATURDAY) -> str:
    return service.make_email_link(session, ask(session, account, email, at))


# Saying the password again


def test_saying_the_password_again_needs_the_right_one_of_this_person(session, sari):
    with pytest.raises(service.NotYourPassword) as wrong:
        service.prove_again(session, sari.id, OTHER)
    with pytest.raises(service.NotYourPassword):
        service.prove_again(session, make_account(session, "Tanpa Sandi").id, PASSWORD)

    assert list(wrong.value.fields) == ["current_password"]
    assert service.prove_again(session, sari.id, PASSWORD).account_id == sari.id


@pytest.mark.parametrize("change", ["password", "closing"])
def test_a_proof_of_yesterday_changes_nothing(session, sari, change):
    proof = prove(session, sari)
    if change == "password":
        service.change_password(session, proof, "another hash", keep=None, at=SATURDAY)
    else:
        sari.closed_at = SATURDAY
        session.flush()

    for act in (
        lambda: service.change_phone(session, proof, NEW_PHONE, at=SATURDAY),
        lambda: service.ask_email(session, proof, NEW, at=SATURDAY),
    ):
        with pytest.raises(service.WrongPassword):
            act()
    assert queries.waiting_email(session, sari.id, at=SATURDAY) is None


# The phone number


def test_another_number_signs_in_from_then_on_and_the_owner_is_told(session, sari, letters):
    service.change_phone(session, prove(session, sari), NEW_PHONE, at=SATURDAY)

    assert queries.by_login(session, Login(phone=NEW_PHONE)) is sari
    assert queries.by_login(session, Login(phone="+6281234567890")) is None
    (notice,) = queries.notices_of(session, sari.id)
    assert str(queries.sentence_of(notice)) == "Nomor HP akunmu sekarang 0813••8888."
    assert letters()["sari@contoh.id"].subject == "Nomor HP akunmu diganti"


def test_a_number_can_be_changed_back_and_is_noticed_each_time(session, sari):
    for phone in (NEW_PHONE, "+6281234567890", NEW_PHONE):
        service.change_phone(session, prove(session, sari), phone, at=SATURDAY)

    assert queries.count_notices(session, sari.id) == 3


@pytest.mark.parametrize("closed_at", [None, SATURDAY])
def test_a_number_of_somebody_else_is_refused_whoever_it_is(session, sari, closed_at):
    taken = make_account(session, "Budi", phone=NEW_PHONE, closed_at=closed_at)
    proof = prove(session, sari)
    session.commit()

    with pytest.raises(service.PhoneTaken) as refused:
        service.change_phone(session, proof, NEW_PHONE, at=SATURDAY)
    session.rollback()

    assert "Budi" not in str(refused.value)
    assert (sari.phone, taken.phone) == ("+6281234567890", NEW_PHONE)


def test_ones_own_number_and_address_are_no_change(session, sari):
    proof = prove(session, sari)

    with pytest.raises(Invalid, match="nomormu"):
        service.change_phone(session, proof, "+6281234567890", at=SATURDAY)
    with pytest.raises(Invalid, match="alamat e-mailmu"):
        service.ask_email(session, proof, "sari@contoh.id", at=SATURDAY)

    assert queries.count_notices(session, sari.id) == 0


def test_who_has_no_address_is_told_inside_the_site_only(session, sari, letters):
    sari.email = None

    service.change_phone(session, prove(session, sari), NEW_PHONE, at=SATURDAY)

    assert letters() == {}
    assert queries.count_notices(session, sari.id) == 1


# The e-mail address


def test_an_address_is_taken_only_when_its_link_is_used(session, sari):
    secret = asked_and_linked(session, sari)

    assert sari.email == "sari@contoh.id"
    assert service.use_email_link(session, sari.id, secret, at=SATURDAY) == "sari@contoh.id"

    assert sari.email == NEW
    assert queries.by_login(session, Login(email=NEW)) is sari
    assert queries.by_login(session, Login(email="sari@contoh.id")) is None
    assert queries.waiting_email(session, sari.id, at=SATURDAY) is None


def test_a_first_address_replaces_none(session, sari):
    sari.email = None

    assert (
        service.use_email_link(session, sari.id, asked_and_linked(session, sari), at=SATURDAY)
        is None
    )
    assert sari.email == NEW


def test_a_link_works_once_and_for_a_day(session, sari):
    secret = asked_and_linked(session, sari)

    with pytest.raises(Gone):
        service.use_email_link(session, sari.id, secret, at=SATURDAY + DAY)
    late = SATURDAY + DAY - timedelta(seconds=1)
    service.use_email_link(session, sari.id, secret, at=late)
    with pytest.raises(Gone):
        service.use_email_link(session, sari.id, secret, at=late)


def test_a_second_wish_replaces_the_first(session, sari):
    first = asked_and_linked(session, sari, "satu@contoh.id")
    second = asked_and_linked(session, sari, "dua@contoh.id")

    with pytest.raises(Gone):
        service.use_email_link(session, sari.id, first, at=SATURDAY)
    service.use_email_link(session, sari.id, second, at=SATURDAY)

    assert sari.email == "dua@contoh.id"


def test_the_link_of_another_person_is_as_good_as_none(session, sari):
    """Who gets a mail by a slip of the pen cannot give their address to a stranger's account."""
    secret = asked_and_linked(session, sari)
    stranger = make_account(session, "Orang lain")

    with pytest.raises(Gone):
        service.use_email_link(session, stranger.id, secret, at=SATURDAY)
    with pytest.raises(Gone):
        queries.open_link(session, secret, at=SATURDAY)

    assert (stranger.email, sari.email) == (None, "sari@contoh.id")


def test_a_link_for_a_password_confirms_no_address(session, sari):
    secret = service.make_reset_link(session, sari, at=SATURDAY)

    with pytest.raises(Gone):
        service.use_email_link(session, sari.id, secret, at=SATURDAY)


def test_links_that_went_to_the_old_address_work_no_longer(session, sari):
    reset = service.make_reset_link(session, sari, at=SATURDAY)

    service.use_email_link(session, sari.id, asked_and_linked(session, sari), at=SATURDAY)

    session.expire_all()
    with pytest.raises(Gone):
        queries.open_link(session, reset, at=SATURDAY)


def test_an_address_that_got_an_account_meanwhile_is_refused(session, sari):
    secret = asked_and_linked(session, sari)
    make_account(session, "Budi", email=NEW)
    session.commit()

    with pytest.raises(service.EmailTaken):
        service.use_email_link(session, sari.id, secret, at=SATURDAY)
    session.rollback()

    assert sari.email == "sari@contoh.id"
    assert queries.open_email_link(session, sari.id, secret, at=SATURDAY)


def test_asking_leaves_the_same_traces_for_free_and_for_taken_addresses(session, sari):
    make_account(session, "Budi", email="budi@contoh.id")
    traces = []
    for email in ("budi@contoh.id", NEW):
        link = ask(session, sari, email)
        told = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
        traces.append((link.purpose, link.expires_at, told.topic, told.facts))

    assert traces[0] == traces[1]
    assert traces[0][0] is LinkPurpose.CONFIRM_EMAIL


def test_no_secret_and_no_address_is_kept_in_what_is_told(session, sari):
    secret = asked_and_linked(session, sari)

    told = session.scalars(select(OutboxMessage)).all()
    assert not [message for message in told if secret in str(message.facts)]
    assert not [message for message in told if NEW in str(message.facts)]
    assert secret not in {link.secret_hash for link in session.scalars(select(OneTimeLink))}


# The mails


def test_the_new_address_gets_a_link_and_no_name(session, sari, letters):
    ask(session, sari, at=now())

    letter = letters()[NEW]

    (secret,) = re.findall(r"^http://localhost/akun/email/(\S+)$", letter.body, re.MULTILINE)
    assert queries.open_email_link(session, sari.id, secret, at=now())
    assert letter.subject == "Pastikan alamat e-mailmu"
    assert "Sari" not in letter.body


def test_the_owner_of_a_taken_address_hears_of_it_without_a_link(session, sari, letters):
    make_account(session, "Budi", email="budi@contoh.id", language="en")
    ask(session, sari, "budi@contoh.id", at=now())

    letter = letters()["budi@contoh.id"]

    assert letter.subject == "Somebody tried to use your e-mail address"
    assert "Hello Budi" in letter.body
    assert "Sari" not in letter.body
    assert "/akun/email/" not in letter.body


def test_a_mail_is_not_written_once_its_wish_is_over(session, sari, letters):
    ask(session, sari)
    facts = {"account_id": to_text(sari.id)}
    used = service.make_email_link(session, queries.waiting_email(session, sari.id, at=SATURDAY))
    service.use_email_link(session, sari.id, used, at=SATURDAY)
    letters()

    mail.send_email_link(session, facts, SATURDAY)
    mail.send_email_link(session, {"account_id": to_text(new_id())}, SATURDAY)

    assert letters() == {}


def test_the_old_address_is_told_in_the_language_of_its_owner(app, session, sari, letters):
    sari.language = "en"

    mail.send_email_changed(sari, "sari@contoh.id")

    letter = letters()["sari@contoh.id"]
    assert letter.subject == "Your account's e-mail address was changed"
    assert "Hello Sari" in letter.body
