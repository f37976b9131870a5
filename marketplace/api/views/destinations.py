"""Where money goes, by program: one proposes, another approves, a day later it holds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.api.blueprint import operation
from marketplace.api.schemas.payments import (
    DestinationListSchema,
    DestinationRequest,
    DestinationSchema,
)
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import Invalid
from marketplace.kernel.text import say
from marketplace.payments import queries, service
from marketplace.payments.models import PaymentDestination
from marketplace.payments.rules import BankAccount, QrisCode, checked_account
from marketplace.payments.settings.codes import checked
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader

PATH = "/cooperatives/<slug>/payment-destinations"
ONE = f"{PATH}/<id:destination_id>"
GUARD = requires(Permission.MANAGE_PAYMENTS)


@operation(
    method="GET",
    path=PATH,
    summary=say("Tujuan uang koperasi"),
    guard=requires(Permission.MANAGE_PAYMENTS, Permission.CONFIRM_PAYMENTS),
    scope="payments",
    gives=DestinationListSchema,
)
def list_payment_destinations(slug: str) -> dict[str, Any]:
    """List where money goes now, and where it was proposed to go."""
    shown = queries.shown_destinations(reader(), here().id)
    return {"items": [_said(one.destination) for one in shown]}


@operation(
    method="POST",
    path=PATH,
    summary=say("Usulkan tujuan uang"),
    guard=GUARD,
    scope="payments",
    takes=DestinationRequest,
    gives=DestinationSchema,
    status=201,
    once=True,
    codes=("other_waiting", "rule_broken"),
)
def propose_payment_destination(
    session: Session, body: dict[str, Any], slug: str
) -> dict[str, Any]:
    """Propose a bank account or a QRIS code; the first of its kind holds at once."""
    details = _details(body)
    return _said(service.propose(session, here(), details, by=me().account_id, at=now()))


def _details(body: dict[str, Any]) -> BankAccount | QrisCode:
    account, code = body["account"], body["qris"]
    if bool(account) is bool(code):
        wrong = say("Kirim satu rekening atau satu kode QRIS.")
        raise Invalid(wrong, fields={"account": wrong})
    place = "account" if account else "qris"
    try:
        if account:
            return checked_account(**account)
        own = checked(code["payload"])
    except Invalid as wrong_details:
        fields = wrong_details.fields or {"payload": wrong_details.message}
        named = {f"{place}.{name}": message for name, message in fields.items()}
        raise Invalid(wrong_details.message, fields=named) from wrong_details
    return QrisCode(own.payload, own.name, converts=code["converts"])


@operation(
    method="POST",
    path=f"{ONE}/approve",
    summary=say("Setujui tujuan uang"),
    guard=GUARD,
    scope="payments",
    gives=DestinationSchema,
    once=True,
    codes=("wrong_step", "same_person"),
)
def approve_payment_destination(
    session: Session, slug: str, destination_id: UUID
) -> dict[str, Any]:
    """Approve what another officer proposed; it holds a day later."""
    return _said(service.approve(session, here(), destination_id, by=me().account_id, at=now()))


@operation(
    method="POST",
    path=f"{ONE}/withdraw",
    summary=say("Tarik tujuan uang"),
    guard=GUARD,
    scope="payments",
    gives=DestinationSchema,
    once=True,
    codes=("wrong_step",),
)
def withdraw_payment_destination(
    session: Session, slug: str, destination_id: UUID
) -> dict[str, Any]:
    """Take a change back, or take no more money there."""
    return _said(service.withdraw(session, here(), destination_id, by=me().account_id, at=now()))


def _said(row: PaymentDestination) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind.value,
        "state": row.state.value,
        "holder": row.holder,
        "bank": row.bank,
        "number": row.number,
        "qris": row.qris_payload,
        "proposed_by": row.proposed_by,
        "proposed_at": row.proposed_at,
        "approved_by": row.approved_by,
        "approved_at": row.approved_at,
        "effective_at": row.effective_at,
    }
