"""Whether what was sold together was shared by the rule, and booked as it was shared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased, selectinload

from marketplace.database import total_of
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.ledger.models import LedgerAccount, LedgerEntry, LedgerLine
from marketplace.ledger.queries.entries import ENTRY_OF_LINE
from marketplace.pools.models import Pool
from marketplace.pools.rules import share_proceeds
from marketplace.pools.service import POOLED_SALE

Rows = Iterator[tuple[str, str]]
# What an entry credits: each member by id, and the cooperative without one.
Parts = dict[UUID | None, Rupiah]


def shares(session: Session, _at: datetime) -> Rows:
    """Share every pooled sale anew, and compare with what each was given."""
    for pool in _pools(session):
        row = f"pools {pool.cooperative_id}/{pool.id}"
        delivered = {share.member_id: share.quantity for share in pool.shares}
        try:
            right = share_proceeds(pool.proceeds, pool.fee_basis_points, delivered)
        except RuleBroken as broken:
            yield row, f"cannot be shared: {broken.message}"
            continue
        given = {share.member_id: share.amount for share in pool.shares}
        if (given, pool.fee, pool.residue) != (right.members, right.fee, right.residue):
            yield row, f"fee {pool.fee}, residue {pool.residue}: the rule shares it otherwise"


def entries(session: Session, _at: datetime) -> Rows:
    """Match every pooled sale with the entry that credits its parts."""
    booked = _booked(session)
    for pool in _pools(session):
        parts: Parts = {share.member_id: share.amount for share in pool.shares}
        parts[None] = pool.fee + pool.residue
        said = {place: amount for place, amount in parts.items() if amount}
        if booked.pop((pool.cooperative_id, pool.id, pool.entry_id), None) != said:
            yield f"pools {pool.cooperative_id}/{pool.id}", "its entry says something else"
    for shop, _, entry_id in booked:
        yield f"ledger_entries {shop}/{entry_id}", "there is no such pooled sale"


def undone(session: Session, _at: datetime) -> Rows:
    """Match what was undone with the mirrors in the books."""
    mirror = aliased(LedgerEntry)
    of_its_entry = and_(
        mirror.cooperative_id == Pool.cooperative_id, mirror.reverses_id == Pool.entry_id
    )
    rows = session.execute(
        select(Pool.cooperative_id, Pool.id)
        .outerjoin(mirror, of_its_entry)
        .where(mirror.id.is_(None) != Pool.undone_at.is_(None))
        .order_by(Pool.cooperative_id, Pool.id)
    )
    for shop, pool_id in rows:
        yield f"pools {shop}/{pool_id}", "undone in one place only, here or in the books"


def _pools(session: Session) -> Sequence[Pool]:
    return session.scalars(
        select(Pool).options(selectinload(Pool.shares)).order_by(Pool.cooperative_id, Pool.id)
    ).all()


def _booked(session: Session) -> dict[tuple[int, UUID | None, UUID], Parts]:
    rows = session.execute(
        select(
            LedgerEntry.cooperative_id,
            LedgerEntry.source_id,
            LedgerEntry.id,
            LedgerAccount.member_id,
            total_of(LedgerLine.amount),
        )
        .join(LedgerLine, ENTRY_OF_LINE)
        .join(
            LedgerAccount,
            and_(
                LedgerAccount.cooperative_id == LedgerLine.cooperative_id,
                LedgerAccount.id == LedgerLine.credit_id,
            ),
        )
        .where(LedgerEntry.source_type == POOLED_SALE)
        .group_by(
            LedgerEntry.cooperative_id,
            LedgerEntry.source_id,
            LedgerEntry.id,
            LedgerAccount.member_id,
        )
    )
    found: dict[tuple[int, UUID | None, UUID], Parts] = {}
    for shop, source_id, entry_id, member_id, amount in rows:
        found.setdefault((shop, source_id, entry_id), {})[member_id] = amount
    return found
