"""Signing in and out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.accounts import hashing, queries
from marketplace.accounts.models import Account, SignIn
from marketplace.accounts.rules import Login
from marketplace.kernel.errors import NotFound, RuleBroken
from marketplace.kernel.secrets import hashed, new_secret
from marketplace.kernel.text import say

SIGN_IN_DAYS = 30
TOUCH_EVERY = timedelta(minutes=10)


class WrongPassword(RuleBroken):
    """Login and password do not belong together; which of them is wrong is not told."""

    status = 422
    code = "wrong_password"

    def __init__(self) -> None:
        super().__init__(
            say(
                "Nomor HP, e-mail, atau kata sandi tidak cocok. Coba lagi, atau minta tautan masuk."
            )
        )


class NotYourPassword(WrongPassword):
    """Who is signed in was asked for the password again and typed another one."""

    def __init__(self) -> None:
        wrong = say("Kata sandi ini bukan kata sandimu. Coba lagi.")
        RuleBroken.__init__(self, wrong, fields={"current_password": wrong})


@dataclass(frozen=True, slots=True)
class Proof:
    """A person's password was right at this moment; ``new_hash`` if its hash is outdated."""

    account_id: UUID
    password_hash: str
    new_hash: str | None


def prove(session: Session, login: Login | None, password: str) -> Proof:
    """Check a password. Only reads, and takes as long for unknown people as for known ones.

    It is apart from ``sign_in`` so that no write lock is held while hashing.
    """
    account = queries.by_login(session, login) if login else None
    stored = account.password_hash if account else None
    if not hashing.is_right(stored, password) or account is None or stored is None:
        raise WrongPassword
    new_hash = hashing.hash_password(password) if hashing.is_outdated(stored) else None
    return Proof(account.id, stored, new_hash)


def prove_again(session: Session, account_id: UUID, password: str) -> Proof:
    """Check the password of who is signed in, before a change that only its owner may make."""
    stored = queries.account(session, account_id).password_hash
    if not hashing.is_right(stored, password) or stored is None:
        raise NotYourPassword
    return Proof(account_id, stored, None)


def proven(session: Session, proof: Proof) -> Account:
    """Fetch who proved it, unless the password was changed or the account closed since.

    The account is held meanwhile, so that two changes of one person come one after the other.
    """
    account = session.scalar(
        select(Account)
        .where(
            Account.id == proof.account_id,
            Account.password_hash == proof.password_hash,
            Account.closed_at.is_(None),
        )
        .with_for_update(key_share=True)
    )
    if account is None:
        raise WrongPassword
    return account


def sign_in(session: Session, proof: Proof, *, browser: str, address: str, at: datetime) -> str:
    """Sign in whoever proved it, unless the password was changed since; gives the secret."""
    account = proven(session, proof)
    if proof.new_hash is not None:
        account.password_hash = proof.new_hash
    return start_sign_in(session, account, browser=browser, address=address, at=at)


def start_sign_in(
    session: Session, account: Account, *, browser: str, address: str, at: datetime
) -> str:
    """Sign a person in on one browser; returns the secret for the cookie."""
    secret = new_secret()
    session.add(
        SignIn(
            account_id=account.id,
            secret_hash=hashed(secret),
            browser=browser[:200],
            address=address[:60],
            created_at=at,
            seen_at=at,
            expires_at=at + timedelta(days=SIGN_IN_DAYS),
        )
    )
    session.flush()
    return secret


def end_sign_in(session: Session, account_id: UUID, sign_in_id: UUID, *, at: datetime) -> None:
    """Sign a person out of one of their browsers; ending it twice does no harm."""
    found = session.get(SignIn, sign_in_id)
    if found is None or found.account_id != account_id:
        raise NotFound(say("Sesi ini tidak ada."))
    found.ended_at = found.ended_at or at
    session.flush()


def end_other_sign_ins(
    session: Session, account_id: UUID, *, keep: UUID | None, at: datetime
) -> int:
    """Sign a person out everywhere but here; gives how many browsers that were."""
    chosen = (
        update(SignIn)
        .where(SignIn.account_id == account_id, SignIn.ended_at.is_(None))
        .values(ended_at=at)
    )
    if keep is not None:
        chosen = chosen.where(SignIn.id != keep)
    ended = session.scalars(chosen.returning(SignIn.id)).all()
    return len(ended)


def touch(session: Session, sign_in_id: UUID, *, at: datetime) -> None:
    """Remember that a browser was used, at most every ten minutes."""
    session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.seen_at <= at - TOUCH_EVERY)
        .values(seen_at=at)
    )
