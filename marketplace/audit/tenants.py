"""What must hold between cooperatives, and of what is told to others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ForeignKeyConstraint, Select, and_, func, select
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.database import Base
from marketplace.members.models import Member
from marketplace.outbox.models import OutboxMessage

Rows = Iterator[tuple[str, str]]
STUCK = timedelta(minutes=15)


def crossings(session: Session, _at: datetime) -> Rows:
    """Find rows that point at something that is not there, over every foreign key of ours.

    Composite keys make a row of another cooperative impossible to name; this proves that
    the keys were on when the rows were written.
    """
    for name, dangling in _questions():
        count = session.scalar(dangling)
        if count:
            yield name, f"{count} rows point nowhere"


@cache
def _questions() -> list[tuple[str, Select[int]]]:
    """Write down the question of each key; that takes longer than asking it of a small market."""
    return [
        (f"{table.name}.{key.name}", _dangling(key))
        for table in sorted(Base.metadata.tables.values(), key=lambda table: table.name)
        for key in sorted(table.foreign_key_constraints, key=lambda key: str(key.name))
    ]


def _dangling(key: ForeignKeyConstraint) -> Select[int]:
    target = key.referred_table.alias("target")
    pairs = [(element.parent, target.c[element.column.name]) for element in key.elements]
    return (
        select(func.count())
        .select_from(key.table)
        .outerjoin(target, and_(*(own == other for own, other in pairs)))
        .where(
            *(own.is_not(None) for own, _ in pairs),
            pairs[0][1].is_(None),
        )
    )


def member_counts(session: Session, _at: datetime) -> Rows:
    """Compare each cooperative's count with its register."""
    present = func.count(Member.id)
    rows = session.execute(
        select(Cooperative.id, Cooperative.member_count, present)
        .outerjoin(Member, and_(Member.cooperative_id == Cooperative.id, Member.left_on.is_(None)))
        .group_by(Cooperative.id, Cooperative.member_count)
        .having(present != Cooperative.member_count)
    )
    for shop, said, counted in rows:
        yield f"cooperatives {shop}", f"member_count {said}, register {counted}"


def outbox(session: Session, at: datetime) -> Rows:
    """Find messages that wait for much longer than any worker needs."""
    rows = session.execute(
        select(OutboxMessage.id, OutboxMessage.topic, OutboxMessage.last_error).where(
            OutboxMessage.delivered_at.is_(None), OutboxMessage.told_at < at - STUCK
        )
    )
    for message_id, topic, error in rows:
        yield f"outbox_messages {message_id}", f"{topic} waits{': ' + error if error else ''}"
