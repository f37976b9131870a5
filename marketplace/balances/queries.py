"""Reading balances: a person's own in every cooperative, and those of a cooperative's members."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.balances.models import Withdrawal
from marketplace.balances.rules import WITHDRAWAL, WithdrawalState
from marketplace.cooperatives.models import Cooperative
from marketplace.database import total_of
from marketplace.kernel.calendar import day_start
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import Sentence, say
from marketplace.ledger import queries as books
from marketplace.ledger.queries import Part, PartLine
from marketplace.ledger.rules import Purpose
from marketplace.members import queries as members
from marketplace.members.models import Member
from marketplace.orders.models import Order
from marketplace.orders.service.booking import ORDER_MONEY
from marketplace.orders.service.returning import ORDER_REFUND

TITIPAN = Purpose.MEMBER_BALANCE


@dataclass(frozen=True, slots=True)
class Balance:
    """What one member has with their cooperative; without a part, nothing yet."""

    cooperative: Cooperative
    member: Member
    part: Part | None

    @property
    def amount(self) -> Rupiah:
        """Say how much it is altogether."""
        return self.part.balance if self.part else Rupiah(0)

    @property
    def held(self) -> Rupiah:
        """Say how much of it is being paid out."""
        return self.part.held if self.part else Rupiah(0)

    @property
    def free(self) -> Rupiah:
        """Say how much of it may be spent."""
        return self.amount - self.held


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a balance, why it came about, and the order it belongs to, if any."""

    line: PartLine
    cause: Sentence | str
    order: Order | None


def own(session: Session, account_id: UUID) -> list[Balance]:
    """List a person's balances: where they are a member, and where something is left to them."""
    rows = session.execute(
        select(Cooperative, Member)
        .join(Member, Member.cooperative_id == Cooperative.id)
        .where(Member.account_id == account_id)
        .order_by(Cooperative.name, Member.number)
    ).all()
    parts = books.parts_for(session, TITIPAN, [member.id for _, member in rows]) if rows else {}
    found = [Balance(shop, member, parts.get((shop.id, member.id))) for shop, member in rows]
    return [each for each in found if each.member.left_on is None or each.amount]


def own_in(session: Session, cooperative: Cooperative, account_id: UUID) -> Balance:
    """Find what a person has with one cooperative. Raises NotFound."""
    for each in own(session, account_id):
        if each.cooperative.id == cooperative.id:
            return each
    raise NotFound(say("Kamu belum tercatat di buku anggota koperasi ini."))


def of_member(session: Session, cooperative: Cooperative, member_id: UUID) -> Balance:
    """Find what one member of a cooperative has. Raises NotFound."""
    member = members.member(session, cooperative.id, member_id)
    parts = books.parts_for(session, TITIPAN, [member_id])
    return Balance(cooperative, member, parts.get((cooperative.id, member_id)))


def of_members(
    session: Session, cooperative: Cooperative, *, after: UUID | None = None, limit: int
) -> list[Balance]:
    """List the members of a cooperative that have something there, in the order they joined."""
    parts = books.parts_with_money(session, cooperative.id, TITIPAN, after=after, limit=limit)
    people = members.by_ids(session, cooperative.id, [part.member_id for part in parts])
    return [Balance(cooperative, people[part.member_id], part) for part in parts]


def total(session: Session, cooperative_id: int) -> tuple[int, Rupiah]:
    """Count the members that have something, and add it up."""
    return books.sum_of_parts(session, cooperative_id, TITIPAN)


def changes(
    session: Session, part: Part | None, *, limit: int, offset: int = 0
) -> tuple[list[Change], int]:
    """List a page of what happened to a balance, newest first, and count it all."""
    if part is None:
        return [], 0
    lines, count = books.lines_of_part(session, part, limit=limit, offset=offset)
    orders = _orders(session, part.cooperative_id, lines)
    return [_change(line, orders.get(line.entry.source_id)) for line in lines], count


def _orders(
    session: Session, cooperative_id: int, lines: Collection[PartLine]
) -> dict[UUID | None, Order]:
    named = {
        line.entry.source_id
        for line in lines
        if line.entry.source_type in (ORDER_MONEY, ORDER_REFUND)
    }
    if not named:
        return {}
    rows = session.scalars(
        select(Order)
        .where(Order.cooperative_id == cooperative_id, Order.id.in_(named))
        .options(joinedload(Order.purchase))
    )
    return {order.id: order for order in rows}


def _change(line: PartLine, order: Order | None) -> Change:
    kind = line.entry.source_type
    if order is not None and kind == ORDER_MONEY:
        return Change(line, say("Belanja %(number)s", number=order.number), order)
    if order is not None and kind == ORDER_REFUND:
        return Change(line, say("Uang kembali %(number)s", number=order.number), order)
    if kind == WITHDRAWAL:
        return Change(line, say("Dicairkan"), None)
    return Change(line, line.entry.memo, order)


def withdrawal(session: Session, cooperative_id: int, withdrawal_id: UUID) -> Withdrawal:
    """Fetch one paying-out of a cooperative. Raises NotFound."""
    found = session.get(Withdrawal, (cooperative_id, withdrawal_id))
    if found is None:
        raise NotFound(say("Pencairan itu tidak ada."))
    return found


def by_key(session: Session, cooperative_id: int, key: str) -> Withdrawal | None:
    """Find what was asked for under a key."""
    return session.scalar(
        select(Withdrawal).where(Withdrawal.cooperative_id == cooperative_id, Withdrawal.key == key)
    )


def withdrawals(
    session: Session, cooperative_id: int, *, before: UUID | None = None, limit: int
) -> Sequence[Withdrawal]:
    """List the payings-out of a cooperative, newest first."""
    wanted = select(Withdrawal).where(Withdrawal.cooperative_id == cooperative_id)
    if before is not None:
        wanted = wanted.where(Withdrawal.id < before)
    return session.scalars(wanted.order_by(Withdrawal.id.desc()).limit(limit)).all()


def asked_on(session: Session, cooperative_id: int, member_id: UUID, day: date) -> Rupiah:
    """Add up what was asked for a member on one day and not given up."""
    asked = session.scalar(
        select(total_of(Withdrawal.amount)).where(
            Withdrawal.cooperative_id == cooperative_id,
            Withdrawal.member_id == member_id,
            Withdrawal.state != WithdrawalState.CANCELLED,
            Withdrawal.requested_at >= day_start(day),
            Withdrawal.requested_at < day_start(day + timedelta(days=1)),
        )
    )
    return asked or Rupiah(0)
