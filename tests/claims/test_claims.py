"""A buyer says what was wrong; the cooperative answers, both agree, or the operator decides."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from marketplace import audit
from marketplace.claims import queries, rules, service
from marketplace.claims.rules import Answer, ClaimKind, ClaimState
from marketplace.kernel.access import Role
from marketplace.kernel.calendar import after_working_days
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Rupiah
from marketplace.orders.models import RefundLine
from marketplace.orders.queries import refunds
from marketplace.orders.rules import OrderState, RefundState, TooMuchBack
from marketplace.outbox.models import OutboxMessage
from marketplace.payments.rules import PaymentMethod
from tests.makers import SATURDAY, make_account, make_officer

TUESDAY = SATURDAY + timedelta(days=3)
WEDNESDAY = SATURDAY + timedelta(days=4)


@pytest.fixture
def order(ordered):
    return ordered(OrderState.FINISHED, method=PaymentMethod.QRIS)


@pytest.fixture
def complain(session, order):
    def go(kind=ClaimKind.DAMAGED, *, at=SATURDAY, **facts):
        complaint = service.Complaint(kind, "Remuk semua", **facts)
        return service.open_claim(session, order, complaint, at=at)

    return go


def clean(session) -> list[str]:
    session.flush()
    return [
        str(found)
        for found in audit.run(session, at=SATURDAY)
        if not found.check.startswith(("outbox", "tenants"))
    ]


def test_the_window_is_two_working_days_by_the_indonesian_calendar():
    assert rules.claim_until(SATURDAY) == datetime(
        2026, 12, 1, 16, 59, tzinfo=UTC
    )  # end of Tuesday
    christmas = datetime(2026, 12, 23, 3, tzinfo=UTC)
    assert rules.claim_until(christmas) == datetime(2026, 12, 29, 16, 59, tzinfo=UTC)


def test_a_year_whose_holidays_nobody_knows_yet_still_has_working_days():
    friday = datetime(2031, 1, 3, 3, tzinfo=UTC)

    assert after_working_days(friday, 2) == datetime(2031, 1, 7, 16, 59, tzinfo=UTC)


def test_a_setting_holds_from_its_day_on():
    later = rules.Setting(3, date(2027, 1, 1), "RAT")
    settings = (*rules.CLAIM_WINDOW, later)

    assert rules.setting_on(settings, date(2026, 12, 31)).days == 2
    assert rules.setting_on(settings, date(2027, 1, 1)).days == 3
    assert rules.setting_on(settings, date(1990, 1, 1)).days == 2


def test_every_window_is_at_least_what_the_law_asks():
    assert all(setting.days >= 2 and setting.source for setting in rules.CLAIM_WINDOW)


def test_what_was_agreed_becomes_a_refund_in_the_same_step(session, order, officer, complain):
    claim = complain(pieces={order.lines[0].id: 1})

    service.answer(session, claim, Answer.FULL, "Maaf ya", by=officer.id, at=SATURDAY)
    service.accept(session, claim, at=SATURDAY)
    service.accept(session, claim, at=SATURDAY)

    (refund,) = refunds.refunds_of(session, order)
    assert (claim.state, claim.amount) == (ClaimState.AGREED, Rupiah(15_000))
    assert (refund.id, refund.amount) == (claim.refund_id, Rupiah(15_000))
    pieces = session.scalar(select(RefundLine.quantity).where(RefundLine.refund_id == refund.id))
    assert (refund.state, pieces) == (RefundState.APPROVED, 1)
    assert order.refund_due == Rupiah(15_000)
    assert clean(session) == []


def test_a_part_of_the_money_is_named_by_its_amount(session, order, officer, complain):
    claim = complain()

    with pytest.raises(Invalid):
        service.answer(session, claim, Answer.PART, "Sebagian", by=officer.id, at=SATURDAY)
    with pytest.raises(TooMuchBack):
        service.answer(
            session, claim, Answer.PART, "Semua", amount=Rupiah(30_001), by=officer.id, at=SATURDAY
        )
    service.answer(
        session, claim, Answer.PART, "Sebagian", amount=Rupiah(7_000), by=officer.id, at=SATURDAY
    )
    service.accept(session, claim, at=SATURDAY)

    (refund,) = refunds.refunds_of(session, order)
    assert refund.amount == Rupiah(7_000)
    assert clean(session) == []


@pytest.mark.parametrize("wanted", [Answer.REPLACEMENT, Answer.NO])
def test_an_answer_without_money_moves_none(session, order, officer, complain, wanted):
    claim = complain()

    service.answer(session, claim, wanted, "Kami ganti", by=officer.id, at=SATURDAY)
    service.accept(session, claim, at=SATURDAY)

    assert claim.state is ClaimState.AGREED
    assert refunds.refunds_of(session, order) == []


def test_the_operator_decides_what_they_could_not_agree_on(session, order, officer, complain):
    guyub = make_account(session, "Operator")
    claim = complain()
    service.answer(session, claim, Answer.NO, "Sudah diperiksa", by=officer.id, at=SATURDAY)

    service.escalate(session, claim, at=SATURDAY)
    (waiting,) = queries.for_operator(session)
    service.decide(session, claim, Rupiah(12_000), "Separuh", by=guyub.id, at=TUESDAY)

    (refund,) = refunds.refunds_of(session, order)
    assert waiting.claim.id == claim.id
    assert (claim.state, refund.amount) == (ClaimState.DECIDED, Rupiah(12_000))
    assert refund.state is RefundState.APPROVED
    assert queries.for_operator(session) == []
    assert clean(session) == []


def test_the_operators_word_is_the_second_one_above_the_limit(session, sanan, order, complain):
    sanan.refund_limit = Rupiah(0)
    guyub = make_account(session, "Operator")
    claim = complain()

    service.escalate(session, claim, at=WEDNESDAY)
    service.decide(session, claim, Rupiah(12_000), "Separuh", by=guyub.id, at=WEDNESDAY)

    (refund,) = refunds.refunds_of(session, order)
    assert (refund.state, refund.decided_by) == (RefundState.APPROVED, guyub.id)


def test_the_operator_may_grant_nothing(session, order, complain):
    guyub = make_account(session, "Operator")
    claim = complain()
    service.escalate(session, claim, at=WEDNESDAY)

    service.decide(session, claim, None, "Tidak terbukti", by=guyub.id, at=WEDNESDAY)

    assert (claim.state, claim.refund_id) == (ClaimState.DECIDED, None)
    assert refunds.refunds_of(session, order) == []


def test_the_buyer_waits_two_working_days_for_an_answer(session, complain):
    claim = complain()

    with pytest.raises(rules.WrongClaimStep):
        service.escalate(session, claim, at=TUESDAY)
    service.escalate(session, claim, at=WEDNESDAY)

    assert claim.state is ClaimState.ESCALATED


def test_after_the_window_it_is_too_late(session, complain):
    with pytest.raises(rules.TooLateToClaim):
        complain(at=WEDNESDAY)
    assert complain(at=TUESDAY).state is ClaimState.OPENED


def test_goods_that_were_not_handed_over_cannot_be_claimed(session, ordered):
    order = ordered(OrderState.READY_FOR_PICKUP, method=PaymentMethod.QRIS)

    with pytest.raises(rules.TooLateToClaim):
        service.open_claim(
            session, order, service.Complaint(ClaimKind.FEWER, "Kurang satu"), at=SATURDAY
        )


def test_an_order_has_one_claim_at_a_time(session, officer, complain):
    claim = complain()

    with pytest.raises(rules.ClaimOpen):
        complain()
    service.answer(session, claim, Answer.NO, "Tidak", by=officer.id, at=SATURDAY)
    service.accept(session, claim, at=SATURDAY)

    assert complain().state is ClaimState.OPENED


def test_more_pieces_than_were_bought_cannot_be_claimed(session, order, complain):
    with pytest.raises(TooMuchBack):
        complain(pieces={order.lines[0].id: 3})


def told(session, *topics: str) -> list[str]:
    rows = session.scalars(select(OutboxMessage.topic).order_by(OutboxMessage.id))
    return [topic for topic in rows if topic in topics]


def test_a_claim_that_nobody_answers_is_reminded_of_and_then_goes_to_the_operator_by_itself(
    session, complain
):
    claim = complain()
    day_before = claim.answer_by - timedelta(days=1)

    early = service.tend(session, at=day_before - timedelta(minutes=1))
    reminded = [service.tend(session, at=day_before) for _ in range(2)]
    late = [service.tend(session, at=claim.answer_by) for _ in range(2)]

    assert (early, reminded, late) == (0, [1, 0], [1, 0])
    assert (claim.state, claim.escalated_at) == (ClaimState.ESCALATED, claim.answer_by)
    topics = "claim.opened", "claim.reminder", "claim.escalated"
    assert told(session, *topics) == list(topics)
    assert clean(session) == []


def test_an_answered_claim_waits_for_its_buyer_and_not_for_the_clock(session, officer, complain):
    claim = complain()
    service.answer(session, claim, Answer.NO, "Tidak", by=officer.id, at=SATURDAY)

    assert service.tend(session, at=claim.answer_by + timedelta(days=9)) == 0
    assert claim.state is ClaimState.ANSWERED


def test_a_claim_of_which_nobody_was_reminded_in_time_goes_on_without_a_reminder(session, complain):
    claim = complain()

    assert service.tend(session, at=claim.answer_by + timedelta(days=1)) == 1
    assert told(session, "claim.reminder") == []


def test_a_claim_is_seen_by_its_own_cooperative_alone(session, sanan, velodrome, complain):
    complain()
    make_officer(session, velodrome, Role.CHAIR, "Bu Tini")

    assert queries.waiting(session, sanan.id) == 1
    assert queries.waiting(session, velodrome.id) == 0
    assert queries.claims_in(session, velodrome.id, states=tuple(ClaimState)) == []
