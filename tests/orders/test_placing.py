from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from marketplace.cooperatives.models import Standing
from marketplace.cooperatives.rules import ShopClosed, SlotGone
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.listings.models import Listing, ListingState
from marketplace.orders import service
from marketplace.orders.models import Order, OrderEvent, Purchase
from marketplace.orders.rules import OrderState
from marketplace.orders.service import (
    CheckoutKeyReused,
    NothingToOrder,
    OrderRequest,
    PriceChanged,
    place,
)
from marketplace.orders.service.requests import GoodsGone, WrongChoice
from marketplace.outbox.models import OutboxMessage
from marketplace.payments import qris
from marketplace.payments.models import PaymentIntent
from marketplace.payments.rules import PaymentMethod, PaymentState
from marketplace.stock.queries import shelf
from marketplace.stock.rules import OutOfStock
from marketplace.web.transactions import transaction
from tests.makers import SATURDAY, make_cooperative, make_listing, make_member, make_point
from tests.orders.conftest import SARI, make_request

TODAY = SATURDAY.date()


def orders_of(session: Session, purchase: Purchase) -> Sequence[Order]:
    return session.scalars(
        select(Order)
        .where(Order.purchase_id == purchase.id)
        .order_by(Order.number)
        .options(selectinload(Order.lines))
    ).all()


def available(session: Session, variant: object, *, at: datetime = SATURDAY) -> int:
    found = shelf(session, variant.cooperative_id, variant.id, day=TODAY, at=at)
    assert found is not None
    return found.available


def test_a_basket_from_two_cooperatives_becomes_one_purchase_with_two_orders(
    session, keripik, cilok
):
    purchase = place(session, make_request((keripik, 2), (cilok, 3)), at=SATURDAY)

    orders = orders_of(session, purchase)
    assert purchase.number == "KM-2611-0001"
    assert [order.number for order in orders] == ["KM-2611-0001-A", "KM-2611-0001-B"]
    assert purchase.total == Rupiah(60_000) == Rupiah.total(order.total for order in orders)


def test_orders_by_qris_wait_for_money_and_orders_in_cash_do_not(session, keripik, cilok):
    request = make_request((keripik, 1), (cilok, 1))
    choices = {
        keripik.cooperative_id: service.Choice(method=PaymentMethod.QRIS),
        cilok.cooperative_id: service.Choice(method=PaymentMethod.COD),
    }
    request = OrderRequest(
        request.checkout_key, request.basket, SARI, request.expected_total, choices
    )

    first, second = orders_of(session, place(session, request, at=SATURDAY))

    assert (first.state, second.state) == (OrderState.AWAITING_PAYMENT, OrderState.NEW)
    assert first.pay_by == SATURDAY + timedelta(minutes=60)
    assert second.pay_by is None


def test_the_qris_of_an_order_carries_its_amount_and_number(session, keripik):
    purchase = place(session, make_request((keripik, 2), method=PaymentMethod.QRIS), at=SATURDAY)

    intent = session.scalars(select(PaymentIntent)).one()
    code = qris.parse(intent.qris_payload or "")
    assert (code.amount, code.bill_number) == (30_000, f"{purchase.number}-A")
    assert intent.state is PaymentState.WAITING


def test_a_cooperative_that_does_not_convert_its_code_shows_its_own_picture(
    session, sanan, keripik
):
    sanan.qris_converts = False

    place(session, make_request((keripik, 2), method=PaymentMethod.QRIS), at=SATURDAY)

    assert session.scalars(select(PaymentIntent)).one().qris_payload is None


def test_goods_are_held_until_the_money_must_be_there(session, keripik):
    place(session, make_request((keripik, 4), method=PaymentMethod.QRIS), at=SATURDAY)

    assert available(session, keripik) == 6
    assert available(session, keripik, at=SATURDAY + timedelta(minutes=60)) == 10


def test_the_same_checkout_gives_the_first_purchase_again(session, keripik):
    request = make_request((keripik, 2))

    first = place(session, request, at=SATURDAY)
    second = place(session, request, at=SATURDAY + timedelta(minutes=5))

    assert first.id == second.id
    assert available(session, keripik) == 8


def test_a_checkout_key_does_not_serve_for_another_basket(session, keripik):
    place(session, make_request((keripik, 2), key="k"), at=SATURDAY)

    with pytest.raises(CheckoutKeyReused):
        place(session, make_request((keripik, 3), key="k"), at=SATURDAY)


def test_a_changed_price_asks_again_and_tells_the_present_total(session, keripik):
    request = make_request((keripik, 2))
    keripik.price = Rupiah(16_000)
    session.flush()

    with pytest.raises(PriceChanged) as refused:
        place(session, request, at=SATURDAY)

    assert refused.value.total == Rupiah(32_000)
    assert available(session, keripik) == 10


def test_all_or_nothing_over_several_cooperatives(session, keripik, cilok):
    with pytest.raises(OutOfStock) as refused:
        place(session, make_request((keripik, 2), (cilok, 11)), at=SATURDAY)

    assert (refused.value.item_id, refused.value.left) == (cilok.id, 10)
    assert session.scalar(select(func.count()).select_from(Order)) == 0


def test_an_order_keeps_the_names_and_the_price_it_was_placed_at(session, sanan):
    lilik = make_member(session, sanan, "Bu Lilik")
    keripik = make_listing(session, sanan, "Keripik", price=15_000, maker=lilik)
    purchase = place(session, make_request((keripik, 2)), at=SATURDAY)

    keripik.price = Rupiah(99_000)
    lilik.called = "Bu L"
    session.flush()

    line = orders_of(session, purchase)[0].lines[0]
    assert (line.price, line.maker_name) == (Rupiah(15_000), "Bu Lilik")
    assert (line.maker_share, line.cooperative_share) == (Rupiah(27_000), Rupiah(3_000))


def test_pickup_codes_count_up_per_cooperative(session, keripik, cilok):
    first = orders_of(session, place(session, make_request((keripik, 1)), at=SATURDAY))
    second = orders_of(session, place(session, make_request((keripik, 1), (cilok, 1)), at=SATURDAY))

    codes = [order.pickup_code for order in [*first, *second]]
    assert codes == ["SANAN-1", "SANAN-2", "VELO-1"]


def test_every_order_begins_with_a_step_that_says_who_and_when(session, keripik):
    place(session, make_request((keripik, 1)), at=SATURDAY)

    event = session.scalars(select(OrderEvent)).one()
    assert (event.before, event.after, event.at) == (None, OrderState.NEW, SATURDAY)


def test_the_outbox_hears_of_a_purchase_in_the_same_transaction(session, keripik):
    purchase = place(session, make_request((keripik, 1)), at=SATURDAY)

    message = session.scalars(
        select(OutboxMessage).where(OutboxMessage.topic == "order.placed")
    ).one()
    assert message.facts["purchase"] == str(purchase.id)
    assert message.facts["listings"] == [str(keripik.listing_id)]


def test_goods_made_daily_are_limited_for_the_day_they_are_fetched(session, sanan):
    cilok = make_listing(session, sanan, "Cilok hangat", daily_limit=5)
    tomorrow = datetime(2026, 11, 29, 1, 0, tzinfo=UTC)  # 08.00 in Malang

    place(session, make_request((cilok, 5)), at=SATURDAY)
    with pytest.raises(OutOfStock):
        place(session, make_request((cilok, 1)), at=SATURDAY)
    later = place(session, make_request((cilok, 5), slot_starts=tomorrow), at=SATURDAY)

    assert orders_of(session, later)[0].pickup_from == tomorrow


def test_a_pre_order_is_fetched_from_the_day_it_is_ready(session, sanan):
    ready = SATURDAY.date() + timedelta(days=3)
    parcel = make_listing(
        session, sanan, "Parsel", stock_count=0, backorder_limit=9, ready_on=ready
    )

    order = orders_of(session, place(session, make_request((parcel, 2)), at=SATURDAY))[0]

    assert order.pickup_from.date() == ready


@pytest.mark.parametrize("quantity", [0, -1, 10_001])
def test_an_absurd_quantity_is_refused(session, keripik, quantity):
    with pytest.raises(NothingToOrder):
        place(session, make_request((keripik, quantity)), at=SATURDAY)


def test_an_empty_basket_is_refused(session):
    with pytest.raises(NothingToOrder):
        place(session, make_request(), at=SATURDAY)


def test_too_many_kinds_are_refused(session):
    wanted = {new_id(): 1 for _ in range(61)}

    with pytest.raises(NothingToOrder):
        place(session, OrderRequest("k", wanted, SARI, Rupiah(0)), at=SATURDAY)


def test_what_is_no_longer_sold_is_refused(session, keripik):
    listing = session.get(Listing, (keripik.cooperative_id, keripik.listing_id))
    listing.state = ListingState.ARCHIVED
    session.flush()

    with pytest.raises(GoodsGone):
        place(session, make_request((keripik, 1)), at=SATURDAY)


def test_a_suspended_cooperative_sells_nothing(session, sanan, keripik):
    sanan.standing = Standing.SUSPENDED
    session.flush()

    with pytest.raises(GoodsGone):
        place(session, make_request((keripik, 1)), at=SATURDAY)


def test_a_cooperative_on_holiday_sells_nothing(session, sanan, keripik):
    sanan.closed_from = SATURDAY.date()
    session.flush()

    with pytest.raises(ShopClosed):
        place(session, make_request((keripik, 1)), at=SATURDAY)


def test_a_cooperative_that_takes_no_money_sells_nothing(session, sanan, keripik):
    sanan.takes_cash = sanan.takes_qris = False

    with pytest.raises(ShopClosed):
        place(session, make_request((keripik, 1)), at=SATURDAY)


def test_only_offered_times_and_ways_to_pay_can_be_chosen(session, sanan, keripik):
    sanan.takes_qris = False

    with pytest.raises(WrongChoice):
        place(session, make_request((keripik, 1), method=PaymentMethod.QRIS), at=SATURDAY)
    with pytest.raises(SlotGone):
        place(session, make_request((keripik, 1), slot_starts=SATURDAY), at=SATURDAY)
    with pytest.raises(SlotGone):
        place(session, make_request((keripik, 1), point_id=new_id()), at=SATURDAY)


@pytest.mark.race
def test_forty_submits_of_one_checkout_make_one_purchase(own_app: Flask):
    with own_app.app_context(), transaction() as session:
        cooperative = make_cooperative(session)
        make_point(session, cooperative)
        request = make_request((make_listing(session, cooperative, stock_count=100), 2))

    def submit(_: int) -> str:
        with own_app.app_context(), transaction() as session:
            return place(session, request, at=SATURDAY).number

    with ThreadPoolExecutor(8) as pool:
        numbers = set(pool.map(submit, range(40)))

    assert numbers == {"KM-2611-0001"}
    with own_app.app_context(), transaction() as session:
        assert session.scalar(select(func.count()).select_from(Purchase)) == 1


@pytest.mark.race
def test_buyers_racing_for_baskets_in_any_order_never_oversell_or_lock_up(own_app: Flask):
    with own_app.app_context(), transaction() as session:
        cooperative = make_cooperative(session)
        make_point(session, cooperative)
        goods = [make_listing(session, cooperative, f"Barang {n}", stock_count=9) for n in range(4)]
        wanted = [make_request(*((goods[(n + k) % 4], 1) for k in range(3))) for n in range(48)]
        ids = [(variant.cooperative_id, variant.id) for variant in goods]

    def buy(request: OrderRequest) -> bool:
        with own_app.app_context():
            try:
                with transaction() as session:
                    place(session, request, at=SATURDAY)
            except RuleBroken:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        sold = sum(pool.map(buy, wanted))

    assert sold <= 12
    with own_app.app_context(), transaction() as session:
        for cooperative_id, item_id in ids:
            left = shelf(session, cooperative_id, item_id, day=TODAY, at=SATURDAY)
            assert left is not None
            assert left.reserved <= left.on_hand == 9
