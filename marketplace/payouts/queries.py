"""What makers are owed, what was sold for them, and what they were paid."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from marketplace.cooperatives.models import Cooperative
from marketplace.database import total_of
from marketplace.kernel.calendar import day_start
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.ledger import queries as books
from marketplace.ledger.queries import CardLine, Owed
from marketplace.ledger.rules import Unit
from marketplace.members.models import Member
from marketplace.orders.models import Order, OrderEvent, OrderLine, Refund, RefundLine
from marketplace.orders.queries.refunds import AGREED
from marketplace.orders.rules import OrderState
from marketplace.payouts.models import Payout, PayoutBatch
from marketplace.payouts.rules import OWED, promised_on

# Title, size, pieces, price, the maker's share, the cooperative's share.
Sums = Select[str, str, int, Rupiah, Rupiah, Rupiah]


@dataclass(frozen=True, slots=True)
class Due:
    """What one member is owed now, and by when the oldest part of it was promised.

    ``waits`` is the part that stands in a batch already.
    """

    member_id: UUID
    name: str
    phone: str | None
    amount: Rupiah
    waits: Rupiah
    promised: date | None


@dataclass(frozen=True, slots=True)
class Sold:
    """One good of a maker, as often as it was sold in a time."""

    title: str
    quantity: int
    total: Rupiah
    share: Rupiah
    commission: Rupiah


@dataclass(frozen=True, slots=True)
class Statement:
    """A maker's month: what was sold, every entry of the account, what is owed.

    Balances are what the cooperative owes the maker.
    """

    sold: Sequence[Sold]
    opening: Rupiah
    lines: Sequence[CardLine]
    closing: Rupiah


def owed(session: Session, cooperative_id: int) -> list[Owed]:
    """List every debt to a member, by member and kind."""
    book = books.book_of(session, cooperative_id, Unit.SHOP)
    return books.owed_to_members(session, book, OWED) if book else []


def dues(session: Session, cooperative: Cooperative) -> list[Due]:
    """List the members that are owed money, who waits longest first."""
    debts = owed(session, cooperative.id)
    amounts: dict[UUID, Rupiah] = {}
    for debt in debts:
        amounts[debt.member_id] = amounts.get(debt.member_id, Rupiah(0)) + debt.amount
    people = _people(session, cooperative.id, set(amounts))
    waits = _waiting(session, cooperative.id)
    since = books.owed_since(session, cooperative.id, debts)
    found = [
        Due(
            member_id,
            people[member_id].called,
            people[member_id].phone,
            amount,
            waits.get(member_id, Rupiah(0)),
            promised_on(since[member_id], cooperative.payout_days) if member_id in since else None,
        )
        for member_id, amount in amounts.items()
        if amount
    ]
    return sorted(found, key=lambda due: (due.promised or date.max, due.name))


def _people(session: Session, cooperative_id: int, ids: set[UUID]) -> dict[UUID, Member]:
    rows = session.scalars(
        select(Member).where(Member.cooperative_id == cooperative_id, Member.id.in_(ids))
    )
    return {member.id: member for member in rows}


def _waiting(session: Session, cooperative_id: int) -> dict[UUID, Rupiah]:
    rows = session.execute(
        select(Payout.member_id, total_of(Payout.amount))
        .where(Payout.cooperative_id == cooperative_id, Payout.open)
        .group_by(Payout.member_id)
    )
    return {member_id: amount for member_id, amount in rows}  # noqa: C416 - rows, not pairs


def batches(
    session: Session, cooperative_id: int, *, before: int | None = None, limit: int = 30
) -> Sequence[PayoutBatch]:
    """List batches with their pay-outs, the newest first, those before a number."""
    wanted = select(PayoutBatch).where(PayoutBatch.cooperative_id == cooperative_id)
    if before is not None:
        wanted = wanted.where(PayoutBatch.number < before)
    return session.scalars(
        wanted.options(selectinload(PayoutBatch.payouts))
        .order_by(PayoutBatch.number.desc())
        .limit(limit)
    ).all()


def batch(session: Session, cooperative_id: int, batch_id: UUID) -> PayoutBatch:
    """Fetch a batch with its pay-outs. Raises NotFound."""
    found = session.scalar(
        select(PayoutBatch)
        .where(PayoutBatch.cooperative_id == cooperative_id, PayoutBatch.id == batch_id)
        .options(selectinload(PayoutBatch.payouts))
    )
    if found is None:
        raise NotFound(say("Setoran itu tidak ada."))
    return found


def with_proof(
    session: Session, cooperative_id: int, batch_ids: Collection[UUID | None]
) -> set[UUID]:
    """Say which of these batches have a picture of how they were paid."""
    if not batch_ids:
        return set()
    return set(
        session.scalars(
            select(PayoutBatch.id).where(
                PayoutBatch.cooperative_id == cooperative_id,
                PayoutBatch.id.in_({id_ for id_ in batch_ids if id_}),
                PayoutBatch.file_id.is_not(None),
            )
        )
    )


def count_open(session: Session, cooperative_id: int) -> int:
    """Count batches that wait for somebody."""
    return (
        session.scalar(
            select(func.count(Payout.batch_id.distinct())).where(
                Payout.cooperative_id == cooperative_id, Payout.open
            )
        )
        or 0
    )


def statement(
    session: Session, cooperative_id: int, member_id: UUID, *, starts: date, ends: date
) -> Statement:
    """Gather a maker's month from the orders and from the books."""
    book = books.book_of(session, cooperative_id, Unit.SHOP)
    parts = books.member_parts(session, book, member_id, OWED) if book else []
    opening, lines = (
        books.card(session, parts, starts=starts, ends=ends) if parts else (Rupiah(0), [])
    )
    closing = lines[-1].balance if lines else opening
    sold = _sold(session, cooperative_id, member_id, starts, ends)
    return Statement(sold, -opening, lines, -closing)


def _sold(
    session: Session, cooperative_id: int, member_id: UUID, starts: date, ends: date
) -> list[Sold]:
    """Sum what was handed over in these days and still stands, less what came back in them."""
    sums: dict[str, Sold] = {}
    within = day_start(starts), day_start(ends + timedelta(days=1))
    for sign, rows in (
        (1, session.execute(_handed_over(cooperative_id, member_id, *within))),
        (-1, session.execute(_returned(cooperative_id, member_id, *within))),
    ):
        for name, size, quantity, total, share, commission in rows:
            title = f"{name}, {size}" if size else name
            known = sums.get(title, Sold(title, 0, Rupiah(0), Rupiah(0), Rupiah(0)))
            sums[title] = Sold(
                title,
                known.quantity + sign * int(quantity),
                known.total + total * sign,
                known.share + share * sign,
                known.commission + commission * sign,
            )
    return [sums[title] for title in sorted(sums)]


def _handed_over(cooperative_id: int, member_id: UUID, since: datetime, until: datetime) -> Sums:
    handed = (
        select(OrderEvent.order_id, func.max(OrderEvent.at).label("at"))
        .where(OrderEvent.cooperative_id == cooperative_id, OrderEvent.after == OrderState.FINISHED)
        .group_by(OrderEvent.order_id)
        .subquery()
    )
    return (
        select(
            OrderLine.title,
            OrderLine.variant_title,
            func.sum(OrderLine.quantity),
            total_of(OrderLine.total),
            total_of(OrderLine.maker_share),
            total_of(OrderLine.cooperative_share),
        )
        .join(
            Order,
            (Order.cooperative_id == OrderLine.cooperative_id) & (Order.id == OrderLine.order_id),
        )
        .join(handed, handed.c.order_id == Order.id)
        .where(
            OrderLine.cooperative_id == cooperative_id,
            OrderLine.maker_id == member_id,
            Order.state == OrderState.FINISHED,
            handed.c.at >= since,
            handed.c.at < until,
        )
        .group_by(OrderLine.title, OrderLine.variant_title)
    )


def _returned(cooperative_id: int, member_id: UUID, since: datetime, until: datetime) -> Sums:
    """Ask for what refunds took back from a maker, on the day they were agreed to and booked."""
    return (
        select(
            OrderLine.title,
            OrderLine.variant_title,
            func.sum(RefundLine.quantity),
            total_of(RefundLine.maker_amount + RefundLine.cooperative_amount),
            total_of(RefundLine.maker_amount),
            total_of(RefundLine.cooperative_amount),
        )
        .join(
            RefundLine,
            (RefundLine.cooperative_id == OrderLine.cooperative_id)
            & (RefundLine.line_id == OrderLine.id),
        )
        .join(
            Refund,
            (Refund.cooperative_id == RefundLine.cooperative_id)
            & (Refund.id == RefundLine.refund_id),
        )
        .where(
            OrderLine.cooperative_id == cooperative_id,
            OrderLine.maker_id == member_id,
            Refund.state.in_(AGREED),
            Refund.decided_at >= since,
            Refund.decided_at < until,
        )
        .group_by(OrderLine.title, OrderLine.variant_title)
    )
