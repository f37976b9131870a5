from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.access import Role
from marketplace.members.models import Member
from marketplace.orders import service as orders
from marketplace.orders.rules import OrderState
from tests.makers import (
    SATURDAY,
    make_account,
    make_cooperative,
    make_listing,
    make_member,
    make_officer,
    make_point,
)
from tests.orders.conftest import first, make_request


@pytest.fixture
def sanan(session: Session) -> Cooperative:
    cooperative = make_cooperative(session, "Sanan Tempe Muda", share_basis_points=1250)
    make_point(session, cooperative)
    return cooperative


@pytest.fixture
def treasurer(session: Session, sanan: Cooperative) -> Account:
    return make_officer(session, sanan, Role.TREASURER, "Bu Wati")


@pytest.fixture
def chair(session: Session, sanan: Cooperative) -> Account:
    return make_officer(session, sanan, Role.CHAIR, "Pak Budi")


@pytest.fixture
def lilik(session: Session, sanan: Cooperative) -> Member:
    """A maker of whose keripik three bags were sold for Rp 52.500 in cash."""
    member = make_member(session, sanan, "Bu Lilik", account=make_account(session, "Bu Lilik"))
    _sell(session, sanan, member, 17_500, 3)
    return member


@pytest.fixture
def wahyu(session: Session, sanan: Cooperative) -> Member:
    """A maker without an account, of whose tempe one was sold for Rp 9.999."""
    member = make_member(session, sanan, "Mas Wahyu", phone="+6281211112222")
    _sell(session, sanan, member, 9_999, 1)
    return member


def _sell(session: Session, sanan: Cooperative, maker: Member, price: int, quantity: int) -> None:
    goods = make_listing(session, sanan, f"Tempe {maker.name}", price=price, maker=maker)
    placed = orders.place(session, make_request((goods, quantity)), at=SATURDAY)
    order = first(session, placed.id)
    for state in (OrderState.IN_PREPARATION, OrderState.READY_FOR_PICKUP, OrderState.FINISHED):
        orders.advance(session, order, state, actor_id=None, at=SATURDAY)
