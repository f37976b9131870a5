from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from marketplace.kernel.money import Rupiah
from marketplace.listings.models import Listing
from marketplace.orders import queries, service
from marketplace.orders.models import OrderEvent
from marketplace.orders.rules import OrderState, TooLateToUndo, WrongStep
from marketplace.orders.service import WrongCode
from marketplace.orders.service.steps import NotPaid
from marketplace.outbox.models import OutboxMessage
from marketplace.payments import service as payments
from marketplace.payments.models import PaymentEvent
from marketplace.payments.queries import intent_of
from marketplace.payments.rules import PaymentMethod, PaymentState
from marketplace.stock.queries import shelf
from tests.makers import SATURDAY
from tests.orders.conftest import first, make_request

LATER = SATURDAY + timedelta(minutes=61)
STATES = OrderState


def left(session, variant):
    found = shelf(session, variant.cooperative_id, variant.id, day=SATURDAY.date(), at=SATURDAY)
    return found.on_hand, found.reserved, found.available


def intent(session, order):
    return intent_of(session, order.cooperative_id, order.id)


def pay(session, order, amount=None, *, key="1", at=SATURDAY):
    received = Rupiah(order.total.amount if amount is None else amount)
    return service.confirm_payment(session, order, received, key=key, actor_id=None, at=at)


def test_an_officer_takes_a_cash_order_from_new_to_handed_over(session, ordered, officer, keripik):
    order = ordered(STATES.NEW)

    for wanted in (STATES.IN_PREPARATION, STATES.READY_FOR_PICKUP):
        service.advance(session, order, wanted, actor_id=officer.id, at=SATURDAY)
    service.hand_over(session, order, code=order.pickup_code, actor_id=officer.id, at=SATURDAY)

    assert order.state is STATES.FINISHED
    assert left(session, keripik) == (8, 0, 8)
    assert intent(session, order).state is PaymentState.PAID


def test_each_step_leaves_an_event_with_its_actor(session, ordered, officer):
    order = ordered(STATES.NEW)

    service.advance(session, order, STATES.IN_PREPARATION, actor_id=officer.id, at=SATURDAY)

    events = session.scalars(select(OrderEvent).order_by(OrderEvent.id)).all()
    assert [(e.before, e.after, e.actor_id) for e in events] == [
        (None, STATES.NEW, None),
        (STATES.NEW, STATES.IN_PREPARATION, officer.id),
    ]


def test_a_repeated_tap_changes_nothing(session, ordered):
    order = ordered(STATES.IN_PREPARATION)

    service.advance(session, order, STATES.IN_PREPARATION, actor_id=None, at=SATURDAY)

    assert session.scalar(select(func.count()).select_from(OrderEvent)) == 2


def test_handing_over_and_cancelling_are_steps_like_the_others(session, ordered, keripik):
    ready, new = ordered(STATES.READY_FOR_PICKUP), ordered(STATES.NEW)

    service.advance(session, ready, STATES.FINISHED, actor_id=None, at=SATURDAY)
    service.advance(session, new, STATES.CANCELLED, actor_id=None, at=SATURDAY)

    assert (ready.state, new.state) == (STATES.FINISHED, STATES.CANCELLED)
    assert left(session, keripik) == (8, 0, 8)


def test_a_step_that_is_not_next_is_refused(session, ordered):
    order = ordered(STATES.NEW)

    with pytest.raises(WrongStep):
        service.advance(session, order, STATES.READY_FOR_PICKUP, actor_id=None, at=SATURDAY)


def test_the_wrong_pickup_code_keeps_the_goods_here(session, ordered, keripik):
    order = ordered(STATES.READY_FOR_PICKUP)

    with pytest.raises(WrongCode):
        service.hand_over(session, order, code="SANAN-99", actor_id=None, at=SATURDAY)

    assert order.state is STATES.READY_FOR_PICKUP
    assert left(session, keripik) == (10, 2, 8)


def test_a_code_may_be_said_in_small_letters(session, ordered):
    order = ordered(STATES.READY_FOR_PICKUP)

    service.hand_over(session, order, code=" sanan-1 ", actor_id=None, at=SATURDAY)

    assert order.state is STATES.FINISHED


def test_handing_over_twice_takes_goods_and_cash_once(session, ordered, keripik):
    order = ordered(STATES.FINISHED)

    service.hand_over(session, order, actor_id=None, at=SATURDAY)

    assert left(session, keripik) == (8, 0, 8)
    assert intent(session, order).received == order.total


def test_an_unpaid_qris_order_is_not_handed_over(session, ordered):
    order = ordered(STATES.READY_FOR_PICKUP, method=PaymentMethod.QRIS)
    intent(session, order).received = Rupiah(0)

    with pytest.raises(NotPaid):
        service.hand_over(session, order, actor_id=None, at=SATURDAY)


def test_what_was_sold_is_counted(session, ordered, keripik):
    ordered(STATES.FINISHED, quantity=3)

    listing = session.get(
        Listing, (keripik.cooperative_id, keripik.listing_id), populate_existing=True
    )
    assert listing.sold_count == 3


def test_what_comes_back_to_the_shelf_counts_as_sold_no_more(session, ordered, officer, keripik):
    order = ordered(STATES.FINISHED, quantity=3, method=PaymentMethod.QRIS)
    back = {order.lines[0].id: 2}

    for pieces, goods_back in ((back, True), ({order.lines[0].id: 1}, False)):
        wanted = service.RefundRequest("Remuk", None, pieces, goods_back=goods_back)
        service.request_refund(
            session, order, wanted, key=str(goods_back), by=officer.id, at=SATURDAY
        )

    listing = session.get(
        Listing, (keripik.cooperative_id, keripik.listing_id), populate_existing=True
    )
    assert listing.sold_count == 1


def test_money_makes_an_order_new_and_its_hold_firm(session, ordered, keripik):
    order = ordered(STATES.AWAITING_PAYMENT, method=PaymentMethod.QRIS)

    pay(session, order)

    assert order.state is STATES.NEW
    assert service.expire_overdue(session, at=LATER + timedelta(days=9)) == 0
    assert left(session, keripik) == (10, 2, 8)


def test_the_same_sign_of_money_acts_once(session, ordered):
    order = ordered(STATES.AWAITING_PAYMENT, method=PaymentMethod.QRIS)

    pay(session, order, 10_000, key="slip")
    pay(session, order, 10_000, key="slip")

    assert intent(session, order).received == Rupiah(10_000)
    assert order.state is STATES.AWAITING_PAYMENT


def test_too_little_is_kept_and_completed_later(session, ordered):
    order = ordered(STATES.AWAITING_PAYMENT, method=PaymentMethod.QRIS)

    pay(session, order, 10_000, key="a")
    short = intent(session, order).state
    pay(session, order, 20_000, key="b")

    assert (short, intent(session, order).state) == (PaymentState.SHORT, PaymentState.PAID)
    assert order.state is STATES.NEW


def test_too_much_is_a_state_and_never_lost(session, ordered):
    order = ordered(STATES.AWAITING_PAYMENT, method=PaymentMethod.QRIS)

    pay(session, order, 35_000)

    assert intent(session, order).state is PaymentState.OVER
    assert intent(session, order).received == Rupiah(35_000)


def test_an_order_past_its_deadline_stands_expired_before_any_worker_ran(session, ordered):
    order = ordered(STATES.AWAITING_PAYMENT, method=PaymentMethod.QRIS)

    assert queries.standing_of(order, at=LATER) is STATES.EXPIRED
    assert queries.standing_of(order, at=SATURDAY) is STATES.AWAITING_PAYMENT


def test_expiring_gives_the_goods_back_once(session, ordered, keripik):
    order = ordered(STATES.AWAITING_PAYMENT, method=PaymentMethod.QRIS)

    counts = [service.expire_overdue(session, at=LATER) for _ in range(2)]

    assert counts == [1, 0]
    assert order.state is STATES.EXPIRED
    assert left(session, keripik) == (10, 0, 10)
    assert intent(session, order).state is PaymentState.EXPIRED


def test_an_order_with_some_money_does_not_expire(session, ordered):
    order = ordered(STATES.AWAITING_PAYMENT, method=PaymentMethod.QRIS)
    pay(session, order, 10_000)

    assert service.expire_overdue(session, at=LATER) == 0


def test_only_orders_of_the_touched_goods_are_expired_at_checkout(session, ordered):
    order = ordered(STATES.AWAITING_PAYMENT, method=PaymentMethod.QRIS)

    assert service.expire_overdue(session, at=LATER, line_ids=[]) == 0
    assert service.expire_overdue(session, at=LATER, line_ids=[order.lines[0].id]) == 1


def test_late_money_revives_an_order_whose_goods_are_still_there(session, ordered, keripik):
    order = ordered(STATES.AWAITING_PAYMENT, method=PaymentMethod.QRIS)
    service.expire_overdue(session, at=LATER)

    pay(session, order, at=LATER)

    assert order.state is STATES.NEW
    assert left(session, keripik) == (10, 2, 8)
    assert intent(session, order).state is PaymentState.PAID_LATE


def test_late_money_for_goods_that_are_gone_is_owed_back(session, ordered, keripik):
    order = ordered(STATES.AWAITING_PAYMENT, method=PaymentMethod.QRIS)
    service.expire_overdue(session, at=LATER)
    service.place(session, make_request((keripik, 10)), at=LATER)

    pay(session, order, at=LATER)

    assert order.state is STATES.EXPIRED
    assert order.refund_due == Rupiah(30_000)
    topics = session.scalars(select(OutboxMessage.topic)).all()
    assert "order.refund_due" in topics


def test_a_buyer_may_cancel_before_preparation_begins(session, ordered, keripik):
    order = ordered(STATES.NEW)

    service.cancel_by_buyer(session, order, actor_id=None, at=SATURDAY)

    assert order.state is STATES.CANCELLED
    assert left(session, keripik) == (10, 0, 10)


def test_a_buyer_may_not_cancel_what_is_being_prepared(session, ordered):
    order = ordered(STATES.IN_PREPARATION)

    with pytest.raises(WrongStep):
        service.cancel_by_buyer(session, order, actor_id=None, at=SATURDAY)


def test_cancelling_a_paid_order_owes_the_money_back(session, ordered, officer):
    order = ordered(STATES.NEW, method=PaymentMethod.QRIS)

    service.cancel(session, order, reason="Tempe habis", actor_id=officer.id, at=SATURDAY)

    assert order.refund_due == order.total
    assert order.cancel_reason == "Tempe habis"


def test_cancelling_twice_gives_back_once(session, ordered, keripik):
    order = ordered(STATES.NEW)

    for _ in range(2):
        service.cancel(session, order, reason=None, actor_id=None, at=SATURDAY)

    assert left(session, keripik) == (10, 0, 10)


def test_a_handing_over_is_undone_with_its_goods_and_its_cash(session, ordered, keripik):
    order = ordered(STATES.FINISHED)

    service.undo(session, order, actor_id=None, at=SATURDAY + timedelta(minutes=5))

    assert order.state is STATES.READY_FOR_PICKUP
    assert left(session, keripik) == (10, 2, 8)
    assert intent(session, order).received == Rupiah(0)
    amounts = session.scalars(select(PaymentEvent.amount).order_by(PaymentEvent.id)).all()
    assert Rupiah.total(amounts) == Rupiah(0)
    listing = session.get(
        Listing, (keripik.cooperative_id, keripik.listing_id), populate_existing=True
    )
    assert listing.sold_count == 0


def test_money_that_never_came_is_not_taken_back(session, ordered):
    asked = intent(session, ordered(STATES.NEW))

    payments.take_back(session, asked, source="tunai", external_id="1", actor_id=None, at=SATURDAY)

    assert session.scalars(select(PaymentEvent)).all() == []


def test_after_an_undone_handing_over_it_can_be_handed_over_again(session, ordered, keripik):
    order = ordered(STATES.FINISHED)
    service.undo(session, order, actor_id=None, at=SATURDAY + timedelta(minutes=5))

    service.hand_over(session, order, actor_id=None, at=SATURDAY + timedelta(minutes=6))

    assert order.state is STATES.FINISHED
    assert left(session, keripik) == (8, 0, 8)
    assert intent(session, order).received == order.total


def test_too_late_to_undo(session, ordered):
    order = ordered(STATES.IN_PREPARATION)

    with pytest.raises(TooLateToUndo):
        service.undo(session, order, actor_id=None, at=SATURDAY + timedelta(minutes=16))


def test_the_board_shows_open_orders_and_what_is_to_be_prepared(session, ordered, sanan):
    ordered(STATES.NEW, quantity=2)
    ordered(STATES.IN_PREPARATION, quantity=3)
    ordered(STATES.READY_FOR_PICKUP, quantity=1)

    rows = queries.board(session, sanan.id, at=SATURDAY)
    work = queries.to_prepare(session, sanan.id)

    assert len(rows) == 3
    assert [(w.maker_name, w.title, w.quantity) for w in work] == [
        ("Sanan Tempe Muda", "Keripik tempe", 5)
    ]


def test_a_board_never_shows_another_cooperatives_orders(session, ordered, velodrome):
    ordered(STATES.NEW)

    assert queries.board(session, velodrome.id, at=SATURDAY) == []


def test_a_purchase_opens_only_with_its_key(session, keripik):
    from marketplace.kernel.errors import NotFound

    purchase = service.place(session, make_request((keripik, 1)), at=SATURDAY)

    assert queries.purchase(session, purchase.number, purchase.key).id == purchase.id
    with pytest.raises(NotFound):
        queries.purchase(session, purchase.number, "wrong")
    with pytest.raises(NotFound):
        queries.purchase(session, "KM-2611-9999", purchase.key)
    assert first(session, purchase.id).state is STATES.NEW
