"""Where members stand: one, all of a cooperative, and a person in all of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.credit.models import CreditBill, CreditHold, CreditLimit
from marketplace.credit.queries.bills import OPEN
from marketplace.credit.rules import NOTHING, Use, days_late
from marketplace.database import RupiahColumn, total_of
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.members.models import Member

Owned = CreditLimit | CreditHold | CreditBill


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a member stands: what they may take, what of it is used, and since when it is due."""

    today: date
    member: Member
    limit: Rupiah
    due_days: int | None
    owed: Rupiah
    held: Rupiah
    overdue: Rupiah
    first_due: date | None

    @property
    def use(self) -> Use:
        """Say what of the limit is used; who has left may take nothing more."""
        return Use(NOTHING if self.member.left_on else self.limit, self.owed, self.held)

    @property
    def free(self) -> Rupiah:
        """Say how much more may be taken."""
        return self.use.free

    @property
    def late(self) -> int:
        """Count the days since the oldest open bon should have been paid."""
        return days_late(self.first_due, self.today)


@dataclass(frozen=True, slots=True)
class Sums:
    """What all members of a cooperative owe together."""

    members: int
    owed: Rupiah
    overdue: Rupiah


def standing(session: Session, cooperative_id: int, member_id: UUID, *, today: date) -> Standing:
    """Say where one member stands, also without any credit. Raises NotFound."""
    wanted = _standings(today).where(
        Member.cooperative_id == cooperative_id, Member.id == member_id
    )
    row = session.execute(wanted).one_or_none()
    if row is None:
        raise NotFound(say("Anggota tidak ditemukan."))
    return Standing(today, *row)


def standings(
    session: Session,
    cooperative_id: int,
    *,
    today: date,
    only_late: bool = False,
    limit: int,
    offset: int = 0,
) -> tuple[list[Standing], int]:
    """List a page of the members with credit, and count them all.

    Those who are late come first, then by what they owe.
    """
    wanted = _standings(today)
    of = wanted.selected_columns
    used = of.overdue > NOTHING if only_late else _is_used(of)
    chosen = wanted.where(Member.cooperative_id == cooperative_id, HAD_CREDIT, used)
    page = chosen.order_by(of.overdue.desc(), of.owed.desc(), Member.number)
    rows = session.execute(page.limit(limit).offset(offset)).all()
    count = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    return [Standing(today, *row) for row in rows], count


def count_late(session: Session, cooperative_id: int, *, today: date) -> int:
    """Count the members of a cooperative of whose bons one is late."""
    late = select(func.count(CreditBill.member_id.distinct())).where(
        CreditBill.cooperative_id == cooperative_id, OPEN, CreditBill.due_on < today
    )
    return session.scalar(late) or 0


def own(session: Session, account_id: UUID, *, today: date) -> list[tuple[Cooperative, Standing]]:
    """Say where a person stands with each cooperative that lets, or once let, them have credit."""
    rows = session.execute(
        _standings(today)
        .join(Cooperative, Cooperative.id == Member.cooperative_id)
        .add_columns(Cooperative)
        .where(Member.account_id == account_id, HAD_CREDIT)
        .order_by(Cooperative.name, Member.left_on.is_not(None), Member.number.desc())
    ).all()
    return [(row[-1], Standing(today, *row[:-1])) for row in rows]


def own_in(
    session: Session, cooperative: Cooperative, account_id: UUID, *, today: date
) -> Standing:
    """Say where a person stands with one cooperative. Raises NotFound."""
    for shop, found in own(session, account_id, today=today):
        if shop.id == cooperative.id:
            return found
    raise NotFound(say("Kamu belum punya bon di koperasi ini."))


def _is_used(figures: Any) -> ColumnElement[bool]:
    return or_(*(figures[name] > NOTHING for name in ("limit", "owed", "held")))


# Without a decision nobody ever has a hold or a bon.
HAD_CREDIT = exists().where(
    CreditLimit.cooperative_id == Member.cooperative_id, CreditLimit.member_id == Member.id
)


def _standings(today: date) -> Select[*tuple[Any, ...]]:
    """Ask for members with their figures, in the order of ``Standing`` after its day."""
    left = CreditBill.amount - CreditBill.paid
    late = CreditBill.due_on < today
    return select(
        Member,
        _amount_or_nothing(_newest(CreditLimit.amount)).label("limit"),
        _newest(CreditLimit.due_days).label("due_days"),
        _of_member(select(total_of(left)), CreditBill, OPEN).label("owed"),
        _of_member(
            select(total_of(CreditHold.amount)), CreditHold, CreditHold.released_at.is_(None)
        ).label("held"),
        _of_member(select(total_of(left)), CreditBill, OPEN, late).label("overdue"),
        _of_member(select(func.min(CreditBill.due_on)), CreditBill, OPEN).label("first_due"),
    )


def _amount_or_nothing(amount: ScalarSelect[Any]) -> ColumnElement[Rupiah]:
    return cast(func.coalesce(amount, literal_column("0")), RupiahColumn)


def _newest(column: Any) -> ScalarSelect[Any]:
    chosen = select(column).order_by(CreditLimit.number.desc()).limit(1)
    return _of_member(chosen, CreditLimit)


def _of_member(
    wanted: Select[*tuple[Any, ...]], table: type[Owned], *only: ColumnElement[bool]
) -> ScalarSelect[Any]:
    return (
        wanted.where(
            table.cooperative_id == Member.cooperative_id, table.member_id == Member.id, *only
        )
        .correlate(Member)
        .scalar_subquery()
    )


def sums(session: Session, cooperative_id: int, *, today: date) -> Sums:
    """Add up what the members of a cooperative owe, and count those who owe something."""
    left = CreditBill.amount - CreditBill.paid
    row = session.execute(
        select(
            func.count(CreditBill.member_id.distinct()),
            total_of(left),
            total_of(left, only=CreditBill.due_on < today),
        ).where(CreditBill.cooperative_id == cooperative_id, OPEN)
    ).one()
    return Sums(*row)
