"""Any order of signing in, leaving, links and tokens: what opens is what a plain model says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.orm import Session

from marketplace.accounts import queries, service
from marketplace.accounts.models import Account, LinkPurpose
from marketplace.accounts.queries import LinkGone
from tests.accounts.people import SATURDAY
from tests.makers import make_account

SIGN_IN_LASTS = timedelta(days=30)
RESET_LASTS = timedelta(hours=1)
EMAIL_LASTS = timedelta(hours=24)
people = st.integers(0, 1)
_hashes = count(1)


@dataclass
class Key:
    """Something that lets a person in, as the model sees it."""

    owner: int
    until: object
    open: bool = True


class People(RuleBasedStateMachine):
    """Two people; each run works between two savepoints of one session."""

    session: Session

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = self.session.begin_nested()
        self.at = SATURDAY
        self.accounts: list[Account] = []
        self.cookies: dict[str, Key] = {}
        self.tokens: dict[str, Key] = {}
        self.links: dict[str, Key] = {}
        self.wishes: dict[str, Key] = {}

    def teardown(self) -> None:
        self.savepoint.rollback()
        self.session.expunge_all()

    @initialize()
    def two_people(self) -> None:
        self.accounts = [
            make_account(self.session, name, password_hash=f"hash {next(_hashes)}")
            for name in ("Sari", "Budi")
        ]

    def proof(self, who: int) -> service.Proof:
        account = self.accounts[who]
        return service.Proof(account.id, account.password_hash, None)

    def is_open(self, key: Key) -> bool:
        return key.open and (key.until is None or key.until > self.at)

    def end(self, keys: dict[str, Key], who: int, but: str | None = None) -> None:
        for secret, key in keys.items():
            if key.owner == who and secret != but:
                key.open = False

    def some(self, keys: dict[str, Key], number: int) -> tuple[str, Key]:
        secret = list(keys)[number % len(keys)]
        return secret, keys[secret]

    @rule(minutes=st.sampled_from([1, 59, 60, 24 * 60, 30 * 24 * 60]))
    def time_goes_by(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    @rule(who=people)
    def sign_in(self, who: int) -> None:
        secret = service.sign_in(self.session, self.proof(who), browser="", address="", at=self.at)
        self.cookies[secret] = Key(who, self.at + SIGN_IN_LASTS)

    @precondition(lambda self: self.cookies)
    @rule(number=st.integers(0, 9))
    def sign_out(self, number: int) -> None:
        secret, key = self.some(self.cookies, number)
        row = queries.open_sign_in(self.session, secret, at=self.at)
        if row is not None:
            service.end_sign_in(self.session, self.accounts[key.owner].id, row.id, at=self.at)
            key.open = False

    @precondition(lambda self: self.cookies)
    @rule(number=st.integers(0, 9))
    def sign_out_elsewhere(self, number: int) -> None:
        secret, key = self.some(self.cookies, number)
        row = queries.open_sign_in(self.session, secret, at=self.at)
        keep = row.id if row is not None else None
        service.end_other_sign_ins(self.session, self.accounts[key.owner].id, keep=keep, at=self.at)
        self.end(self.cookies, key.owner, but=secret if row is not None else None)

    @rule(who=people)
    def change_password(self, who: int) -> None:
        ready = f"hash {next(_hashes)}"
        service.change_password(self.session, self.proof(who), ready, keep=None, at=self.at)
        self.end(self.cookies, who)

    @rule(who=people, days=st.sampled_from([None, 1, 90]))
    def make_token(self, who: int, days: int | None) -> None:
        if len(queries.tokens_of(self.session, self.accounts[who].id)) >= 20:
            return
        until = self.at + timedelta(days=days) if days else None
        secret = service.create_token(
            self.session, self.accounts[who], "kasir", ["orders"], until, at=self.at
        )
        self.tokens[secret] = Key(who, until)

    @precondition(lambda self: self.tokens)
    @rule(number=st.integers(0, 9))
    def revoke_token(self, number: int) -> None:
        secret, key = self.some(self.tokens, number)
        row = queries.open_token(self.session, secret, at=self.at)
        if row is not None:
            service.revoke_token(self.session, self.accounts[key.owner].id, row.id, at=self.at)
            key.open = False

    @rule(who=people)
    def ask_reset_link(self, who: int) -> None:
        self.end(self.links, who)
        secret = service.make_reset_link(self.session, self.accounts[who], at=self.at)
        self.links[secret] = Key(who, self.at + RESET_LASTS)

    @precondition(lambda self: self.links)
    @rule(number=st.integers(0, 9))
    def use_reset_link(self, number: int) -> None:
        secret, key = self.some(self.links, number)
        ready = f"hash {next(_hashes)}"
        if not self.is_open(key):
            with pytest.raises(LinkGone):
                service.use_reset_link(self.session, secret, ready, at=self.at)
            return
        account = service.use_reset_link(self.session, secret, ready, at=self.at)
        assert account is self.accounts[key.owner]
        key.open = False
        self.end(self.cookies, key.owner)
        self.end(self.tokens, key.owner)

    @rule(who=people)
    def wish_for_an_address(self, who: int) -> None:
        self.end(self.wishes, who)
        email = f"orang{next(_hashes)}@contoh.id"
        service.ask_email(self.session, self.proof(who), email, at=self.at)
        link = queries.waiting_email(self.session, self.accounts[who].id, at=self.at)
        secret = service.make_email_link(self.session, link)
        self.wishes[secret] = Key(who, self.at + EMAIL_LASTS)

    @precondition(lambda self: self.wishes)
    @rule(number=st.integers(0, 9), who=people)
    def confirm_an_address(self, number: int, who: int) -> None:
        secret, key = self.some(self.wishes, number)
        account = self.accounts[who]
        if who != key.owner or not self.is_open(key):
            before = account.email
            with pytest.raises(LinkGone):
                service.use_email_link(self.session, account.id, secret, at=self.at)
            assert account.email == before
            return
        service.use_email_link(self.session, account.id, secret, at=self.at)
        key.open = False
        self.end(self.links, who)

    @invariant()
    def what_opens_is_what_the_model_says(self) -> None:
        self.session.flush()
        self.session.expire_all()
        for secret, key in self.cookies.items():
            found = queries.open_sign_in(self.session, secret, at=self.at)
            assert (found is not None) == self.is_open(key)
            assert found is None or found.account_id == self.accounts[key.owner].id
        for secret, key in self.tokens.items():
            found_token = queries.open_token(self.session, secret, at=self.at)
            assert (found_token is not None) == self.is_open(key)
        for secret, key in self.links.items():
            assert opens(self.session, secret, LinkPurpose.RESET, self.at) == self.is_open(key)
        for secret, key in self.wishes.items():
            assert opens(self.session, secret, LinkPurpose.CONFIRM_EMAIL, self.at) == self.is_open(
                key
            )

    @invariant()
    def everybody_sees_their_own_browsers_and_no_others(self) -> None:
        for who, account in enumerate(self.accounts):
            seen = {row.id for row in queries.sign_ins_of(self.session, account.id, at=self.at)}
            own = [
                queries.open_sign_in(self.session, secret, at=self.at)
                for secret, key in self.cookies.items()
                if key.owner == who
            ]
            assert seen == {row.id for row in own if row is not None}


def opens(session, secret, purpose, at) -> bool:
    try:
        queries.open_link(session, secret, at=at, purpose=purpose)
    except LinkGone:
        return False
    return True


@pytest.mark.slow
def test_whatever_people_do_only_what_is_open_opens(session):
    run_state_machine_as_test(
        type("PeopleHere", (People,), {"session": session}),
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
