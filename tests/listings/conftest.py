from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from obstore.store import MemoryStore
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.cooperatives.models import Cooperative
from marketplace.files.store import FileStore
from marketplace.kernel.access import Role
from marketplace.listings.rules import Editor
from marketplace.members.models import Member
from tests.makers import give_post, make_account, make_cooperative, make_member, make_officer


@pytest.fixture
def store() -> FileStore:
    return FileStore(MemoryStore())


@pytest.fixture
def sanan(session: Session) -> Cooperative:
    return make_cooperative(session, "Sanan Tempe Muda", slug="sanan-tempe-muda")


@pytest.fixture
def velodrome(session: Session) -> Cooperative:
    return make_cooperative(session, "Velodrome Rukun Jaya", slug="velodrome")


@pytest.fixture
def lilik_account(session: Session, sanan: Cooperative) -> Account:
    account = make_account(session, "Bu Lilik")
    give_post(session, sanan, account, Role.SELLER)
    return account


@pytest.fixture
def lilik(session: Session, sanan: Cooperative, lilik_account: Account) -> Member:
    return make_member(session, sanan, "Bu Lilik", account=lilik_account, number=17)


@pytest.fixture
def officer(session: Session, sanan: Cooperative) -> Account:
    return make_officer(session, sanan)


@pytest.fixture
def chair(officer: Account) -> Editor:
    return Editor(account_id=officer.id, all_goods=True)


@pytest.fixture
def seller(lilik: Member, lilik_account: Account) -> Editor:
    return Editor(account_id=lilik_account.id, member_id=lilik.id, own_goods=True)


@pytest.fixture
def desk(sign_in: Callable[[Account], FlaskClient], officer: Account) -> FlaskClient:
    """An officer's browser."""
    return sign_in(officer)
