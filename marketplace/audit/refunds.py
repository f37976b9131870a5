"""What must hold of money and goods that go back."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from marketplace.audit.advances import booked, differences
from marketplace.database import total_of
from marketplace.kernel.money import Rupiah
from marketplace.orders.models import Order, OrderLine, Refund, RefundLine
from marketplace.orders.queries.joins import SHARE_OF_ORDER
from marketplace.orders.queries.refunds import AGREED
from marketplace.orders.rules import RefundKind, RefundState, owed_back
from marketplace.orders.service.returning import ORDER_REFUND, ORDER_RETURN
from marketplace.payments.models import PaymentIntent, PaymentShare
from marketplace.stock.models import Hold

Rows = Iterator[tuple[str, str]]
NOTHING = Rupiah(0)
OF_LINE = and_(
    RefundLine.cooperative_id == Refund.cooperative_id, RefundLine.refund_id == Refund.id
)


def paid_back(session: Session, _at: datetime) -> Rows:
    """Compare what each order's payment says went back with the refunds that were paid."""
    paid = _sums(session, states=(RefundState.PAID,))
    rows = session.execute(
        select(
            PaymentShare.cooperative_id,
            PaymentShare.order_id,
            PaymentShare.refunded,
            PaymentIntent.received,
        ).join(
            PaymentIntent,
            and_(
                PaymentIntent.cooperative_id == PaymentShare.cooperative_id,
                PaymentIntent.id == PaymentShare.intent_id,
            ),
        )
    )
    for shop, order, refunded, received in rows:
        gone = paid.get((shop, order), NOTHING)
        if refunded != gone or refunded > received:
            yield (
                f"orders {shop}/{order}",
                f"refunded {refunded}, refunds {gone}, received {received}",
            )


def _sums(
    session: Session, *, states: Collection[RefundState], kind: RefundKind | None = None
) -> dict[tuple[int, UUID], Rupiah]:
    wanted = select(Refund.cooperative_id, Refund.order_id, total_of(Refund.amount)).where(
        Refund.state.in_(list(states))
    )
    if kind is not None:
        wanted = wanted.where(Refund.kind == kind)
    rows = session.execute(wanted.group_by(Refund.cooperative_id, Refund.order_id))
    return {(shop, order): amount for shop, order, amount in rows}


def owed(session: Session, _at: datetime) -> Rows:
    """Compare what each order says it owes its buyer with its money, returns and refunds."""
    returned = _sums(session, states=AGREED, kind=RefundKind.RETURN)
    rows = session.execute(
        select(Order.cooperative_id, Order.id, Order.state, Order.refund_due,
               PaymentIntent.amount_due, PaymentIntent.received, PaymentShare.refunded)
        .join(
            PaymentShare,
            SHARE_OF_ORDER,
        )
        .join(
            PaymentIntent,
            and_(
                PaymentIntent.cooperative_id == PaymentShare.cooperative_id,
                PaymentIntent.id == PaymentShare.intent_id,
            ),
        )
    )  # fmt: skip
    for shop, order, state, said, due, received, refunded in rows:
        found = owed_back(
            state,
            due=due,
            received=received,
            returned=returned.get((shop, order), NOTHING),
            refunded=refunded,
        )
        if found != said:
            yield f"orders {shop}/{order}", f"says it owes {said}, owes {found}"


def lines(session: Session, _at: datetime) -> Rows:
    """Find refunds of sales that their lines do not make, and lines that gave too much back."""
    rows = session.execute(
        select(
            Refund.cooperative_id,
            Refund.id,
            Refund.amount - Refund.fee_amount,
            total_of(RefundLine.amount),
        )
        .outerjoin(RefundLine, OF_LINE)
        .where(Refund.kind == RefundKind.RETURN)
        .group_by(Refund.cooperative_id, Refund.id, Refund.amount, Refund.fee_amount)
        .having(Refund.amount - Refund.fee_amount != func.coalesce(func.sum(RefundLine.amount), 0))
    )
    for shop, refund, amount, made in rows:
        yield f"refunds {shop}/{refund}", f"of goods {amount}, lines {made}"
    maker, cooperative = total_of(RefundLine.maker_amount), total_of(RefundLine.cooperative_amount)
    pieces = func.coalesce(func.sum(RefundLine.quantity), 0)
    over = session.execute(
        select(OrderLine.cooperative_id, OrderLine.id, OrderLine.quantity, pieces,
               OrderLine.total, maker, cooperative)
        .join(
            RefundLine,
            and_(
                RefundLine.cooperative_id == OrderLine.cooperative_id,
                RefundLine.line_id == OrderLine.id,
            ),
        )
        .join(Refund, OF_LINE)
        .where(Refund.state.in_(AGREED))
        .group_by(*OrderLine.__table__.columns)
        .having(
            or_(
                pieces > OrderLine.quantity,
                func.sum(RefundLine.maker_amount) > OrderLine.maker_share,
                func.sum(RefundLine.maker_amount + RefundLine.cooperative_amount)
                > OrderLine.total,
            )
        )
    )  # fmt: skip
    for shop, line, ordered, back, total, to_maker, to_shop in over:
        yield (
            f"order_lines {shop}/{line}",
            f"{int(back)} of {ordered} back, {to_maker} and {to_shop} of {total}",
        )


def returns(session: Session, _at: datetime) -> Rows:
    """Match every part of a sale that was undone with the entry that mirrors it."""
    agreed = _sums(session, states=AGREED, kind=RefundKind.RETURN)
    yield from differences(agreed, booked(session, ORDER_RETURN), "returned {}, the books {}")


def payments(session: Session, _at: datetime) -> Rows:
    """Match every refund that was paid with the entry by which the money left."""
    paid = _sums(session, states=(RefundState.PAID,))
    left = {key: -amount for key, amount in booked(session, ORDER_REFUND).items()}
    yield from differences(paid, left, "refunds say {}, the books {}")


def goods(session: Session, _at: datetime) -> Rows:
    """Compare what came back of each hold with the refunds that brought it back."""
    came = {
        (shop, line): int(pieces)
        for shop, line, pieces in session.execute(
            select(RefundLine.cooperative_id, RefundLine.line_id, func.sum(RefundLine.quantity))
            .join(Refund, OF_LINE)
            .where(Refund.state.in_(AGREED), Refund.goods_back)
            .group_by(RefundLine.cooperative_id, RefundLine.line_id)
        )
    }
    rows = session.execute(select(Hold.cooperative_id, Hold.cause_id, Hold.returned))
    for shop, line, returned in rows:
        if returned != came.get((shop, line), 0):
            yield (
                f"order_lines {shop}/{line}",
                f"{returned} came back, refunds say {came.get((shop, line), 0)}",
            )


def returned_of_shops(session: Session) -> dict[int, Rupiah]:
    """Add up what was agreed to go back of sales, by cooperative."""
    found: dict[int, Rupiah] = {}
    for (shop, _), amount in _sums(session, states=AGREED, kind=RefundKind.RETURN).items():
        found[shop] = found.get(shop, NOTHING) + amount
    return found


def returned_of_makers(session: Session) -> dict[tuple[int, UUID], Rupiah]:
    """Add up what returns took from each maker."""
    rows = session.execute(
        select(OrderLine.cooperative_id, OrderLine.maker_id, total_of(RefundLine.maker_amount))
        .join(
            RefundLine,
            and_(
                RefundLine.cooperative_id == OrderLine.cooperative_id,
                RefundLine.line_id == OrderLine.id,
            ),
        )
        .join(Refund, OF_LINE)
        .where(Refund.state.in_(AGREED), OrderLine.maker_id.is_not(None))
        .group_by(OrderLine.cooperative_id, OrderLine.maker_id)
    )
    return {(shop, maker): amount for shop, maker, amount in rows if maker}
