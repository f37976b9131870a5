"""Changing where money goes: one proposes, another approves, a day later it holds."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.cooperatives import service as cooperatives
from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import new_id
from marketplace.kernel.text import say
from marketplace.outbox import service as outbox
from marketplace.payments import queries
from marketplace.payments.models import PaymentDestination
from marketplace.payments.rules import (
    COOLING,
    BankAccount,
    DestinationKind,
    DestinationState,
    OtherWaiting,
    QrisCode,
    SamePerson,
    move,
)


def propose(
    session: Session,
    cooperative: Cooperative,
    details: BankAccount | QrisCode,
    *,
    by: UUID | None,
    at: datetime,
) -> PaymentDestination:
    """Propose where money of one kind shall go.

    The very first of its kind holds at once: nothing can be diverted by it (decision 0008).
    Every later one waits for another officer and for a day. Raises OtherWaiting.
    """
    present = queries.in_use(session, cooperative.id, details.kind)
    if present is not None and _same(present, details):
        raise RuleBroken(say("Tujuan itu sudah dipakai."))
    proposed = _kept(session, _row(cooperative, details, by, at))
    if _is_first(session, cooperative, details.kind):
        _use(session, cooperative, proposed, at)
    else:
        _tell(session, proposed, by, at)
    return proposed


def _is_first(session: Session, cooperative: Cooperative, kind: DestinationKind) -> bool:
    if kind is DestinationKind.QRIS and cooperative.qris_payload:
        return False
    return not queries.was_set(session, cooperative.id, kind)


def _same(present: PaymentDestination, details: BankAccount | QrisCode) -> bool:
    if isinstance(details, QrisCode):
        return present.qris_payload == details.payload
    return (present.bank, present.number, present.holder) == (
        details.bank,
        details.number,
        details.holder,
    )


def _row(
    cooperative: Cooperative,
    details: BankAccount | QrisCode,
    by: UUID | None,
    at: datetime,
) -> PaymentDestination:
    row = PaymentDestination(
        cooperative_id=cooperative.id,
        id=new_id(),
        kind=details.kind,
        state=DestinationState.PROPOSED,
        holder=details.holder,
        proposed_by=by,
        proposed_at=at,
    )
    if isinstance(details, QrisCode):
        row.qris_payload, row.qris_converts = details.payload, details.converts
    else:
        row.bank, row.number = details.bank, details.number
    return row


def _kept(session: Session, row: PaymentDestination) -> PaymentDestination:
    """Keep a proposal; the unique key lets only one of a kind be on its way."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as twin:
        raise OtherWaiting(
            say("Sudah ada perubahan yang menunggu. Tarik itu dulu, lalu usulkan lagi.")
        ) from twin
    return row


def approve(
    session: Session, cooperative: Cooperative, destination_id: UUID, *, by: UUID, at: datetime
) -> PaymentDestination:
    """Approve what another officer proposed; it holds a day later. Raises SamePerson."""
    row = queries.destination(session, cooperative.id, destination_id)
    wanted = move(row.state, DestinationState.APPROVED)
    if row.proposed_by == by:
        raise SamePerson(say("Yang menyetujui harus pengurus lain, bukan yang mengusulkan."))
    row.state = wanted
    row.approved_by, row.approved_at = by, at
    row.effective_at = at + COOLING
    session.flush()
    _tell(session, row, by, at)
    return row


def withdraw(
    session: Session,
    cooperative: Cooperative,
    destination_id: UUID,
    *,
    by: UUID | None,
    at: datetime,
) -> PaymentDestination:
    """Take a change back before it holds, or stop using what is in use; both at once."""
    row = queries.destination(session, cooperative.id, destination_id)
    was_used = row.state is DestinationState.IN_USE
    row.state = move(row.state, DestinationState.WITHDRAWN)
    row.ended_at = at
    session.flush()
    if was_used and row.kind is DestinationKind.QRIS:
        cooperatives.remove_qris(session, cooperative, at=at)
    elif was_used:
        cooperatives.remove_account(session, cooperative, at=at)
    _tell(session, row, by, at)
    return row


def take_effect(session: Session, *, at: datetime) -> int:
    """Use every approved destination whose day is over; returns how many.

    Checkouts call it, so that no worker is needed.
    """
    done = 0
    for cooperative_id, destination_id in queries.due_destinations(session, at=at):
        row = queries.destination(session, cooperative_id, destination_id)
        if row.state is DestinationState.APPROVED:  # nobody else was faster
            _use(session, session.get_one(Cooperative, cooperative_id), row, at)
            done += 1
    return done


def _use(session: Session, cooperative: Cooperative, row: PaymentDestination, at: datetime) -> None:
    before = queries.in_use(session, cooperative.id, row.kind)
    if before is not None:
        before.state = move(before.state, DestinationState.REPLACED)
        before.ended_at = at
        session.flush()  # the unique key knows only one in use
    row.state = move(row.state, DestinationState.IN_USE)
    row.used_from = at
    session.flush()
    if row.kind is DestinationKind.QRIS:
        assert row.qris_payload is not None  # noqa: S101 - a check of the table
        cooperatives.set_qris(
            session, cooperative, row.qris_payload, converts=bool(row.qris_converts), at=at
        )
    else:
        cooperatives.set_account(session, cooperative, row.id, at=at)
    _tell(session, row, row.proposed_by, at)


def _tell(session: Session, row: PaymentDestination, by: UUID | None, at: datetime) -> None:
    outbox.tell(
        session,
        "payment_destination.changed",
        at=at,
        cooperative=row.cooperative_id,
        destination=str(row.id),
        state=row.state.value,
        by=str(by) if by else None,
    )
