"""The phone number and the e-mail address by which a person signs in."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.accounts import queries
from marketplace.accounts.models import LinkPurpose, OneTimeLink
from marketplace.accounts.service.links import end_links, use_up
from marketplace.accounts.service.notices import notify
from marketplace.accounts.service.signing_in import Proof, proven
from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.ids import to_text
from marketplace.kernel.phones import masked
from marketplace.kernel.secrets import hashed, new_secret
from marketplace.kernel.text import say
from marketplace.outbox import service as outbox

EMAIL_LASTS = timedelta(hours=24)


class PhoneTaken(RuleBroken):
    """A number that signs somebody in already; whom, and why it will not do, is not told."""

    status = 422
    code = "phone_taken"

    def __init__(self) -> None:
        taken = say(
            "Nomor ini tidak bisa dipakai. Pakai nomor lain, "
            "atau minta bantuan pengurus koperasimu."
        )
        super().__init__(taken, fields={"phone": taken})


class EmailTaken(RuleBroken):
    """Another account got the address while its confirmation waited."""

    code = "email_taken"

    def __init__(self) -> None:
        super().__init__(say("Alamat ini sudah dipakai akun lain. Pilih alamat lain."))


def change_phone(session: Session, proof: Proof, phone: str, *, at: datetime) -> None:
    """Sign in by another number from now on; the owner is told on every way there is."""
    account = proven(session, proof)
    if account.phone == phone:
        same = say("Ini sudah nomormu.")
        raise Invalid(same, fields={"phone": same})
    account.phone = phone
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as clash:
        raise PhoneTaken from clash
    message = outbox.tell(session, "account.phone_changed", at=at, account_id=to_text(account.id))
    sentence = say("Nomor HP akunmu sekarang %(phone)s.", phone=masked(phone))
    notify(session, account.id, f"phone:{to_text(message.id)}", sentence, "/akun/profil", at)


def ask_email(session: Session, proof: Proof, email: str, *, at: datetime) -> None:
    """Ask for an address to be confirmed by mail; an earlier wish is forgotten.

    What happens tells nobody whether the address belongs to another account: who it
    belongs to is looked up when the mail is written.
    """
    account = proven(session, proof)
    if account.email == email:
        same = say("Ini sudah alamat e-mailmu.")
        raise Invalid(same, fields={"email": same})
    end_links(session, account.id, LinkPurpose.CONFIRM_EMAIL, at=at)
    link = OneTimeLink(
        account_id=account.id,
        purpose=LinkPurpose.CONFIRM_EMAIL,
        email=email,
        secret_hash=hashed(new_secret()),  # nobody knows it: see make_email_link
        created_at=at,
        expires_at=at + EMAIL_LASTS,
    )
    session.add(link)
    session.flush()
    outbox.tell(session, "account.email_asked", at=at, account_id=to_text(account.id))


def make_email_link(session: Session, link: OneTimeLink) -> str:
    """Give a waiting wish its secret, at the moment its mail is written."""
    secret = new_secret()
    link.secret_hash = hashed(secret)
    session.flush()
    return secret


def use_email_link(session: Session, account_id: UUID, secret: str, *, at: datetime) -> str | None:
    """Take the address that a link confirms; gives the old one, which is kept nowhere else.

    Links for a new password that went to the old address work no longer.
    """
    link = queries.open_email_link(session, account_id, secret, at=at)
    use_up(session, link, at=at)
    account = queries.account(session, account_id)
    old, account.email = account.email, link.email
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as clash:
        raise EmailTaken from clash
    end_links(session, account_id, LinkPurpose.RESET, at=at)
    outbox.tell(session, "account.email_changed", at=at, account_id=to_text(account_id))
    sentence = say("Alamat e-mail akunmu sudah diganti.")
    notify(session, account_id, f"email:{to_text(link.id)}", sentence, "/akun/profil", at)
    return old
