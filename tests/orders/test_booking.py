"""What an order leaves in the cooperative's books. Sources: CONSIGN-01, JRN-10 to JRN-13."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries as books
from marketplace.ledger.rules import Purpose, Unit
from marketplace.orders import service
from marketplace.orders.models import Order
from marketplace.orders.rules import OrderState
from marketplace.orders.service import OrderRequest
from marketplace.payments import service as payments
from marketplace.payments.queries import intent_of
from marketplace.payments.rules import BankAccount, PaymentMethod
from marketplace.stock import service as stock
from tests.makers import (
    SATURDAY,
    make_account,
    make_listing,
    make_member,
    make_officer,
)
from tests.orders.conftest import first, make_request

QRIS, CASH = PaymentMethod.QRIS, PaymentMethod.COD


def standing(session: Session, cooperative: Cooperative) -> dict[str, int]:
    book = books.book_of(session, cooperative.id, Unit.SHOP)
    if book is None:
        return {}
    return {
        line.code: line.balance.amount
        for line in books.trial_balance(session, book)
        if line.balance
    }


@pytest.fixture
def walk(session: Session) -> Callable[..., Order]:
    """Place an order and take it to a state, with money in time."""

    def go(request: OrderRequest, until: OrderState = OrderState.FINISHED) -> Order:
        order = first(session, service.place(session, request, at=SATURDAY).id)
        if order.state is OrderState.AWAITING_PAYMENT and until is not order.state:
            service.confirm_payment(
                session, order, order.total, key="a", actor_id=None, at=SATURDAY
            )
        for state in (OrderState.IN_PREPARATION, OrderState.READY_FOR_PICKUP, OrderState.FINISHED):
            if order.state is until:
                break
            service.advance(session, order, state, actor_id=None, at=SATURDAY)
        return order

    return go


def test_an_order_that_is_only_placed_is_not_in_the_books(
    session: Session, sanan: Cooperative, keripik, walk: Callable[..., Order]
) -> None:
    walk(make_request((keripik, 2), method=QRIS), OrderState.AWAITING_PAYMENT)

    assert standing(session, sanan) == {}


def test_money_before_the_goods_is_owed_to_the_buyer(
    session: Session, sanan: Cooperative, keripik, walk: Callable[..., Order]
) -> None:
    walk(make_request((keripik, 4), method=QRIS), OrderState.NEW)

    assert standing(session, sanan) == {"1-1200": 60_000, "2-1600": 60_000}


def test_goods_handed_over_are_a_sale_to_the_public(
    session: Session, sanan: Cooperative, keripik, walk: Callable[..., Order]
) -> None:
    walk(make_request((keripik, 4), method=QRIS))

    assert standing(session, sanan) == {"1-1200": 60_000, "4-2200": 60_000}


def test_a_members_purchase_is_a_sale_to_a_member(
    session: Session, sanan: Cooperative, keripik, walk: Callable[..., Order]
) -> None:
    lilik = make_account(session, "Bu Lilik")
    make_member(session, sanan, account=lilik)
    request = make_request((keripik, 4))
    buyer = service.Buyer(name="Bu Lilik", phone=lilik.phone or "", account_id=lilik.id)

    walk(
        OrderRequest(
            request.checkout_key, request.basket, buyer, request.expected_total, request.choices
        )
    )

    assert standing(session, sanan) == {"1-1100": 60_000, "4-2100": 60_000}


def test_goods_of_a_maker_earn_the_maker_and_a_commission(
    session: Session, sanan: Cooperative, walk: Callable[..., Order]
) -> None:
    sanan.share_basis_points = 1250
    lilik = make_member(session, sanan, "Bu Lilik")
    tempe = make_listing(session, sanan, "Keripik tempe", price=17_500, maker=lilik)

    walk(make_request((tempe, 3)))

    book = books.book_of(session, sanan.id, Unit.SHOP)
    assert book is not None
    assert standing(session, sanan) == {"1-1100": 52_500, "2-1300": 45_938, "4-2300": 6_562}
    assert books.balance_of(
        session, book, Purpose.CONSIGNMENT_PAYABLE, member_id=lilik.id
    ) == Rupiah(45_938)


def test_undoing_a_hand_over_takes_the_sale_and_the_cash_back(
    session: Session, sanan: Cooperative, keripik, walk: Callable[..., Order]
) -> None:
    order = walk(make_request((keripik, 4)))

    service.undo(session, order, actor_id=None, at=SATURDAY)
    assert standing(session, sanan) == {}

    service.hand_over(session, order, actor_id=None, at=SATURDAY)
    assert standing(session, sanan) == {"1-1100": 60_000, "4-2200": 60_000}


def test_too_much_cash_that_was_taken_back_is_not_owed_any_more(
    session: Session, sanan: Cooperative, keripik, walk: Callable[..., Order]
) -> None:
    order = walk(make_request((keripik, 4)), OrderState.READY_FOR_PICKUP)
    service.confirm_payment(session, order, Rupiah(65_000), key="a", actor_id=None, at=SATURDAY)
    service.hand_over(session, order, actor_id=None, at=SATURDAY)

    service.undo(session, order, actor_id=None, at=SATURDAY)

    assert order.refund_due == Rupiah(0)
    assert standing(session, sanan) == {}


def test_money_of_a_cancelled_order_stays_the_buyers(
    session: Session, sanan: Cooperative, keripik, walk: Callable[..., Order]
) -> None:
    order = walk(make_request((keripik, 4), method=QRIS), OrderState.NEW)

    service.cancel(session, order, reason="habis", actor_id=None, at=SATURDAY)

    assert order.refund_due == Rupiah(60_000)
    assert standing(session, sanan) == {"1-1200": 60_000, "2-1600": 60_000}


def test_too_much_money_stays_the_buyers_after_the_goods_are_gone(
    session: Session, sanan: Cooperative, keripik
) -> None:
    order = first(
        session, service.place(session, make_request((keripik, 4), method=QRIS), at=SATURDAY).id
    )
    service.confirm_payment(session, order, Rupiah(65_000), key="a", actor_id=None, at=SATURDAY)
    service.advance(session, order, OrderState.IN_PREPARATION, actor_id=None, at=SATURDAY)
    service.advance(session, order, OrderState.READY_FOR_PICKUP, actor_id=None, at=SATURDAY)
    service.hand_over(session, order, actor_id=None, at=SATURDAY)

    assert standing(session, sanan) == {"1-1200": 65_000, "2-1600": 5_000, "4-2200": 60_000}


def test_the_officer_who_acted_stands_in_the_entry(
    session: Session, sanan: Cooperative, keripik
) -> None:
    budi = make_officer(session, sanan)
    order = first(
        session, service.place(session, make_request((keripik, 1), method=QRIS), at=SATURDAY).id
    )

    service.confirm_payment(session, order, order.total, key="a", actor_id=budi.id, at=SATURDAY)

    (entry,) = books.entries_of_source(session, sanan.id, "order_money", order.id)
    assert (entry.created_by, entry.memo) == (budi.id, f"Uang pesanan {order.number}")


def test_own_goods_are_sold_with_their_average_cost_and_come_back_with_it(
    session: Session, sanan: Cooperative, keripik, walk: Callable[..., Order]
) -> None:
    stock.put(
        session, sanan.id, keripik.id, 20, cause="dibeli", value=Rupiah(440_500), at=SATURDAY
    )  # with ten that cost nothing: thirty for 440.500, as STOCK-AVG-01 has them
    order = walk(make_request((keripik, 12), method=QRIS))

    sold = standing(session, sanan)
    service.undo(session, order, actor_id=None, at=SATURDAY)
    undone = standing(session, sanan)
    service.hand_over(session, order, actor_id=None, at=SATURDAY)

    assert sold == {"1-1200": 180_000, "1-1500": -176_200, "4-2200": 180_000, "5-2200": 176_200}
    assert undone == {"1-1200": 180_000, "2-1600": 180_000}
    assert standing(session, sanan) == sold


def test_goods_bought_outright_from_a_maker_are_the_cooperatives_sale(
    session: Session, sanan: Cooperative, walk: Callable[..., Order]
) -> None:
    lilik = make_member(session, sanan, "Bu Lilik")
    tempe = make_listing(session, sanan, "Tempe", maker=lilik, share_basis_points=10_000)

    walk(make_request((tempe, 2)))

    assert standing(session, sanan) == {"1-1100": 30_000, "4-2200": 30_000}


def test_a_discount_that_names_an_order_is_the_cooperatives_cost(
    session: Session, sanan: Cooperative, walk: Callable[..., Order]
) -> None:
    payments.propose(
        session, sanan, BankAccount("Bank Jatim", "1234567890", "Koperasi"), by=None, at=SATURDAY
    )
    lilik = make_member(session, sanan, "Bu Lilik")
    tempe = make_listing(session, sanan, "Tempe", price=17_500, maker=lilik)
    order = first(
        session,
        service.place(
            session, make_request((tempe, 3), method=PaymentMethod.TRANSFER), at=SATURDAY
        ).id,
    )
    due = intent_of(session, sanan.id, order.id).amount_due  # type: ignore[union-attr]
    service.confirm_payment(session, order, due, key="a", actor_id=None, at=SATURDAY)
    for state in (OrderState.IN_PREPARATION, OrderState.READY_FOR_PICKUP, OrderState.FINISHED):
        service.advance(session, order, state, actor_id=None, at=SATURDAY)

    assert standing(session, sanan) == {
        "1-1200": due.amount,
        "2-1300": 47_250,
        "4-2300": 5_250,
        "4-2800": due.amount - 52_500,
    }
