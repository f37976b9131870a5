"""Whether what members have with their cooperative follows from what came about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.balances.models import Withdrawal
from marketplace.balances.rules import WITHDRAWAL, WithdrawalState
from marketplace.bookkeeping.service import MANUAL
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
from marketplace.supply.models import RequestLine, SupplyHandOver
from marketplace.supply.rules import PaidWith

Rows = Iterator[tuple[str, str]]
Told = dict[tuple[int, UUID], Rupiah]
NOTHING = Rupiah(0)
HELD_WHILE = {
    WithdrawalState.REQUESTED: HoldState.PENDING,
    WithdrawalState.APPROVED: HoldState.PENDING,
    WithdrawalState.PAID: HoldState.POSTED,
    WithdrawalState.CANCELLED: HoldState.VOIDED,
}


def causes(session: Session, _at: datetime) -> Rows:
    """Compare each balance with refunds to it, less what was spent and paid out, supplies too.

    What two officers wrote by hand counts as well: what members had before they came here.
    """
    told: Told = {}
    refunds = session.execute(
        select(Refund.cooperative_id, Refund.member_id, total_of(Refund.amount))
        .where(Refund.state == RefundState.PAID, Refund.member_id.is_not(None))
        .group_by(Refund.cooperative_id, Refund.member_id)
    )
    withdrawn = session.execute(
        select(Withdrawal.cooperative_id, Withdrawal.member_id, total_of(Withdrawal.amount))
        .where(Withdrawal.state == WithdrawalState.PAID)
        .group_by(Withdrawal.cooperative_id, Withdrawal.member_id)
    )
    for shop, member, amount in refunds:
        if member is not None:
            _add(told, shop, member, amount)
    for shop, member, amount in (*withdrawn, *_for_supplies(session)):
        _add(told, shop, member, -amount)
    for shop, member, amount in _by_hand(session):
        _add(told, shop, member, amount)
    for event in _spendings(session):
        _add(told, event.cooperative_id, UUID(event.facts[MEMBER]), -event.amount)
    kept = _kept(session)
    for key in sorted({*told, *kept}, key=str):
        said, booked = told.get(key, NOTHING), kept.get(key, NOTHING)
        if said != booked:
            yield f"members {key[0]}/{key[1]}", f"should have {said}, the books {booked}"


def _add(told: Told, shop: int, member: UUID, amount: Rupiah) -> None:
    told[shop, member] = told.get((shop, member), NOTHING) + amount


def _for_supplies(session: Session) -> Iterator[tuple[int, UUID, Rupiah]]:
    """Read what members paid out of their balances for supplies that they fetched."""
    rows = session.execute(
        select(SupplyHandOver.cooperative_id, RequestLine.member_id, total_of(SupplyHandOver.paid))
        .join(
            RequestLine,
            and_(
                RequestLine.cooperative_id == SupplyHandOver.cooperative_id,
                RequestLine.id == SupplyHandOver.line_id,
            ),
        )
        .where(SupplyHandOver.way == PaidWith.BALANCE, SupplyHandOver.undone_at.is_(None))
        .group_by(SupplyHandOver.cooperative_id, RequestLine.member_id)
    )
    yield from ((shop, member, amount) for shop, member, amount in rows)


def _by_hand(session: Session) -> Iterator[tuple[int, UUID, Rupiah]]:
    """Read what entries by hand, and their reversals, moved into balances and out of them."""
    original = aliased(LedgerEntry)
    by_hand = or_(LedgerEntry.source_type == MANUAL, original.source_type == MANUAL)
    for side, sign in ((LedgerLine.credit_id, 1), (LedgerLine.debit_id, -1)):
        rows = session.execute(
            select(LedgerLine.cooperative_id, LedgerAccount.member_id, LedgerLine.amount)
            .join(LedgerEntry, ENTRY_OF_LINE)
            .outerjoin(
                original,
                and_(
                    original.cooperative_id == LedgerEntry.cooperative_id,
                    original.id == LedgerEntry.reverses_id,
                ),
            )
            .join(
                LedgerAccount,
                and_(
                    LedgerAccount.cooperative_id == LedgerLine.cooperative_id,
                    LedgerAccount.id == side,
                    LedgerAccount.purpose == Purpose.MEMBER_BALANCE,
                ),
            )
            .where(by_hand, LedgerAccount.member_id.is_not(None))
        )
        for shop, member, amount in rows:
            if member is not None:
                yield shop, member, amount * sign


def _spendings(session: Session) -> list[PaymentEvent]:
    return list(session.scalars(select(PaymentEvent).where(PaymentEvent.source == CREDIT)))


def _kept(session: Session) -> Told:
    rows = session.execute(
        select(
            LedgerAccount.cooperative_id,
            LedgerAccount.member_id,
            total_of(LedgerAccount.credit - LedgerAccount.debit),
        )
        .where(
            LedgerAccount.purpose == Purpose.MEMBER_BALANCE, LedgerAccount.member_id.is_not(None)
        )
        .group_by(LedgerAccount.cooperative_id, LedgerAccount.member_id)
    )
    return {(shop, member): amount for shop, member, amount in rows if member}


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
