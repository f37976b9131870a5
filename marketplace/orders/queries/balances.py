"""What a buyer could spend of their own money with each cooperative of which they are a member."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.money import Rupiah
from marketplace.ledger.queries import parts_for
from marketplace.ledger.rules import Purpose
from marketplace.members.models import Member
from marketplace.orders.models import Order
from marketplace.orders.queries.refunds import buyer_as_member, free_to_pay_back
from marketplace.payments.models import PaymentIntent
from marketplace.payments.queries import events_of
from marketplace.payments.rules import CREDIT, MEMBER


def balances_of(
    session: Session, cooperative_ids: Collection[int], account_id: UUID | None
) -> dict[int, Rupiah]:
    """Say by cooperative how much of a person's balance is free to be spent, in one query."""
    if account_id is None or not cooperative_ids:
        return {}
    mine = select(Member.id).where(
        Member.cooperative_id.in_(list(cooperative_ids)),
        Member.account_id == account_id,
        Member.left_on.is_(None),
    )
    parts = parts_for(session, Purpose.MEMBER_BALANCE, mine)
    return {shop: part.free for (shop, _), part in parts.items()}


def may_become_balance(session: Session, order: Order, account_id: UUID | None) -> Rupiah:
    """Say how much of what an order owes a person may make their balance, if they are its buyer."""
    if not order.refund_due or account_id is None:
        return Rupiah(0)
    member = buyer_as_member(session, order)
    mine = member is not None and member.account_id == account_id
    return free_to_pay_back(session, order) if mine else Rupiah(0)


def holder_of(session: Session, order: Order, intent: PaymentIntent) -> UUID | None:
    """Say to whose balance money of an order goes: whoever paid from it, else the buyer.

    Who paid from their balance gets it back there, also when they are no member any more.
    """
    for event in events_of(session, intent):
        if event.source == CREDIT:
            return UUID(event.facts[MEMBER])
    member = buyer_as_member(session, order)
    return member.id if member else None
