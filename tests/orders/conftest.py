from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.listings.models import Variant
from marketplace.orders.models import Order
from marketplace.orders.rules import OrderState
from marketplace.orders.service import Buyer, Choice, OrderRequest, place
from marketplace.payments.rules import PaymentMethod
from tests.makers import SATURDAY, make_cooperative, make_listing, make_officer, make_point

SARI = Buyer(name="Sari", phone="+6281234567890")


@pytest.fixture
def sanan(session: Session) -> Cooperative:
    cooperative = make_cooperative(session, "Sanan Tempe Muda", word="SANAN")
    make_point(session, cooperative)
    return cooperative


@pytest.fixture
def velodrome(session: Session) -> Cooperative:
    cooperative = make_cooperative(session, "Velodrome Rukun Jaya", word="VELO")
    make_point(session, cooperative, name="Velodrome")
    return cooperative


@pytest.fixture
def officer(session: Session, sanan: Cooperative) -> Account:
    return make_officer(session, sanan)


@pytest.fixture
def keripik(session: Session, sanan: Cooperative) -> Variant:
    return make_listing(session, sanan, "Keripik tempe", price=15_000, stock_count=10)


@pytest.fixture
def cilok(session: Session, velodrome: Cooperative) -> Variant:
    return make_listing(session, velodrome, "Cilok", price=10_000, stock_count=10)


def make_request(
    *wanted: tuple[Variant, int],
    method: PaymentMethod = PaymentMethod.COD,
    total: int | None = None,
    key: str | None = None,
    gateway: str | None = None,
    **choice: object,
) -> OrderRequest:
    basket: dict[UUID, int] = {}
    for variant, quantity in wanted:
        basket[variant.id] = basket.get(variant.id, 0) + quantity
    expected = sum(variant.price.amount * quantity for variant, quantity in wanted)
    chosen = Choice(method=method, **choice)  # type: ignore[arg-type]
    return OrderRequest(
        checkout_key=key or str(new_id()),
        basket=basket,
        buyer=SARI,
        expected_total=Rupiah(expected if total is None else total),
        choices={variant.cooperative_id: chosen for variant, _ in wanted},
        gateway=gateway,
    )


@pytest.fixture
def ordered(session: Session, keripik: Variant) -> Callable[..., Order]:
    """Place an order for keripik and bring it as far as asked."""
    from marketplace.orders import service

    def make(
        state: OrderState = OrderState.NEW,
        *,
        quantity: int = 2,
        method: PaymentMethod = PaymentMethod.COD,
    ) -> Order:
        purchase = place(session, make_request((keripik, quantity), method=method), at=SATURDAY)
        order = purchase.orders[0] if "orders" in purchase.__dict__ else first(session, purchase.id)
        if method is PaymentMethod.QRIS and state is not OrderState.AWAITING_PAYMENT:
            service.confirm_payment(
                session, order, order.total, key="1", actor_id=None, at=SATURDAY
            )
        for step in (OrderState.IN_PREPARATION, OrderState.READY_FOR_PICKUP, OrderState.FINISHED):
            if order.state is state:
                break
            order = service.advance(session, order, step, actor_id=None, at=SATURDAY)
        return order

    return make


def first(session: Session, purchase_id: UUID) -> Order:
    from sqlalchemy import select
    from sqlalchemy.orm import selectinload

    return session.scalars(
        select(Order)
        .where(Order.purchase_id == purchase_id)
        .options(selectinload(Order.lines))
        .order_by(Order.number)
    ).first()
