"""Reading money that goes back: what is owed, asked for, and left of each line."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.database import total_of
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.members.models import Member
from marketplace.orders.models import Order, OrderLine, Purchase, Refund, RefundLine
from marketplace.orders.rules import RefundKind, RefundState, SoldLine, fee_paid, paid_for
from marketplace.payments.models import PaymentShare

AGREED = (RefundState.APPROVED, RefundState.PAID)
OPEN = (RefundState.REQUESTED, RefundState.APPROVED)


def refund(session: Session, cooperative_id: int, refund_id: UUID) -> Refund:
    """Fetch one refund of a cooperative with its lines. Raises NotFound."""
    found = session.scalar(
        select(Refund)
        .where(Refund.cooperative_id == cooperative_id, Refund.id == refund_id)
        .options(selectinload(Refund.lines), joinedload(Refund.order, innerjoin=True))
    )
    if found is None:
        raise NotFound(say("Pengembalian uang itu tidak ditemukan."))
    return found


def refund_by_key(session: Session, cooperative_id: int, key: str) -> Refund | None:
    """Find what was asked for under a key."""
    return session.scalar(
        select(Refund)
        .where(Refund.cooperative_id == cooperative_id, Refund.key == key)
        .options(selectinload(Refund.lines), selectinload(Refund.order))
    )


def refunds_of(session: Session, order: Order) -> Sequence[Refund]:
    """List the refunds of an order without their lines, oldest first."""
    return session.scalars(
        select(Refund)
        .where(Refund.cooperative_id == order.cooperative_id, Refund.order_id == order.id)
        .order_by(Refund.id)
    ).all()


def refunds_in(
    session: Session,
    cooperative_id: int,
    *,
    states: Collection[RefundState] = tuple(RefundState),
    before: UUID | None = None,
    limit: int = 50,
) -> Sequence[Refund]:
    """List a cooperative's refunds with their orders and lines, newest first."""
    wanted = select(Refund).where(
        Refund.cooperative_id == cooperative_id, Refund.state.in_(list(states))
    )
    if before is not None:
        wanted = wanted.where(Refund.id < before)
    return session.scalars(
        wanted.options(joinedload(Refund.order, innerjoin=True), selectinload(Refund.lines))
        .order_by(Refund.id.desc())
        .limit(limit)
    ).all()


def lines_of_refunds(
    session: Session, refunds: Collection[Refund]
) -> tuple[dict[UUID, OrderLine], dict[UUID, str]]:
    """Fetch the lines that refunds name, by id, and the numbers of their orders."""
    if not refunds:
        return {}, {}
    shop = next(iter(refunds)).cooperative_id
    lines = session.scalars(
        select(OrderLine).where(
            OrderLine.cooperative_id == shop,
            OrderLine.id.in_([line.line_id for refund in refunds for line in refund.lines]),
        )
    )
    numbers = session.execute(
        select(Order.id, Order.number).where(
            Order.cooperative_id == shop, Order.id.in_({refund.order_id for refund in refunds})
        )
    )
    return {line.id: line for line in lines}, {id_: number for id_, number in numbers}  # noqa: C416 - rows, not pairs


@dataclass(frozen=True, slots=True)
class MoneyOwed:
    """An order whose buyer has money to get, and how much of it nobody has asked for yet."""

    order: Order
    free: Rupiah


def money_owed(session: Session, cooperative_id: int, *, limit: int = 200) -> list[MoneyOwed]:
    """List the orders whose money is to go back and for which no refund was made yet."""
    asked = (
        select(Refund.order_id, total_of(Refund.amount).label("amount"))
        .where(
            Refund.cooperative_id == cooperative_id,
            Refund.state.in_(OPEN),
            (Refund.state == RefundState.APPROVED) | (Refund.kind == RefundKind.OWED),
        )
        .group_by(Refund.order_id)
        .subquery()
    )
    rows = session.execute(
        select(Order, asked.c.amount)
        .outerjoin(asked, asked.c.order_id == Order.id)
        .where(
            Order.cooperative_id == cooperative_id,
            Order.refund_due > func.coalesce(asked.c.amount, 0),
        )
        .options(selectinload(Order.purchase), selectinload(Order.lines))
        .order_by(Order.changed_at, Order.id)
        .limit(limit)
    )
    return [MoneyOwed(order, order.refund_due - (gone or Rupiah(0))) for order, gone in rows]


def to_give_back(session: Session, cooperative_id: int) -> int:
    """Count what somebody has to do: orders that owe money, and refunds that wait for a yes."""
    owing = select(func.count(Order.id)).where(
        Order.cooperative_id == cooperative_id, Order.refund_due > Rupiah(0)
    )
    asked = select(func.count(Refund.id)).where(
        Refund.cooperative_id == cooperative_id,
        Refund.state == RefundState.REQUESTED,
        Refund.kind == RefundKind.RETURN,
    )
    counted = session.scalar(select(owing.scalar_subquery() + asked.scalar_subquery()))
    return int(counted or 0)


def share_of(session: Session, order: Order) -> PaymentShare:
    """Fetch what pays for an order, with what went back of it."""
    return session.scalars(
        select(PaymentShare)
        .where(
            PaymentShare.cooperative_id == order.cooperative_id, PaymentShare.order_id == order.id
        )
        .order_by(PaymentShare.id.desc())
        .limit(1)
    ).one()


def free_to_pay_back(session: Session, order: Order) -> Rupiah:
    """Say how much of what is owed for an order no refund has been made of yet."""
    asked = session.scalar(
        select(total_of(Refund.amount)).where(
            Refund.cooperative_id == order.cooperative_id,
            Refund.order_id == order.id,
            Refund.state.in_(OPEN),
            (Refund.state == RefundState.APPROVED) | (Refund.kind == RefundKind.OWED),
        )
    )
    return order.refund_due - (asked or Rupiah(0))


def asked_before(session: Session, order: Order) -> Rupiah:
    """Add up all refunds of an order that were not refused."""
    asked = session.scalar(
        select(total_of(Refund.amount)).where(
            Refund.cooperative_id == order.cooperative_id,
            Refund.order_id == order.id,
            Refund.state != RefundState.REFUSED,
        )
    )
    return asked or Rupiah(0)


def returned_of(session: Session, order: Order) -> Rupiah:
    """Add up what was agreed to go back of an order's sale."""
    agreed = session.scalar(
        select(total_of(Refund.amount)).where(
            Refund.cooperative_id == order.cooperative_id,
            Refund.order_id == order.id,
            Refund.kind == RefundKind.RETURN,
            Refund.state.in_(AGREED),
        )
    )
    return agreed or Rupiah(0)


def sold_lines(
    session: Session, order: Order, *, states: Collection[RefundState] = (*AGREED, *OPEN)
) -> list[SoldLine]:
    """Say of each line what was paid for it and what refunds in these states took back."""
    rows = session.execute(
        select(RefundLine.line_id, total_of(RefundLine.amount), func.sum(RefundLine.quantity))
        .join(
            Refund,
            (Refund.cooperative_id == RefundLine.cooperative_id)
            & (Refund.id == RefundLine.refund_id),
        )
        .where(
            Refund.cooperative_id == order.cooperative_id,
            Refund.order_id == order.id,
            Refund.state.in_(list(states)),
        )
        .group_by(RefundLine.line_id)
    )
    gone = {line_id: (money, int(pieces)) for line_id, money, pieces in rows}
    due = share_of(session, order).amount
    goods = due - fee_paid(order.delivery_fee, due)
    paid = paid_for(goods, [line.total for line in order.lines])
    nothing = (Rupiah(0), 0)
    return [
        SoldLine(
            id=line.id,
            quantity=line.quantity,
            total=line.total,
            maker_share=line.maker_share if line.maker_id else Rupiah(0),
            paid=part,
            refunded=gone.get(line.id, nothing)[0],
            returned=gone.get(line.id, nothing)[1],
        )
        for line, part in zip(order.lines, paid, strict=True)
    ]


def fee_left(session: Session, order: Order) -> Rupiah:
    """Say how much of what was paid for the delivery no refund has asked back yet."""
    if not order.delivery_fee:
        return Rupiah(0)
    gone = session.scalar(
        select(total_of(Refund.fee_amount)).where(
            Refund.cooperative_id == order.cooperative_id,
            Refund.order_id == order.id,
            Refund.state != RefundState.REFUSED,
        )
    )
    return fee_paid(order.delivery_fee, share_of(session, order).amount) - (gone or Rupiah(0))


def buyer_as_member(session: Session, order: Order) -> Member | None:
    """Find the buyer of an order among the cooperative's members, if they are one."""
    return session.scalar(
        select(Member)
        .join(Purchase, Purchase.account_id == Member.account_id)
        .where(
            Member.cooperative_id == order.cooperative_id,
            Member.left_on.is_(None),
            Purchase.id == order.purchase_id,
        )
    )
