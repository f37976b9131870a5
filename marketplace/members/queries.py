"""Reading the register of members."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import Enum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from marketplace.kernel.errors import NotFound
from marketplace.kernel.text import say
from marketplace.members.models import Member

PER_PAGE = 50
LARGEST_NUMBER = 2**31


class Shown(Enum):
    """Which part of the register is looked at."""

    PRESENT = "aktif"
    LEFT = "keluar"
    ALL = "semua"


def member(session: Session, cooperative_id: int, member_id: UUID) -> Member:
    """Fetch one line of a cooperative's register."""
    found = session.get(Member, (cooperative_id, member_id))
    if found is None:
        raise NotFound(say("Anggota tidak ditemukan."))
    return found


def member_of(session: Session, cooperative_id: int, account_id: UUID) -> Member | None:
    """Find the present member that a person is in one cooperative."""
    return session.scalar(
        select(Member).where(
            Member.cooperative_id == cooperative_id,
            Member.account_id == account_id,
            Member.left_on.is_(None),
        )
    )


def lines_of(session: Session, account_id: UUID) -> Sequence[Member]:
    """List a person's lines in the registers of all cooperatives, also those they left."""
    return session.scalars(
        select(Member)
        .where(Member.account_id == account_id)
        .order_by(Member.cooperative_id, Member.number)
    ).all()


def present(session: Session, cooperative_id: int) -> Sequence[Member]:
    """List all who are members now, by number."""
    return session.scalars(
        select(Member)
        .where(Member.cooperative_id == cooperative_id, Member.left_on.is_(None))
        .order_by(Member.number)
    ).all()


def names_of(session: Session, cooperative_id: int, ids: Collection[UUID]) -> dict[UUID, str]:
    """Say how these members are called, in one query."""
    if not ids:
        return {}
    rows = session.execute(
        select(Member.id, Member.called).where(
            Member.cooperative_id == cooperative_id, Member.id.in_(list(ids))
        )
    )
    return {id_: name for id_, name in rows}  # noqa: C416 - rows, not pairs


def by_ids(session: Session, cooperative_id: int, ids: Collection[UUID]) -> dict[UUID, Member]:
    """Fetch members by their ids in one query, in the order of their names."""
    rows = session.scalars(
        select(Member)
        .where(Member.cooperative_id == cooperative_id, Member.id.in_(list(ids)))
        .order_by(Member.called)
    )
    return {member.id: member for member in rows}


def count_present(session: Session, cooperative_id: int) -> int:
    """Count those who are members now."""
    chosen = select(func.count(Member.id)).where(
        Member.cooperative_id == cooperative_id, Member.left_on.is_(None)
    )
    return session.scalar(chosen) or 0


def _chosen(cooperative_id: int, text: str, shown: Shown) -> Select[Member]:
    chosen = select(Member).where(Member.cooperative_id == cooperative_id)
    if shown is Shown.PRESENT:
        chosen = chosen.where(Member.left_on.is_(None))
    elif shown is Shown.LEFT:
        chosen = chosen.where(Member.left_on.is_not(None))
    return chosen.where(matching(text)) if text else chosen


def matching(text: str) -> ColumnElement[bool]:
    """Choose members by a part of their name, by phone or by number."""
    wanted = [
        Member.name.icontains(text, autoescape=True),
        Member.called.icontains(text, autoescape=True),
    ]
    digits = "".join(letter for letter in text if letter in "0123456789")
    if len(digits) >= 4:
        wanted.append(Member.phone.contains(digits.removeprefix("0"), autoescape=True))
    if text.isascii() and text.isdigit() and int(text) < LARGEST_NUMBER:
        wanted.append(Member.number == int(text))
    return or_(*wanted)


def register(
    session: Session,
    cooperative_id: int,
    *,
    text: str = "",
    shown: Shown = Shown.PRESENT,
    page: int = 1,
) -> tuple[Sequence[Member], int]:
    """List a page of the register by number, and how many lines match."""
    chosen = _chosen(cooperative_id, text, shown)
    total = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    rows = session.scalars(
        chosen.order_by(Member.number).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    ).all()
    return rows, total


def whole_register(session: Session, cooperative_id: int) -> Sequence[Member]:
    """List every line of the register, also of those who left, by number."""
    return session.scalars(
        select(Member).where(Member.cooperative_id == cooperative_id).order_by(Member.number)
    ).all()
