"""Balances by program: one's own, a cooperative's members', and paying them out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.api import cursors, idempotency
from marketplace.api.blueprint import operation
from marketplace.api.schemas.balances import (
    BalanceQuery,
    MemberBalancePageSchema,
    OwnBalancesQuery,
    OwnBalancesSchema,
    WithdrawalPaid,
    WithdrawalSchema,
    WithdrawalWanted,
)
from marketplace.balances import queries, service
from marketplace.balances.models import Withdrawal
from marketplace.balances.queries import Balance
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.payouts.rules import PaidBy
from marketplace.web.clock import now
from marketplace.web.guards import requires, signed_in
from marketplace.web.transactions import reader

PATH = "/cooperatives/<slug>/balances"
ONE = "/cooperatives/<slug>/withdrawals/<id:withdrawal_id>"
GUARD = requires(Permission.CONFIRM_PAYMENTS)


@operation(
    method="GET",
    path="/balances",
    summary=say("Lihat titipan sendiri"),
    guard=signed_in,
    scope="purchases",
    asks=OwnBalancesQuery,
    gives=OwnBalancesSchema,
)
def list_own_balances(asked: dict[str, Any]) -> dict[str, Any]:
    """Say what the person behind the token has with each of their cooperatives."""
    found = queries.own(reader(), me().account_id)
    wanted = asked["cooperative"]
    return {"items": [_said(each) for each in found if wanted in (None, each.cooperative.slug)]}


@operation(
    method="GET",
    path=PATH,
    summary=say("Daftar titipan anggota"),
    guard=requires(Permission.SEE_BOOKS),
    scope="books",
    asks=BalanceQuery,
    gives=MemberBalancePageSchema,
)
def list_balances(asked: dict[str, Any], slug: str) -> dict[str, Any]:
    """List the members of a cooperative that have something there."""
    limit, session = asked["limit"], reader()
    after = cursors.decode_id(asked["cursor"]) if asked["cursor"] else None
    found = queries.of_members(session, here(), after=after, limit=limit + 1)
    count, total = queries.total(session, here().id)
    return {
        "items": [_said(each) for each in found[:limit]],
        "total": total,
        "members": count,
        "next_cursor": (
            cursors.encode(to_text(found[limit - 1].member.id)) if len(found) > limit else None
        ),
    }


def _said(found: Balance) -> dict[str, Any]:
    return {
        "cooperative": found.cooperative.slug,
        "member": found.member.id,
        "name": found.member.called,
        "balance": found.amount,
        "held": found.held,
        "free": found.free,
    }


@operation(
    method="POST",
    path=f"{PATH}/<id:member_id>/withdrawals",
    summary=say("Cairkan titipan anggota"),
    guard=GUARD,
    scope="books",
    takes=WithdrawalWanted,
    gives=WithdrawalSchema,
    status=201,
    once=True,
    codes=("balance_too_small", "key_reused"),
)
def withdraw_balance(
    session: Session, body: dict[str, Any], slug: str, member_id: UUID
) -> dict[str, Any]:
    """Ask for a balance to be paid out; up to the cooperative's limit that is agreed to at once."""
    asked = service.ask(
        session,
        here(),
        member_id,
        Rupiah(body["amount"]),
        key=f"api:{to_text(me().account_id)}:{idempotency.key()}",
        by=me().account_id,
        at=now(),
    )
    return _withdrawal(asked)


@operation(
    method="POST",
    path=f"{ONE}/approve",
    summary=say("Setujui pencairan titipan"),
    guard=GUARD,
    scope="books",
    gives=WithdrawalSchema,
    once=True,
    codes=("wrong_step", "needs_another_person"),
)
def approve_withdrawal(session: Session, slug: str, withdrawal_id: UUID) -> dict[str, Any]:
    """Agree to a paying-out that another officer asked for."""
    found = queries.withdrawal(session, here().id, withdrawal_id)
    return _withdrawal(service.approve(session, found, by=me().account_id, at=now()))


@operation(
    method="POST",
    path=f"{ONE}/cancel",
    summary=say("Batalkan pencairan titipan"),
    guard=GUARD,
    scope="books",
    gives=WithdrawalSchema,
    once=True,
    codes=("wrong_step",),
)
def cancel_withdrawal(session: Session, slug: str, withdrawal_id: UUID) -> dict[str, Any]:
    """Give a paying-out up; its money is free again."""
    found = queries.withdrawal(session, here().id, withdrawal_id)
    return _withdrawal(service.cancel(session, found, by=me().account_id, at=now()))


@operation(
    method="POST",
    path=f"{ONE}/pay",
    summary=say("Catat titipan yang sudah dicairkan"),
    guard=GUARD,
    scope="books",
    takes=WithdrawalPaid,
    gives=WithdrawalSchema,
    once=True,
    codes=("wrong_step", "proof_missing", "account_closed", "hold_ended"),
)
def pay_withdrawal(
    session: Session, body: dict[str, Any], slug: str, withdrawal_id: UUID
) -> dict[str, Any]:
    """Say that the member has the money, and how they got it."""
    found = queries.withdrawal(session, here().id, withdrawal_id)
    paid = service.pay(
        session,
        found,
        PaidBy(body["way"]),
        reference=body["reference"],
        by=me().account_id,
        at=now(),
    )
    return _withdrawal(paid)


def _withdrawal(found: Withdrawal) -> dict[str, Any]:
    return {
        "id": found.id,
        "member": found.member_id,
        "state": found.state.value,
        "amount": found.amount,
        "two_people": found.two_people,
        "way": found.way.value if found.way else None,
        "reference": found.reference,
        "requested_at": found.requested_at,
        "decided_at": found.decided_at,
        "paid_at": found.paid_at,
    }
