from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.access import Role
from tests.makers import make_cooperative, make_officer


@pytest.fixture
def sanan(session: Session) -> Cooperative:
    """A cooperative that takes cash and has told nobody yet where money goes."""
    return make_cooperative(
        session, "Sanan Tempe Muda", slug="sanan", qris_payload=None, takes_qris=False
    )


@pytest.fixture
def chair(session: Session, sanan: Cooperative) -> Account:
    return make_officer(session, sanan, Role.CHAIR, "Pak Budi")


@pytest.fixture
def treasurer(session: Session, sanan: Cooperative) -> Account:
    return make_officer(session, sanan, Role.TREASURER, "Bu Rina")
