"""Orders to suppliers: made when goods are locked, approved by another, sent, answered, closed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.kernel.errors import NotFound, RuleBroken
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.outbox.models import OutboxMessage
from marketplace.supply import queries, service
from marketplace.supply.models import PurchaseOrder, PurchaseOrderLine, SentBy, SupplierClaim
from marketplace.supply.rules import PoolState, PurchaseOrderState, WrongStep
from marketplace.supply.service import (
    Answer,
    AnswerClosed,
    BadAnswer,
    LineAnswer,
    NeedsAnother,
    NoAddress,
    OrderChanged,
)
from marketplace.web.transactions import transaction
from tests.makers import SATURDAY, make_account, make_cooperative
from tests.supply.orders import Bought, answer_of, approve, buy

SUNDAY = SATURDAY + timedelta(days=1)
keys = count()


@pytest.fixture
def bought(session: Session) -> Bought:
    return buy(session, SATURDAY)


@pytest.fixture
def sent(session, bought: Bought) -> Bought:
    service.approve(
        session, bought.order, seen=bought.order.total, by=bought.secretary, at=SATURDAY
    )
    service.send(session, bought.order, SentBy.WHATSAPP, by=bought.chair, at=SATURDAY)
    return bought


def arrive(session, bought, pool, quantity, cost=1_000_000, *, by=None):
    return service.receive(
        session, pool, key=f"{next(keys)}", packs=0, quantity=quantity, cost=Rupiah(cost),
        actor_id=by or bought.chair, at=SUNDAY,
    )  # fmt: skip


def told(session, topic: str) -> int:
    query = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.topic == topic)
    return session.scalar(query)


def test_locking_a_round_drafts_one_order_for_all_goods_of_a_supplier(session, bought):
    (order,) = queries.purchase_orders_of(session, bought.cooperative.id, bought.oil.round)

    assert (order.number, order.state) == (1, PurchaseOrderState.DRAFT)
    assert (order.phone, order.email) == ("+6281234567890", "grosir@contoh.id")
    assert (order.pickup_place, order.supplier_id is not None) == ("Balai RW 3", True)
    assert [(line.item_name, line.count, line.price.amount) for line in order.lines] == [
        ("Minyak goreng 5 L", 3, 380_000),
        ("Gula pasir", 2, 700_000),
    ]
    assert order.total == Rupiah(2_540_000)
    assert order.total == bought.oil.ordered_cost + bought.sugar.ordered_cost


def test_locking_and_drafting_again_changes_nothing(session, bought):
    service.lock_round(session, bought.oil.round, by=bought.secretary, at=SUNDAY)
    service.draft(session, bought.oil, by=bought.secretary, at=SUNDAY)

    assert session.scalar(select(func.count()).select_from(PurchaseOrderLine)) == 2
    assert bought.order.created_by == bought.chair


def test_a_good_that_is_not_locked_is_on_no_order(session, bought):
    session.execute(delete(PurchaseOrderLine))
    for state in set(PoolState) - {PoolState.LOCKED}:
        bought.oil.state = state
        session.flush()
        with pytest.raises(WrongStep):
            service.draft(session, bought.oil, by=bought.chair, at=SUNDAY)


def test_another_officer_approves_and_who_locked_does_not(session, bought):
    with pytest.raises(NeedsAnother, match="pengurus lain"):
        service.approve(
            session, bought.order, seen=bought.order.total, by=bought.chair, at=SATURDAY
        )
    assert bought.order.state is PurchaseOrderState.DRAFT

    for _ in range(2):
        service.approve(
            session, bought.order, seen=bought.order.total, by=bought.secretary, at=SATURDAY
        )

    assert (bought.order.state, bought.order.alone) == (PurchaseOrderState.APPROVED, False)
    assert told(session, "supply.po_approved") == 1


def test_what_was_added_since_it_was_seen_is_not_approved_with_it(session, bought):
    with pytest.raises(OrderChanged, match=r"2\.540\.000"):
        service.approve(
            session, bought.order, seen=Rupiah(1_236_000), by=bought.secretary, at=SATURDAY
        )

    assert bought.order.state is PurchaseOrderState.DRAFT


def test_an_officer_alone_does_both_and_the_order_says_so(session):
    bought = buy(session, SATURDAY, alone=True)

    approve(session, bought.order, by=bought.chair, at=SATURDAY)

    assert (bought.order.approved_by, bought.order.alone) == (bought.chair, True)


def test_who_approved_an_order_does_not_post_its_receipt(session, sent):
    with pytest.raises(NeedsAnother, match="pengurus lain"):
        arrive(session, sent, sent.oil, 4, by=sent.secretary)
    assert queries.receipts(session, sent.oil) == []

    arrive(session, sent, sent.oil, 4, by=sent.chair)

    (receipt,) = queries.receipts(session, sent.oil)
    assert (receipt.received_by, receipt.alone) == (sent.chair, False)


def test_goods_of_a_claim_are_not_received_by_who_approved_their_order(session, sent):
    service.receive(
        session, sent.oil, key="short", packs=3, quantity=10, cost=Rupiah(1_140_000),
        actor_id=sent.chair, at=SUNDAY,
    )  # fmt: skip
    claim = session.scalars(select(SupplierClaim)).one()

    with pytest.raises(NeedsAnother):
        service.bring_claimed_goods(session, claim, 2, by=sent.secretary, at=SUNDAY)
    service.bring_claimed_goods(session, claim, 2, by=sent.chair, at=SUNDAY)

    assert [one.quantity for one in queries.receipts(session, sent.oil)] == [10, 2]


def test_an_officer_alone_receives_what_they_approved_and_the_receipt_says_so(session):
    bought = buy(session, SATURDAY, alone=True)
    approve(session, bought.order, by=bought.chair, at=SATURDAY)

    arrive(session, bought, bought.oil, 4)

    (receipt,) = queries.receipts(session, bought.oil)
    assert (receipt.received_by, receipt.alone) == (bought.chair, True)


def test_the_database_itself_refuses_one_person_for_two(session, bought):
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(
            update(PurchaseOrder).values(
                state=PurchaseOrderState.APPROVED, approved_by=bought.chair, approved_at=SATURDAY
            )
        )


def test_sending_orders_the_goods_and_sending_again_changes_nothing(session, sent):
    service.send(session, sent.order, SentBy.WHATSAPP, by=sent.secretary, at=SUNDAY)

    assert sent.order.state is PurchaseOrderState.SENT
    assert (sent.order.sent_by, sent.order.sent_at) == (sent.chair, SATURDAY)
    assert {sent.oil.state, sent.sugar.state} == {PoolState.ORDERED}
    assert (told(session, "supply.po_sent"), told(session, "supply.ordered")) == (1, 2)


def test_a_draft_is_not_sent_and_no_mail_goes_without_an_address(session):
    bought = buy(session, SATURDAY, email=None)
    with pytest.raises(WrongStep):
        service.send(session, bought.order, SentBy.PRINTED, by=bought.chair, at=SATURDAY)
    service.approve(
        session, bought.order, seen=bought.order.total, by=bought.secretary, at=SATURDAY
    )
    with pytest.raises(NoAddress):
        service.send(session, bought.order, SentBy.MAIL, by=bought.chair, at=SATURDAY)

    assert bought.oil.state is PoolState.LOCKED


def test_a_good_given_up_leaves_the_order_and_the_last_one_cancels_it(session, bought):
    service.cancel(session, bought.oil, reason="Kosong", at=SATURDAY)

    assert bought.order.total == Rupiah(1_400_000)
    assert bought.order.state is PurchaseOrderState.DRAFT

    service.cancel(session, bought.sugar, reason="Kosong", at=SATURDAY)

    assert bought.order.state is PurchaseOrderState.CANCELLED


def test_goods_of_a_cancelled_order_may_be_ordered_anew(session, bought):
    for _ in range(2):
        service.cancel_order(session, bought.order, at=SATURDAY)
    again = service.draft(session, bought.oil, by=bought.secretary, at=SATURDAY)

    assert (again.number, [line.item_name for line in again.lines]) == (2, ["Minyak goreng 5 L"])
    assert bought.order.total == Rupiah(2_540_000)
    assert told(session, "supply.po_cancelled") == 1


def test_what_is_locked_after_an_order_was_approved_stands_on_a_new_one(session, bought):
    service.approve(
        session, bought.order, seen=bought.order.total, by=bought.secretary, at=SATURDAY
    )
    service.cancel_order(session, bought.order, at=SATURDAY)
    first = service.draft(session, bought.oil, by=bought.chair, at=SATURDAY)
    approve(session, first, by=bought.secretary, at=SATURDAY)

    second = service.draft(session, bought.sugar, by=bought.chair, at=SATURDAY)

    assert (first.number, second.number) == (2, 3)


def test_a_supplier_says_yes_to_everything(session, sent):
    answer = answer_of(sent.order, promised_on=SUNDAY.date(), note="Siap jam 8")
    for _ in range(2):
        service.confirm(session, sent.order, answer, at=SUNDAY)

    assert sent.order.state is PurchaseOrderState.CONFIRMED
    assert (sent.order.differs, sent.order.promised_on) == (False, SUNDAY.date())
    assert told(session, "supply.po_confirmed") == 1


def test_another_count_and_price_stand_beside_what_was_ordered(session, sent):
    service.confirm(
        session, sent.order, answer_of(sent.order, (2, 390_000), (2, 700_000)), at=SUNDAY
    )

    oil = sent.order.lines[0]
    assert sent.order.differs
    assert (oil.count, oil.price, oil.total) == (3, Rupiah(380_000), Rupiah(1_140_000))
    assert (oil.confirmed_count, oil.confirmed_price) == (2, Rupiah(390_000))
    assert (sent.oil.ordered_packs, sent.oil.ordered_cost) == (3, Rupiah(1_140_000))


def test_officers_say_no_the_supplier_answers_anew_and_after_yes_no_more(session, sent):
    service.confirm(
        session, sent.order, answer_of(sent.order, (1, 390_000), (2, 700_000)), at=SUNDAY
    )
    service.agree(session, sent.order, agreed=False, by=sent.chair, at=SUNDAY)

    service.confirm(
        session, sent.order, answer_of(sent.order, (2, 380_000), (2, 700_000)), at=SUNDAY
    )
    assert sent.order.agreed is None
    for _ in range(2):
        service.agree(session, sent.order, agreed=True, by=sent.chair, at=SUNDAY)

    with pytest.raises(AnswerClosed):
        service.confirm(session, sent.order, answer_of(sent.order), at=SUNDAY)
    assert told(session, "supply.po_decided") == 2


def test_there_is_nothing_to_agree_on_before_an_answer_that_differs(session, sent):
    with pytest.raises(RuleBroken, match="Tidak ada perubahan"):
        service.agree(session, sent.order, agreed=True, by=sent.chair, at=SUNDAY)
    service.confirm(session, sent.order, answer_of(sent.order), at=SUNDAY)
    with pytest.raises(RuleBroken, match="Tidak ada perubahan"):
        service.agree(session, sent.order, agreed=False, by=sent.chair, at=SUNDAY)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ((-1, 380_000), "count-1"),
        ((10**6 + 1, 380_000), "count-1"),
        ((3, 0), "price-1"),
        ((3, 10**12 + 1), "price-1"),
    ],
)
def test_an_impossible_answer_is_refused_and_changes_nothing(session, sent, changed, field):
    with pytest.raises(BadAnswer) as refused:
        service.confirm(
            session, sent.order, answer_of(sent.order, changed, (2, 700_000)), at=SUNDAY
        )

    assert list(refused.value.fields) == [field]
    assert (sent.order.state, sent.order.lines[0].confirmed_count) == (
        PurchaseOrderState.SENT,
        None,
    )


@pytest.mark.parametrize("days", [-1, 366])
def test_a_day_that_is_past_or_far_away_is_refused(session, sent, days):
    wrong = answer_of(sent.order, promised_on=(SUNDAY + timedelta(days=days)).date())
    with pytest.raises(BadAnswer, match="Pilih hari"):
        service.confirm(session, sent.order, wrong, at=SUNDAY)


def test_an_answer_names_every_line_and_no_other(session, sent):
    whole = answer_of(sent.order).lines
    first = dict([next(iter(whole.items()))])
    foreign = {**whole, new_id(): LineAnswer(1, Rupiah(1))}
    for lines in (first, foreign):
        with pytest.raises(BadAnswer, match="setiap barang"):
            service.confirm(session, sent.order, Answer(lines), at=SUNDAY)


def test_goods_that_come_close_the_order_step_by_step(session, sent):
    arrive(session, sent, sent.oil, 12)
    assert sent.order.state is PurchaseOrderState.PART_RECEIVED
    arrive(session, sent, sent.sugar, 60_000)
    assert sent.order.state is PurchaseOrderState.PART_RECEIVED
    with pytest.raises(AnswerClosed):
        service.confirm(session, sent.order, answer_of(sent.order), at=SUNDAY)
    with pytest.raises(WrongStep):
        service.cancel_order(session, sent.order, at=SUNDAY)

    arrive(session, sent, sent.sugar, 40_000)

    assert sent.order.state is PurchaseOrderState.CLOSED


def test_a_smaller_count_that_was_agreed_on_is_all_that_is_waited_for(session, sent):
    service.confirm(
        session, sent.order, answer_of(sent.order, (2, 380_000), (0, 700_000)), at=SUNDAY
    )
    service.agree(session, sent.order, agreed=True, by=sent.chair, at=SUNDAY)

    arrive(session, sent, sent.oil, 8)

    assert sent.order.state is PurchaseOrderState.CLOSED


def test_a_short_delivery_closes_its_order_once_everybody_fetched(session):
    bought = buy(session, SATURDAY)
    service.cancel(session, bought.sugar, reason=None, at=SATURDAY)
    service.approve(
        session, bought.order, seen=bought.order.total, by=bought.secretary, at=SATURDAY
    )
    service.send(session, bought.order, SentBy.PRINTED, by=bought.chair, at=SATURDAY)
    arrive(session, bought, bought.oil, 8)
    assert bought.order.state is PurchaseOrderState.PART_RECEIVED

    (row,) = queries.view(session, bought.oil).lines
    service.hand_over(
        session, row.line, paid=row.allocation.charge, actor_id=bought.chair, at=SUNDAY
    )

    assert bought.order.state is PurchaseOrderState.CLOSED


def test_goods_may_come_before_anybody_noted_that_they_were_ordered(session, bought):
    arrive(session, bought, bought.oil, 12)

    assert bought.order.state is PurchaseOrderState.PART_RECEIVED
    assert bought.order.approved_by is None


def test_an_order_is_found_by_its_own_link_only_once_it_was_sent(session, bought):
    own, key = bought.cooperative.id, bought.order.key
    other = make_cooperative(session, "Sanan").id
    with pytest.raises(NotFound):
        queries.purchase_order_by_key(session, own, key)
    service.approve(
        session, bought.order, seen=bought.order.total, by=bought.secretary, at=SATURDAY
    )
    service.send(session, bought.order, SentBy.PRINTED, by=bought.chair, at=SATURDAY)

    assert queries.purchase_order_by_key(session, own, key).id == bought.order.id
    for cooperative, wrong in ((own, key[:-1]), (own, "ключ"), (other, key)):
        with pytest.raises(NotFound, match="tidak dikenal"):
            queries.purchase_order_by_key(session, cooperative, wrong)


@pytest.mark.race
def test_of_two_officers_who_approve_at_once_one_is_told_no(own_app: Flask):
    with own_app.app_context(), transaction() as session:
        bought = buy(session, SATURDAY)
        third = make_account(session, "Bu Ani").id
        cooperative_id, people = bought.cooperative.id, (bought.secretary, third)

    def decide(by):
        with own_app.app_context():
            try:
                with transaction() as session:
                    order = queries.purchase_order(session, cooperative_id, 1)
                    approve(session, order, by=by, at=SATURDAY)
            except WrongStep:
                return False
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(decide, people))

    with own_app.app_context(), transaction() as session:
        order = queries.purchase_order(session, cooperative_id, 1)
        assert sorted(done) == [False, True]
        assert order.approved_by == people[done.index(True)]


@pytest.mark.race
def test_goods_locked_at_once_stand_on_one_order(own_app: Flask):
    with own_app.app_context(), transaction() as session:
        bought = buy(session, SATURDAY)
        service.cancel_order(session, bought.order, at=SATURDAY)
        cooperative_id, chair = bought.cooperative.id, bought.chair

    def draft(place: int) -> int:
        with own_app.app_context(), transaction() as session:
            pool = queries.pool(session, cooperative_id, 1, place)
            return service.draft(session, pool, by=chair, at=SATURDAY).number

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(draft, (1, 2, 1, 2)))

    assert set(numbers) == {2}
