from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.access import Role
from marketplace.ledger import queries, service
from marketplace.ledger.queries import LedgerBook
from marketplace.ledger.rules import Purpose, Unit
from tests.ledger.conftest import posting
from tests.makers import SATURDAY, make_cooperative, make_officer


@pytest.fixture
def sanan(session: Session) -> Cooperative:
    return make_cooperative(session, "Sanan Tempe Muda")


@pytest.fixture
def treasurer(session: Session, sanan: Cooperative) -> Account:
    return make_officer(session, sanan, Role.TREASURER, "Bu Wati")


@pytest.fixture
def chair(session: Session, sanan: Cooperative) -> Account:
    return make_officer(session, sanan, Role.CHAIR, "Pak Budi")


@pytest.fixture
def book(session: Session, sanan: Cooperative) -> LedgerBook:
    """The books of the shop with one sale and one purchase of stock."""
    for number, moves in enumerate(
        (
            ((Purpose.CASH, Purpose.PUBLIC_SALES, 60_000),),
            ((Purpose.STOCK, Purpose.CASH, 14_000), (Purpose.CASH, Purpose.PUBLIC_SALES, 1)),
        )
    ):
        service.post(
            session, sanan.id, Unit.SHOP,
            posting(*moves, key=str(number), memo='Beli "tempe" \\ kedelai'), at=SATURDAY,
        )  # fmt: skip
    found = queries.book_of(session, sanan.id, Unit.SHOP)
    assert found is not None
    return found
