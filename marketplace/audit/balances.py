"""Whether what members have with their cooperative follows from what came about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from marketplace.audit.parts import Parts, by_hand, parts_of
from marketplace.balances.models import Withdrawal
from marketplace.balances.rules import WITHDRAWAL, WithdrawalState
from marketplace.credit.models import CreditPayment
from marketplace.credit.rules import PaidBy
from marketplace.database import total_of
from marketplace.kernel.money import Rupiah
from marketplace.ledger.models import (
    HoldState,
    LedgerAccount,
    LedgerEntry,
    LedgerHold,
    LedgerLine,
)
from marketplace.ledger.queries.entries import ENTRY_OF_LINE
from marketplace.ledger.rules import Purpose
from marketplace.orders.models import Refund
from marketplace.orders.rules import RefundState
from marketplace.payments.models import PaymentEvent
from marketplace.payments.rules import CREDIT, MEMBER
from marketplace.supply.models import RequestLine, SupplyHandOver, SupplyReturn
from marketplace.supply.rules import PaidWith

Rows = Iterator[tuple[str, str]]
NOTHING = Rupiah(0)
OF_LINE = and_(
    RequestLine.cooperative_id == SupplyHandOver.cooperative_id,
    RequestLine.id == SupplyHandOver.line_id,
)
HELD_WHILE = {
    WithdrawalState.REQUESTED: HoldState.PENDING,
    WithdrawalState.APPROVED: HoldState.PENDING,
    WithdrawalState.PAID: HoldState.POSTED,
    WithdrawalState.CANCELLED: HoldState.VOIDED,
}


def causes(session: Session, _at: datetime) -> Rows:
    """Compare each balance with refunds to it, less what was spent, paid out, or paid bons.

    What two officers wrote by hand counts as well: what members had before they came here.
    """
    told: Parts = defaultdict(Rupiah)
    for shop, member, amount in _movements(session):
        told[shop, member] += amount
    kept = parts_of(session, Purpose.MEMBER_BALANCE)
    for key in sorted({*told, *kept}, key=str):
        said, booked = told.get(key, NOTHING), kept.get(key, NOTHING)
        if said != booked:
            yield f"members {key[0]}/{key[1]}", f"should have {said}, the books {booked}"


def _movements(session: Session) -> Iterator[tuple[int, UUID, Rupiah]]:
    """Read what came into balances, and with a minus what left them."""
    for shop, member, amount in session.execute(
        select(Refund.cooperative_id, Refund.member_id, Refund.amount).where(
            Refund.state == RefundState.PAID, Refund.member_id.is_not(None)
        )
    ):
        if member is not None:
            yield shop, member, amount
    withdrawn = select(Withdrawal.cooperative_id, Withdrawal.member_id, Withdrawal.amount).where(
        Withdrawal.state == WithdrawalState.PAID
    )
    bons = select(
        CreditPayment.cooperative_id, CreditPayment.member_id, CreditPayment.amount
    ).where(CreditPayment.way == PaidBy.BALANCE)
    supplies = (
        select(SupplyHandOver.cooperative_id, RequestLine.member_id, SupplyHandOver.paid)
        .join(RequestLine, OF_LINE)
        .where(SupplyHandOver.way == PaidWith.BALANCE, SupplyHandOver.undone_at.is_(None))
    )
    for left in (withdrawn, bons, supplies):
        for shop, member, amount in session.execute(left):
            yield shop, member, -amount
    brought_back = (
        select(
            SupplyReturn.cooperative_id,
            RequestLine.member_id,
            SupplyReturn.paid,
            SupplyReturn.rounded,
        )
        .join(
            SupplyHandOver,
            and_(
                SupplyHandOver.cooperative_id == SupplyReturn.cooperative_id,
                SupplyHandOver.id == SupplyReturn.hand_id,
            ),
        )
        .join(RequestLine, OF_LINE)
        .where(
            SupplyReturn.way.in_((PaidWith.BALANCE, PaidWith.CREDIT)),
            SupplyReturn.undone_at.is_(None),
        )
    )
    for shop, member, paid, rounded in session.execute(brought_back):
        yield shop, member, paid - rounded
    for event in _spendings(session):
        yield event.cooperative_id, UUID(event.facts[MEMBER]), -event.amount
    yield from by_hand(session, Purpose.MEMBER_BALANCE)


def _spendings(session: Session) -> list[PaymentEvent]:
    return list(session.scalars(select(PaymentEvent).where(PaymentEvent.source == CREDIT)))


def spendings(session: Session, _at: datetime) -> Rows:
    """Match every payment out of a balance with the entry that took it from that balance."""
    taken = aliased(LedgerAccount)
    rows = session.execute(
        select(LedgerEntry.cooperative_id, LedgerEntry.key, taken.member_id, LedgerLine.amount)
        .join(LedgerLine, ENTRY_OF_LINE)
        .join(
            taken,
            and_(
                taken.cooperative_id == LedgerLine.cooperative_id,
                taken.id == LedgerLine.debit_id,
                taken.purpose == Purpose.MEMBER_BALANCE,
            ),
        )
        .where(LedgerEntry.key.startswith("payment:"))
    )
    booked = {(shop, key): (member, amount) for shop, key, member, amount in rows}
    for event in _spendings(session):
        found = booked.pop((event.cooperative_id, f"payment:{event.id}"), None)
        if found != (UUID(event.facts[MEMBER]), event.amount):
            yield (
                f"payment_events {event.cooperative_id}/{event.id}",
                f"{event.amount} was spent, its entry says {found[1] if found else 'nothing'}",
            )
    for (shop, key), (member, amount) in booked.items():
        yield f"members {shop}/{member}", f"{amount} was taken by {key}, and nothing was paid"


def withdrawals(session: Session, _at: datetime) -> Rows:
    """Compare each paying-out with what is held for it, and with its entry once it is paid."""
    entry = and_(
        LedgerEntry.cooperative_id == Withdrawal.cooperative_id,
        LedgerEntry.source_type == WITHDRAWAL,
        LedgerEntry.source_id == Withdrawal.id,
    )
    rows = session.execute(
        select(
            Withdrawal,
            LedgerHold.amount,
            LedgerHold.state,
            LedgerAccount.member_id,
            total_of(LedgerLine.amount),
        )
        .join(
            LedgerHold,
            and_(
                LedgerHold.cooperative_id == Withdrawal.cooperative_id,
                LedgerHold.id == Withdrawal.hold_id,
            ),
        )
        .join(
            LedgerAccount,
            and_(
                LedgerAccount.cooperative_id == LedgerHold.cooperative_id,
                LedgerAccount.id == LedgerHold.account_id,
            ),
        )
        .outerjoin(LedgerEntry, entry)
        .outerjoin(
            LedgerLine,
            and_(
                LedgerLine.cooperative_id == LedgerEntry.cooperative_id,
                LedgerLine.entry_id == LedgerEntry.id,
                LedgerLine.debit_id == LedgerHold.account_id,
            ),
        )
        .group_by(*Withdrawal.__table__.columns, LedgerHold.amount, LedgerHold.state,
                  LedgerAccount.member_id)
    )  # fmt: skip
    for each, held, state, member, booked in rows:
        row = f"balance_withdrawals {each.cooperative_id}/{each.id}"
        if (held, state, member) != (each.amount, HELD_WHILE[each.state], each.member_id):
            yield row, f"{each.state.value} {each.amount}, held {held} {state.value}"
        paid = each.amount if each.state is WithdrawalState.PAID else NOTHING
        if booked != paid:
            yield row, f"paid {paid}, the books {booked}"
    yield from _without_a_withdrawal(session)


def _without_a_withdrawal(session: Session) -> Rows:
    """Find entries and holds of payings-out that are not there."""
    known = select(Withdrawal.id).where(
        Withdrawal.cooperative_id == LedgerEntry.cooperative_id,
        Withdrawal.id == LedgerEntry.source_id,
    )
    lost = session.execute(
        select(LedgerEntry.cooperative_id, LedgerEntry.id, LedgerEntry.key).where(
            LedgerEntry.source_type == WITHDRAWAL, ~known.exists()
        )
    )
    for shop, id_, key in lost:
        yield f"ledger_entries {shop}/{id_}", f"{key}, and there is no such paying-out"
    known = select(Withdrawal.id).where(
        Withdrawal.cooperative_id == LedgerHold.cooperative_id, Withdrawal.hold_id == LedgerHold.id
    )
    orphans = session.execute(
        select(LedgerHold.cooperative_id, LedgerHold.id, LedgerHold.key).where(
            LedgerHold.key.startswith(f"{WITHDRAWAL}:"), ~known.exists()
        )
    )
    for shop, id_, key in orphans:
        yield f"ledger_holds {shop}/{id_}", f"{key}, and there is no such paying-out"
