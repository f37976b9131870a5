"""Members' parts of an account: what each one has, what is held of it, and how it came so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, case, cast, func, select
from sqlalchemy.orm import Session

from marketplace.database import RupiahColumn, total_of
from marketplace.kernel.money import Rupiah
from marketplace.ledger.models import LedgerAccount, LedgerEntry, LedgerLine
from marketplace.ledger.queries.entries import ENTRY_OF_LINE
from marketplace.ledger.rules import Purpose


@dataclass(frozen=True, slots=True)
class Part:
    """What one member has on a liability account of a cooperative; ``held`` of it is bound."""

    cooperative_id: int
    member_id: UUID
    account_id: UUID
    balance: Rupiah
    held: Rupiah

    @property
    def free(self) -> Rupiah:
        """Say how much may still be taken."""
        return self.balance - self.held


@dataclass(frozen=True, slots=True)
class PartLine:
    """One change of a member's part, with what the part was after it."""

    entry: LedgerEntry
    change: Rupiah
    balance: Rupiah


def parts_for(
    session: Session, purpose: Purpose, member_ids: Collection[UUID] | Select[UUID]
) -> dict[tuple[int, UUID], Part]:
    """Find the parts of these members, by cooperative and member; some may have none."""
    mine = LedgerAccount.member_id.in_(member_ids)
    found = _read(session, select(LedgerAccount).where(mine, LedgerAccount.purpose == purpose))
    return {(part.cooperative_id, part.member_id): part for part in found}


def parts_with_money(
    session: Session, cooperative_id: int, purpose: Purpose, *, after: UUID | None, limit: int
) -> list[Part]:
    """List the parts of a cooperative's members that hold something, in the order of members."""
    wanted = select(LedgerAccount).where(
        LedgerAccount.cooperative_id == cooperative_id,
        LedgerAccount.purpose == purpose,
        LedgerAccount.member_id.is_not(None),
        LedgerAccount.credit > LedgerAccount.debit,
    )
    if after is not None:
        wanted = wanted.where(LedgerAccount.member_id > after)
    return _read(session, wanted.order_by(LedgerAccount.member_id).limit(limit))


def _read(session: Session, wanted: Select[LedgerAccount]) -> list[Part]:
    rows = session.scalars(wanted.execution_options(populate_existing=True))
    return [
        Part(row.cooperative_id, row.member_id, row.id, row.credit - row.debit, row.held)
        for row in rows
        if row.member_id is not None
    ]


def sum_of_parts(session: Session, cooperative_id: int, purpose: Purpose) -> tuple[int, Rupiah]:
    """Count the members that have something on an account, and add up what they have."""
    count, total = session.execute(
        select(
            func.count(LedgerAccount.id), total_of(LedgerAccount.credit - LedgerAccount.debit)
        ).where(
            LedgerAccount.cooperative_id == cooperative_id,
            LedgerAccount.purpose == purpose,
            LedgerAccount.member_id.is_not(None),
            LedgerAccount.credit > LedgerAccount.debit,
        )
    ).one()
    return int(count), total


def changes_of_parts(purpose: Purpose) -> Select[LedgerAccount, LedgerEntry, UUID, Rupiah]:
    """Ask for every change of members' parts, oldest first; who asks says of whom."""
    its_line = (LedgerLine.cooperative_id == LedgerAccount.cooperative_id) & (
        (LedgerLine.debit_id == LedgerAccount.id) | (LedgerLine.credit_id == LedgerAccount.id)
    )
    return (
        select(LedgerAccount, LedgerEntry, LedgerLine.credit_id, LedgerLine.amount)
        .join(LedgerLine, its_line)
        .join(LedgerEntry, ENTRY_OF_LINE)
        .where(LedgerAccount.purpose == purpose, LedgerAccount.member_id.is_not(None))
        .order_by(LedgerEntry.number, LedgerLine.position)
    )


def stories_of_parts(
    rows: Iterable[tuple[LedgerAccount, LedgerEntry, UUID, Rupiah]],
) -> dict[UUID, tuple[Part, list[PartLine]]]:
    """Tell what was asked for with ``changes_of_parts``, with the balance after each; by member."""
    found: dict[UUID, tuple[Part, list[PartLine]]] = {}
    for row, entry, credit, amount in rows:
        if row.member_id is None:
            continue
        part = Part(row.cooperative_id, row.member_id, row.id, row.credit - row.debit, row.held)
        _, lines = found.setdefault(row.member_id, (part, []))
        change = amount if credit == row.id else -amount
        before = lines[-1].balance if lines else Rupiah(0)
        lines.append(PartLine(entry, change, before + change))
    return found


def lines_of_part(
    session: Session, part: Part, *, limit: int, offset: int = 0
) -> tuple[Sequence[PartLine], int]:
    """List a page of the changes of a member's part, newest first, and count them all."""
    touching = (LedgerLine.cooperative_id == part.cooperative_id) & (
        (LedgerLine.debit_id == part.account_id) | (LedgerLine.credit_id == part.account_id)
    )
    came = LedgerLine.credit_id == part.account_id
    change = cast(case((came, LedgerLine.amount), else_=-LedgerLine.amount), RupiahColumn)
    summed = func.sum(change).over(order_by=(LedgerEntry.number, LedgerLine.position))
    after = cast(summed, RupiahColumn)
    rows = session.execute(
        select(LedgerEntry, change, after)
        .join(LedgerLine, ENTRY_OF_LINE)
        .where(touching)
        .order_by(LedgerEntry.number.desc(), LedgerLine.position.desc())
        .limit(limit)
        .offset(offset)
    )
    count = session.scalar(select(func.count(LedgerLine.id)).where(touching)) or 0
    return [PartLine(entry, moved, left) for entry, moved, left in rows], count
