"""Reading entries: one by one, as a journal, and as the card of an account."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.database import total_of
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.ledger.models import LedgerAccount, LedgerBook, LedgerEntry, LedgerLine
from marketplace.ledger.rules import Unit

# How a line finds its entry.
ENTRY_OF_LINE = (LedgerEntry.cooperative_id == LedgerLine.cooperative_id) & (
    LedgerEntry.id == LedgerLine.entry_id
)


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """One line of an entry as bookkeepers read it: an account, and one side."""

    account: LedgerAccount
    debit: Rupiah
    credit: Rupiah


@dataclass(frozen=True, slots=True)
class CardLine:
    """One entry on the card of an account, with the balance after it, debit side positive."""

    entry: LedgerEntry
    debit: Rupiah
    credit: Rupiah
    balance: Rupiah


def entry_by_id(session: Session, cooperative_id: int, entry_id: UUID) -> LedgerEntry:
    """Fetch an entry of a cooperative. Raises NotFound."""
    entry = session.get(LedgerEntry, (cooperative_id, entry_id))
    if entry is None:
        raise NotFound(say("Jurnal itu tidak ada."))
    return entry


def unit_of(session: Session, entry: LedgerEntry) -> Unit:
    """Say in the books of which unit an entry stands."""
    return session.get_one(LedgerBook, (entry.cooperative_id, entry.book_id)).unit


def entry_by_key(session: Session, book: LedgerBook, key: str) -> LedgerEntry | None:
    """Find what was posted under a key."""
    return session.scalar(
        select(LedgerEntry).where(
            LedgerEntry.cooperative_id == book.cooperative_id,
            LedgerEntry.book_id == book.id,
            LedgerEntry.key == key,
        )
    )


def entries_of_source(
    session: Session, cooperative_id: int, source_type: str, source_id: UUID
) -> Sequence[LedgerEntry]:
    """List the entries that one thing (an order, a pay-out) has caused, oldest first."""
    return session.scalars(
        select(LedgerEntry)
        .where(
            LedgerEntry.cooperative_id == cooperative_id,
            LedgerEntry.source_type == source_type,
            LedgerEntry.source_id == source_id,
        )
        .order_by(LedgerEntry.book_id, LedgerEntry.number)
    ).all()


def story_of(
    session: Session, cooperative_id: int, source_types: Collection[str], source_id: UUID
) -> list[tuple[LedgerEntry, list[WrittenLine]]]:
    """List all that one thing has caused, under several names, with what was reversed.

    Entries come with what they credited, in one query.
    """
    caused = select(LedgerEntry.id).where(
        LedgerEntry.cooperative_id == cooperative_id,
        LedgerEntry.source_type.in_(source_types),
        LedgerEntry.source_id == source_id,
    )
    rows = session.execute(
        select(LedgerEntry, LedgerAccount, LedgerLine.amount)
        .join(
            LedgerLine,
            ENTRY_OF_LINE,
        )
        .join(
            LedgerAccount,
            (LedgerAccount.cooperative_id == LedgerLine.cooperative_id)
            & (LedgerAccount.id == LedgerLine.credit_id),
        )
        .where(
            LedgerEntry.cooperative_id == cooperative_id,
            LedgerEntry.id.in_(caused) | LedgerEntry.reverses_id.in_(caused),
        )
        .order_by(LedgerEntry.number, LedgerLine.position)
    )
    told: dict[UUID, tuple[LedgerEntry, list[WrittenLine]]] = {}
    for entry, account, amount in rows:
        _entry, lines = told.setdefault(entry.id, (entry, []))
        lines.append(WrittenLine(account, Rupiah(0), amount))
    return list(told.values())


def reversal_of(session: Session, entry: LedgerEntry) -> LedgerEntry | None:
    """Find the mirror of an entry, if it was undone."""
    return session.scalar(
        select(LedgerEntry).where(
            LedgerEntry.cooperative_id == entry.cooperative_id, LedgerEntry.reverses_id == entry.id
        )
    )


def facts_of(entry: LedgerEntry) -> list[object]:
    """List what the hash of an entry covers besides its moves, the one before it included."""
    return [
        entry.previous_hash,
        entry.cooperative_id,
        entry.book_id,
        entry.id,
        entry.number,
        entry.dated.isoformat(),
        entry.memo,
        entry.source_type,
        entry.source_id,
        entry.key,
        entry.request_hash,
        entry.reverses_id,
        entry.created_by,
        entry.approved_by,
        entry.created_at.isoformat(),
    ]


def moves_of(session: Session, entry: LedgerEntry) -> list[tuple[UUID, UUID, Rupiah]]:
    """List an entry's moves as debit account, credit account, amount, in the order written."""
    rows = session.execute(
        select(LedgerLine.debit_id, LedgerLine.credit_id, LedgerLine.amount)
        .where(LedgerLine.cooperative_id == entry.cooperative_id, LedgerLine.entry_id == entry.id)
        .order_by(LedgerLine.position)
    )
    return [(debit, credit, amount) for debit, credit, amount in rows]


def lines_of(session: Session, entries: Collection[LedgerEntry]) -> dict[UUID, list[WrittenLine]]:
    """Give each entry's lines as bookkeepers read them: debits first, one line per account."""
    if not entries:
        return {}
    cooperative_id = next(iter(entries)).cooperative_id
    rows = session.execute(
        select(LedgerLine.entry_id, LedgerLine.debit_id, LedgerLine.credit_id, LedgerLine.amount)
        .where(
            LedgerLine.cooperative_id == cooperative_id,
            LedgerLine.entry_id.in_([entry.id for entry in entries]),
        )
        .order_by(LedgerLine.entry_id, LedgerLine.position)
    ).all()
    sides: dict[UUID, tuple[dict[UUID, int], dict[UUID, int]]] = {}
    for entry_id, debit_id, credit_id, amount in rows:
        debits, credits = sides.setdefault(entry_id, ({}, {}))
        debits[debit_id] = debits.get(debit_id, 0) + amount.amount
        credits[credit_id] = credits.get(credit_id, 0) + amount.amount
    used = {id_ for debits, credits in sides.values() for id_ in (*debits, *credits)}
    accounts = _accounts(session, cooperative_id, used)
    return {
        entry_id: [
            *(
                WrittenLine(accounts[id_], Rupiah(amount), Rupiah(0))
                for id_, amount in debits.items()
            ),
            *(
                WrittenLine(accounts[id_], Rupiah(0), Rupiah(amount))
                for id_, amount in credits.items()
            ),
        ]
        for entry_id, (debits, credits) in sides.items()
    }


def _accounts(
    session: Session, cooperative_id: int, ids: Collection[UUID]
) -> dict[UUID, LedgerAccount]:
    found = session.scalars(
        select(LedgerAccount).where(
            LedgerAccount.cooperative_id == cooperative_id, LedgerAccount.id.in_(list(ids))
        )
    )
    return {account.id: account for account in found}


def journal(
    session: Session,
    book: LedgerBook,
    *,
    starts: date | None = None,
    ends: date | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Sequence[LedgerEntry]:
    """List entries, the newest number first; ``before`` goes on after the last number seen."""
    wanted = select(LedgerEntry).where(
        LedgerEntry.cooperative_id == book.cooperative_id, LedgerEntry.book_id == book.id
    )
    if starts is not None:
        wanted = wanted.where(LedgerEntry.dated >= starts)
    if ends is not None:
        wanted = wanted.where(LedgerEntry.dated <= ends)
    if before is not None:
        wanted = wanted.where(LedgerEntry.number < before)
    return session.scalars(wanted.order_by(LedgerEntry.number.desc()).limit(limit)).all()


def journal_after(
    session: Session,
    book: LedgerBook,
    number: int,
    *,
    starts: date | None = None,
    ends: date | None = None,
    limit: int,
) -> Sequence[LedgerEntry]:
    """List the entries that follow a number, in order: for files and proofs."""
    wanted = select(LedgerEntry).where(
        LedgerEntry.cooperative_id == book.cooperative_id,
        LedgerEntry.book_id == book.id,
        LedgerEntry.number > number,
    )
    if starts is not None:
        wanted = wanted.where(LedgerEntry.dated >= starts)
    if ends is not None:
        wanted = wanted.where(LedgerEntry.dated <= ends)
    return session.scalars(wanted.order_by(LedgerEntry.number).limit(limit)).all()


def first_day(session: Session, book: LedgerBook) -> date | None:
    """Give the earliest day an entry is dated on."""
    return session.scalar(
        select(func.min(LedgerEntry.dated)).where(
            LedgerEntry.cooperative_id == book.cooperative_id, LedgerEntry.book_id == book.id
        )
    )


def card(
    session: Session,
    accounts: Sequence[LedgerAccount],
    *,
    starts: date,
    ends: date,
) -> tuple[Rupiah, list[CardLine]]:
    """Give the balance an account (with its members' parts) began a time with, and each entry.

    Balances are debit minus credit.
    """
    ids = [account.id for account in accounts]
    cooperative_id = accounts[0].cooperative_id
    debit = total_of(LedgerLine.amount, only=LedgerLine.debit_id.in_(ids))
    credit = total_of(LedgerLine.amount, only=LedgerLine.credit_id.in_(ids))
    touching = (
        (LedgerLine.cooperative_id == cooperative_id)
        & (LedgerEntry.cooperative_id == cooperative_id)
        & (LedgerEntry.id == LedgerLine.entry_id)
        & (LedgerLine.debit_id.in_(ids) | LedgerLine.credit_id.in_(ids))
    )
    before = session.execute(
        select(debit, credit)
        .select_from(LedgerLine, LedgerEntry)
        .where(touching, LedgerEntry.dated < starts)
    ).one()
    rows = session.execute(
        select(LedgerEntry, debit, credit)
        .select_from(LedgerLine, LedgerEntry)
        .where(touching, LedgerEntry.dated >= starts, LedgerEntry.dated <= ends)
        .group_by(*LedgerEntry.__table__.columns)
        .order_by(LedgerEntry.dated, LedgerEntry.number)
    )
    balance = opening = before[0] - before[1]
    lines = []
    for entry, in_, out in rows:
        balance = balance + in_ - out
        lines.append(CardLine(entry, in_, out, balance))
    return opening, lines
