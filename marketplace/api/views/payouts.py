"""Paying makers by program: who is owed what, and batches that two people stand behind."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.api import cursors, idempotency
from marketplace.api.blueprint import operation
from marketplace.api.schemas.payouts import (
    DuesSchema,
    PayoutPageSchema,
    PayoutPaid,
    PayoutQuery,
    PayoutRequest,
    PayoutSchema,
)
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.payouts import queries, service
from marketplace.payouts.models import PayoutBatch
from marketplace.payouts.rules import PaidBy
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader

PATH = "/cooperatives/<slug>/payouts"
ONE = f"{PATH}/<id:batch_id>"


@operation(
    method="GET",
    path=f"{PATH}/due",
    summary=say("Utang kepada pembuat"),
    guard=requires(Permission.SEE_BOOKS),
    scope="books",
    gives=DuesSchema,
)
def list_dues(slug: str) -> dict[str, Any]:
    """List who is owed money and by when it was promised."""
    dues = queries.dues(reader(), here())
    return {
        "items": [
            {
                "member": due.member_id,
                "name": due.name,
                "amount": due.amount,
                "waiting": due.waits,
                "promised": due.promised,
            }
            for due in dues
        ],
        "total": Rupiah.total(due.amount for due in dues),
    }


@operation(
    method="GET",
    path=PATH,
    summary=say("Daftar setoran ke pembuat"),
    guard=requires(Permission.SEE_BOOKS),
    scope="books",
    asks=PayoutQuery,
    gives=PayoutPageSchema,
)
def list_payouts(asked: dict[str, Any], slug: str) -> dict[str, Any]:
    """List batches of pay-outs, the newest first."""
    limit = asked["limit"]
    before = cursors.decode(asked["cursor"], int)[0] if asked["cursor"] else None
    found = queries.batches(reader(), here().id, before=before, limit=limit + 1)
    shown = found[:limit]
    return {
        "items": [_said(batch) for batch in shown],
        "next_cursor": cursors.encode(shown[-1].number) if len(found) > limit else None,
    }


@operation(
    method="POST",
    path=PATH,
    summary=say("Susun setoran"),
    guard=requires(Permission.KEEP_BOOKS),
    scope="books",
    takes=PayoutRequest,
    gives=PayoutSchema,
    status=201,
    once=True,
    codes=("nobody_to_pay",),
)
def compose_payout(session: Session, body: dict[str, Any], slug: str) -> dict[str, Any]:
    """Put together what members are owed now; another officer has to approve it."""
    batch = service.compose(
        session,
        here().id,
        set(body["members"]),
        key=f"api:{to_text(me().account_id)}:{idempotency.key()}",
        by=me().account_id,
        at=now(),
    )
    return _said(batch)


@operation(
    method="POST",
    path=f"{ONE}/approve",
    summary=say("Setujui setoran"),
    guard=requires(Permission.APPROVE_ENTRIES),
    scope="books",
    gives=PayoutSchema,
    once=True,
    codes=("wrong_step", "needs_another_person"),
)
def approve_payout(session: Session, slug: str, batch_id: UUID) -> dict[str, Any]:
    """Say yes to what another officer composed."""
    found = queries.batch(session, here().id, batch_id)
    return _said(service.approve(session, found, by=me().account_id, at=now()))


@operation(
    method="POST",
    path=f"{ONE}/pay",
    summary=say("Catat setoran yang sudah dibayar"),
    guard=requires(Permission.KEEP_BOOKS),
    scope="books",
    takes=PayoutPaid,
    gives=PayoutSchema,
    once=True,
    codes=("wrong_step", "owed_less", "account_closed"),
)
def pay_payout(session: Session, body: dict[str, Any], slug: str, batch_id: UUID) -> dict[str, Any]:
    """Say that the money went to the makers, and how; it is booked and they are told."""
    batch = service.pay(
        session,
        queries.batch(session, here().id, batch_id),
        paid_by=PaidBy(body["method"]),
        reference=body["reference"],
        by=me().account_id,
        at=now(),
    )
    return _said(batch)


@operation(
    method="POST",
    path=f"{ONE}/cancel",
    summary=say("Batalkan setoran"),
    guard=requires(Permission.KEEP_BOOKS),
    scope="books",
    gives=PayoutSchema,
    once=True,
    codes=("wrong_step",),
)
def cancel_payout(session: Session, slug: str, batch_id: UUID) -> dict[str, Any]:
    """Give a batch up before it is paid; what it would have paid is owed as before."""
    found = queries.batch(session, here().id, batch_id)
    return _said(service.cancel(session, found, at=now()))


def _said(batch: PayoutBatch) -> dict[str, Any]:
    return {
        "id": batch.id,
        "number": batch.number,
        "state": batch.state.value,
        "total": batch.total,
        "composed_by": batch.composed_by,
        "composed_at": batch.composed_at,
        "approved_by": batch.approved_by,
        "approved_at": batch.approved_at,
        "method": batch.paid_by.value if batch.paid_by else None,
        "paid_at": batch.paid_at,
        "reference": batch.reference,
        "payouts": [
            {
                "member": part.member_id,
                "purpose": part.purpose.value,
                "amount": part.amount,
                "entry": part.entry_id,
            }
            for part in batch.payouts
        ],
    }
