"""Paying a balance out: held from the first word, agreed to by two above the limit, paid once."""

from __future__ import annotations

import pytest

from marketplace import audit
from marketplace.balances import queries, service
from marketplace.balances.own_data import of_saver
from marketplace.balances.rules import WithdrawalState, WrongWithdrawalStep
from marketplace.balances.service import WithdrawalKeyReused
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries as books
from marketplace.ledger.rules import Purpose, Unit
from marketplace.ledger.service import BalanceTooSmall
from marketplace.orders.rules import ProofMissing, SecondOfficer
from marketplace.payouts.rules import PaidBy
from tests.makers import SATURDAY


@pytest.fixture
def ask(session, sanan, member, treasurer):
    def go(amount: int, *, key: str = "1", by=treasurer):
        return service.ask(
            session, sanan, member.id, Rupiah(amount), key=key, by=by.id, at=SATURDAY
        )

    return go


def pay(session, asked, by, way=PaidBy.CASH, reference=None):
    return service.pay(session, asked, way, reference=reference, by=by.id, at=SATURDAY)


def standing(session, sanan, member):
    found = queries.of_member(session, sanan, member.id)
    return found.amount.amount, found.held.amount


def clean(session):
    session.flush()
    return [str(f) for f in audit.run(session, at=SATURDAY) if not f.check.startswith("outbox")]


def test_what_is_asked_for_is_held_then_paid_once(session, sanan, saved, ask, member, treasurer):
    saved(50_000)

    asked = ask(20_000)
    again = ask(20_000)
    before = standing(session, sanan, member)
    for _ in range(2):
        pay(session, asked, treasurer)

    assert asked.id == again.id
    assert before == (50_000, 20_000)
    assert standing(session, sanan, member) == (30_000, 0)
    book = books.book_of(session, sanan.id, Unit.SHOP)
    assert books.balance_of(session, book, Purpose.CASH) == Rupiah(-20_000)
    assert clean(session) == []


def test_above_the_limit_of_a_day_another_officer_agrees(
    session, sanan, saved, ask, member, treasurer, chair
):
    saved(50_000)
    sanan.refund_limit = Rupiah(50_000)
    ask(30_000)
    sanan.refund_limit = Rupiah(30_000)

    asked = ask(1_000, key="2")

    assert (asked.state, asked.two_people) == (WithdrawalState.REQUESTED, True)
    with pytest.raises(WrongWithdrawalStep):
        pay(session, asked, treasurer)
    with pytest.raises(SecondOfficer):
        service.approve(session, asked, by=treasurer.id, at=SATURDAY)
    service.approve(session, asked, by=chair.id, at=SATURDAY)
    pay(session, asked, treasurer, PaidBy.TRANSFER, "TRF 7")
    assert (asked.state, asked.reference) == (WithdrawalState.PAID, "TRF 7")
    assert clean(session) == []


def test_nobody_pays_themselves_alone(saved, ask, lilik):
    saved(50_000)

    assert ask(1_000, by=lilik).two_people


def test_what_is_given_up_is_free_again(session, sanan, saved, ask, member, treasurer):
    saved(50_000)
    asked = ask(50_000)

    for _ in range(2):
        service.cancel(session, asked, by=treasurer.id, at=SATURDAY)

    assert standing(session, sanan, member) == (50_000, 0)
    with pytest.raises(WrongWithdrawalStep):
        pay(session, asked, treasurer)
    assert clean(session) == []


def test_wrong_pay_outs_are_refused(session, saved, ask, treasurer):
    saved(50_000)

    with pytest.raises(BalanceTooSmall):
        ask(50_001)
    with pytest.raises(Invalid):
        ask(0)
    asked = ask(10_000)
    with pytest.raises(WithdrawalKeyReused):
        ask(9_000)
    with pytest.raises(ProofMissing):
        pay(session, asked, treasurer, PaidBy.TRANSFER, " ")


def test_a_persons_data_says_what_they_have_and_how_it_came_so(
    session, saved, ask, lilik, treasurer
):
    order = saved(50_000)
    pay(session, ask(20_000), treasurer)

    (balance,) = of_saver(session, lilik.id)["balances"]

    assert (balance["balance"], balance["held"]) == (30_000, 0)
    assert [(c["amount"], c["balance"]) for c in balance["changes"]] == [
        (50_000, 50_000),
        (-20_000, 30_000),
    ]
    assert order.number in balance["changes"][0]["cause"]
