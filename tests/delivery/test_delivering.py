"""An order that is brought to the door: its money, its goods and the courier's cash."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace import audit
from marketplace.delivery import queries
from marketplace.delivery import service as delivery
from marketplace.delivery.rules import (
    Doorstep,
    NotDelivered,
    ShipmentState,
    TooMuchHandedIn,
    WrongCash,
    WrongShipment,
)
from marketplace.delivery.service import CourierChoice, HandInKeyReused
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries as books
from marketplace.ledger.rules import Purpose, Unit
from marketplace.orders import service
from marketplace.orders.models import Order
from marketplace.orders.notices import NEWS
from marketplace.orders.rules import OrderState, RefundMethod, TooMuchBack, WrongStep
from marketplace.orders.service import CheckoutKeyReused, PriceChanged, RefundRequest
from marketplace.orders.service.requests import WrongChoice
from marketplace.outbox.models import OutboxMessage
from marketplace.payments.queries import intent_of
from marketplace.payments.rules import PaymentMethod
from marketplace.stock.queries import shelf
from tests.delivery.conftest import KLOJEN, SANAN_TO
from tests.makers import SATURDAY, make_listing, make_member
from tests.orders.conftest import first, make_request

LATER = SATURDAY + timedelta(hours=1)
QRIS = PaymentMethod.QRIS


def standing(session, cooperative):
    """Give the balances of the shop's books by purpose, whole and members' parts together."""
    book = books.book_of(session, cooperative.id, Unit.SHOP)
    return {
        line.code: line.balance.amount
        for line in books.trial_balance(session, book)
        if line.balance
    }


def untrue(session):
    """Let the audit look at all but messages that no worker delivered, and at the register."""
    left_out = ("outbox.", "tenants.member_counts")
    return [one for one in audit.run(session, at=LATER) if not one.check.startswith(left_out)]


def order_of(session, shipment):
    return session.get_one(Order, (shipment.cooperative_id, shipment.order_id))


def arrive(session, shipment, cash=None, at=SATURDAY):
    amount = shipment.cash if cash is None else Rupiah(cash)
    return service.arrive(session, shipment, amount, at=at)


def door(zone, **facts):
    values = {"zone_id": zone.id, "address": "Jl. Ijen 25", "area": KLOJEN, **facts}
    return Doorstep(**values)


def test_an_order_keeps_where_it_is_brought_and_for_how_much(delivered):
    order = delivered(OrderState.NEW)

    assert (order.items_total, order.delivery_fee, order.total) == (
        Rupiah(30_000),
        Rupiah(8_000),
        Rupiah(38_000),
    )
    assert order.pickup_name == "Klojen dan Lowokwaru"
    assert order.pickup_address == "Jl. Ijen 25 (sebelah gereja), Klojen, Kota Malang"
    assert order.purchase_id is not None
    assert order.pickup_point_id is None


def test_a_total_without_the_fee_is_not_what_the_buyer_saw(session, keripik, zone):
    request = make_request((keripik, 2), door=door(zone))

    with pytest.raises(PriceChanged) as changed:
        service.place(session, request, at=SATURDAY)

    assert changed.value.total == Rupiah(38_000)


def test_the_same_key_with_another_address_is_another_request(session, keripik, zone):
    request = make_request((keripik, 2), total=38_000, door=door(zone))
    service.place(session, request, at=SATURDAY)
    shop = keripik.cooperative_id
    moved = replace(request.choices[shop], door=door(zone, address="Jl. Semeru 3"))

    with pytest.raises(CheckoutKeyReused):
        service.place(session, replace(request, choices={shop: moved}), at=SATURDAY)


def test_too_small_a_basket_is_not_brought_and_says_how_much_is_missing(session, keripik, zone):
    request = make_request((keripik, 1), total=23_000, door=door(zone))

    with pytest.raises(NotDelivered) as refused:
        service.place(session, request, at=SATURDAY)

    assert refused.value.message.values == {"minimum": Rupiah(20_000), "more": Rupiah(5_000)}


def test_a_large_basket_is_brought_for_nothing(session, keripik, zone):
    request = make_request((keripik, 7), total=105_000, method=QRIS, door=door(zone))

    order = first(session, service.place(session, request, at=SATURDAY).id)

    assert (order.delivery_fee, order.total) == (Rupiah(0), Rupiah(105_000))


def test_more_than_the_zone_allows_is_not_paid_at_the_door(session, keripik, zone):
    request = make_request((keripik, 6), total=98_000, door=door(zone))

    with pytest.raises(WrongChoice):
        service.place(session, request, at=SATURDAY)


@pytest.mark.parametrize("facts", [{"area": "35.73.01"}, {"address": "x"}, {"zone_id": None}])
def test_an_address_that_nobody_finds_is_refused(session, keripik, zone, facts):
    request = make_request((keripik, 2), total=38_000, door=door(zone, **facts))

    with pytest.raises(Invalid):
        service.place(session, request, at=SATURDAY)


def test_an_old_zone_is_delivered_to_no_longer(session, sanan, keripik, zone):
    delivery.retire_zone(session, sanan, zone.id, active=False, at=SATURDAY)

    with pytest.raises(NotDelivered):
        service.place(
            session, make_request((keripik, 2), total=38_000, door=door(zone)), at=SATURDAY
        )


def test_cash_at_the_door_is_the_couriers_debt_until_it_is_handed_in(session, sanan, sent):
    shipment = sent()

    arrive(session, shipment)

    order = order_of(session, shipment)
    assert order.state is OrderState.FINISHED
    assert standing(session, sanan) == {"1-1420": 38_000, "4-2200": 30_000, "4-2400": 8_000}

    delivery.hand_in(
        session, sanan.id, shipment.courier_id, Rupiah(20_000), key="a", by=None, at=LATER
    )

    assert standing(session, sanan) == {
        "1-1100": 20_000,
        "1-1420": 18_000,
        "4-2200": 30_000,
        "4-2400": 8_000,
    }
    assert untrue(session) == []


def test_goods_leave_the_shelf_when_they_arrive_and_not_before(session, keripik, sent):
    shipment = sent()
    before = shelf(session, keripik.cooperative_id, keripik.id, day=SATURDAY.date(), at=SATURDAY)

    arrive(session, shipment)

    after = shelf(session, keripik.cooperative_id, keripik.id, day=SATURDAY.date(), at=SATURDAY)
    assert (before.on_hand, before.reserved) == (10, 2)
    assert (after.on_hand, after.reserved) == (8, 0)


def test_arriving_twice_books_once(session, sanan, sent):
    shipment = sent()
    arrive(session, shipment)
    before = standing(session, sanan)

    arrive(session, shipment, cash=1)

    assert standing(session, sanan) == before


def test_another_sum_than_the_order_asks_for_is_refused(session, sent):
    shipment = sent()

    with pytest.raises(WrongCash):
        arrive(session, shipment, cash=37_000)

    assert shipment.state is ShipmentState.ON_ITS_WAY


def test_a_paid_order_takes_no_money_at_the_door(session, sanan, sent):
    shipment = sent(method=QRIS)

    arrive(session, shipment)

    assert shipment.cash == Rupiah(0)
    assert standing(session, sanan) == {"1-1200": 38_000, "4-2200": 30_000, "4-2400": 8_000}
    assert queries.cash(session, sanan.id) == []
    assert untrue(session) == []


def test_each_member_who_brings_goods_owes_their_own_cash(session, sanan, sent):
    sanan_member = make_member(session, sanan, "Bu Lilik")
    shipment = sent(CourierChoice(member_id=sanan_member.id))

    arrive(session, shipment)

    book = books.book_of(session, sanan.id, Unit.SHOP)
    parts = books.member_parts(session, book, sanan_member.id, [Purpose.COD_RECEIVABLE])
    assert [(part.purpose, part.debit) for part in parts] == [
        (Purpose.COD_RECEIVABLE, Rupiah(38_000))
    ]
    assert untrue(session) == []


def test_what_nobody_took_is_ready_again_and_may_be_sent_again(session, sanan, sent):
    shipment = sent()

    order = service.bring_back(session, shipment, "Rumah kosong", at=SATURDAY)
    service.bring_back(session, shipment, "Rumah kosong", at=SATURDAY)

    assert (order.state, shipment.reason) == (OrderState.READY, "Rumah kosong")
    second = service.send_out(session, order, SANAN_TO, actor_id=None, at=LATER)
    assert second.id != shipment.id
    assert second.courier_id == shipment.courier_id
    with pytest.raises(WrongShipment):
        arrive(session, shipment)
    arrive(session, second, at=LATER)
    assert untrue(session) == []


def test_sending_twice_makes_one_trip(session, sent):
    shipment = sent()

    again = service.send_out(
        session, order_of(session, shipment), SANAN_TO, actor_id=None, at=SATURDAY
    )

    assert again.id == shipment.id


def test_a_courier_needs_a_name(session, delivered):
    order = delivered()

    with pytest.raises(Invalid):
        service.send_out(session, order, CourierChoice(), actor_id=None, at=SATURDAY)


def test_an_order_that_is_fetched_is_not_sent(session, keripik, zone):
    order = first(session, service.place(session, make_request((keripik, 2)), at=SATURDAY).id)
    service.advance(session, order, OrderState.IN_PREPARATION, actor_id=None, at=SATURDAY)

    with pytest.raises(WrongStep):
        service.advance(session, order, OrderState.READY, actor_id=None, at=SATURDAY)


def test_an_order_that_is_brought_does_not_wait_at_the_counter(session, delivered):
    order = delivered(OrderState.IN_PREPARATION)

    with pytest.raises(WrongStep):
        service.advance(session, order, OrderState.READY_FOR_PICKUP, actor_id=None, at=SATURDAY)


def test_sending_may_be_undone_and_its_link_opens_nothing_more(session, sent):
    shipment = sent()

    order = service.undo(session, order_of(session, shipment), actor_id=None, at=SATURDAY)

    assert order.state is OrderState.READY
    with pytest.raises(WrongShipment):
        arrive(session, shipment)


def test_an_arrival_may_be_undone_with_its_money_and_goods(session, sanan, keripik, sent):
    shipment = sent()
    arrive(session, shipment)

    order = service.undo(session, order_of(session, shipment), actor_id=None, at=SATURDAY)

    assert order.state is OrderState.SHIPPED
    assert standing(session, sanan) == {}
    assert untrue(session) == []
    arrive(session, queries.last_shipment(session, sanan.id, order.id))
    assert standing(session, sanan)["1-1420"] == 38_000
    assert untrue(session) == []


def test_an_arrival_whose_cash_was_handed_in_stays(session, sanan, sent):
    shipment = sent()
    arrive(session, shipment)
    delivery.hand_in(
        session, sanan.id, shipment.courier_id, Rupiah(1), key="a", by=None, at=SATURDAY
    )

    with pytest.raises(TooMuchHandedIn):
        service.undo(session, order_of(session, shipment), actor_id=None, at=SATURDAY)


def test_nobody_hands_in_more_than_they_took(session, sanan, sent):
    shipment = sent()
    arrive(session, shipment)

    with pytest.raises(TooMuchHandedIn):
        delivery.hand_in(
            session, sanan.id, shipment.courier_id, Rupiah(38_001), key="a", by=None, at=LATER
        )


def test_the_same_form_hands_in_once(session, sanan, sent):
    shipment = sent()
    arrive(session, shipment)

    def give(amount):
        return delivery.hand_in(
            session, sanan.id, shipment.courier_id, Rupiah(amount), key="a", by=None, at=LATER
        )

    assert give(10_000).id == give(10_000).id
    [one] = queries.cash(session, sanan.id)
    assert one.open == Rupiah(28_000)
    with pytest.raises(HandInKeyReused):
        give(5_000)


def test_a_cancelled_delivery_gives_back_its_fee_too(session, delivered):
    order = delivered(method=QRIS)

    service.cancel(session, order, reason="Hujan", actor_id=None, at=LATER)

    assert order.refund_due == Rupiah(38_000)
    assert untrue(session) == []


@pytest.mark.parametrize(
    ("amount", "of_the_fee"), [(30_000, 0), (30_001, 1), (38_000, 8_000), (None, 8_000)]
)
def test_a_refund_is_of_the_goods_first_and_then_of_the_fee(
    session, sanan, sent, amount, of_the_fee
):
    shipment = sent()
    arrive(session, shipment)
    wanted = RefundRequest("Remuk", amount=None if amount is None else Rupiah(amount))

    refund = service.request_refund(
        session, order_of(session, shipment), wanted, key="r", by=None, at=LATER
    )

    assert (refund.amount, refund.fee_amount) == (
        Rupiah(amount or 38_000),
        Rupiah(of_the_fee),
    )
    service.pay_refund(session, refund, RefundMethod.SAME_WAY, by=None, at=LATER)
    assert standing(session, sanan)["1-1100"] == -refund.amount.amount
    assert untrue(session) == []


def test_the_last_rupiah_of_a_delivery_is_the_most_that_goes_back(session, sent):
    shipment = sent()
    arrive(session, shipment)
    order = order_of(session, shipment)
    first_ = RefundRequest("Remuk", amount=Rupiah(34_000))
    service.request_refund(session, order, first_, key="r", by=None, at=LATER)

    rest = service.request_refund(
        session, order, RefundRequest("Terlambat"), key="s", by=None, at=LATER
    )

    assert (rest.amount, rest.fee_amount) == (Rupiah(4_000), Rupiah(4_000))
    with pytest.raises(TooMuchBack):
        service.request_refund(
            session, order, RefundRequest("Lagi", amount=Rupiah(1)), key="t", by=None, at=LATER
        )


def test_a_unique_code_is_taken_off_the_goods_and_not_off_the_fee(
    session, sanan, keripik, zone, monkeypatch
):
    from marketplace.payments import service as payments
    from marketplace.payments.rules import BankAccount

    account = BankAccount("Bank Jatim", "1234567890", "Koperasi Sanan")
    payments.propose(session, sanan, account, by=None, at=SATURDAY)
    sanan.takes_transfer = True
    request = make_request(
        (keripik, 2), method=PaymentMethod.TRANSFER, total=38_000, door=door(zone)
    )
    order = first(session, service.place(session, request, at=SATURDAY).id)
    due = intent_of(session, sanan.id, order.id).amount_due
    service.confirm_payment(session, order, due, key="1", actor_id=None, at=SATURDAY)
    for state in (OrderState.IN_PREPARATION, OrderState.READY):
        service.advance(session, order, state, actor_id=None, at=SATURDAY)
    shipment = service.send_out(session, order, SANAN_TO, actor_id=None, at=SATURDAY)

    arrive(session, shipment)

    found = standing(session, sanan)
    assert (found["4-2200"], found["4-2400"]) == (30_000, 8_000)
    assert found["1-1200"] == due.amount
    assert found["4-2800"] == due.amount - 38_000
    refund = service.request_refund(
        session, order, RefundRequest("Remuk"), key="r", by=None, at=LATER
    )
    assert (refund.amount, refund.fee_amount) == (due, Rupiah(8_000))
    assert untrue(session) == []


def test_makers_earn_the_same_of_what_is_brought(session, sanan, zone):
    maker = make_member(session, sanan, "Bu Lilik")
    tempe = make_listing(session, sanan, "Tempe", price=25_000, maker=maker)
    request = make_request((tempe, 1), total=33_000, door=door(zone))
    order = first(session, service.place(session, request, at=SATURDAY).id)
    for state in (OrderState.IN_PREPARATION, OrderState.READY):
        service.advance(session, order, state, actor_id=None, at=SATURDAY)

    arrive(session, service.send_out(session, order, SANAN_TO, actor_id=None, at=SATURDAY))

    found = standing(session, sanan)
    assert found["2-1300"] + found["4-2300"] == 25_000
    assert found["4-2400"] == 8_000
    assert untrue(session) == []


def test_a_buyer_with_an_account_hears_that_it_is_on_its_way(session, sent):
    shipment = sent()

    told = session.scalars(
        select(OutboxMessage.facts)
        .where(OutboxMessage.topic == "order.moved")
        .order_by(OutboxMessage.id)
    ).all()

    assert [facts["state"] for facts in told][-1] == OrderState.SHIPPED.value
    assert order_of(session, shipment).state in NEWS
