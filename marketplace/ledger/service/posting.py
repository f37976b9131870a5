"""Writing entries: each once, in a chain, and undone only by its mirror."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from marketplace.database import insert_once
from marketplace.database.bulk import insert_many
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.ledger.models import LedgerAccount, LedgerBook, LedgerEntry, LedgerLine
from marketplace.ledger.queries import facts_of, moves_of, reversal_of
from marketplace.ledger.rules import (
    MOST_MOVES,
    Guard,
    Move,
    Place,
    Posting,
    Unbalanced,
    Unit,
    chained_hash,
    mirrored,
)
from marketplace.ledger.service.books import known_ids, resolve, take_book

REVERSAL = "reversal"
REUSED = say("Formulir ini sudah dipakai untuk jurnal lain.")


class KeyReused(RuleBroken):
    """The same key came with another entry."""

    code = "key_reused"


class BalanceTooSmall(RuleBroken):
    """A guarded account does not have what is to be taken from it."""

    code = "balance_too_small"


class AlreadyReversed(RuleBroken):
    """An entry is reversed at most once, and a reversal not at all."""

    code = "already_reversed"


def post(
    session: Session, cooperative_id: int, unit: Unit, posting: Posting, *, at: datetime
) -> LedgerEntry:
    """Write one entry into the books of a unit; the same key gives the first one again.

    An entry for a month that is closed is dated on the first open day. Raises Unbalanced,
    KeyReused, BalanceTooSmall, AccountClosed, NotFound.
    """
    if not 1 <= len(posting.moves) <= MOST_MOVES:
        raise Unbalanced(say("Isi dulu paling sedikit satu debit dan satu kredit."))
    book = take_book(session, cooperative_id, unit, at=at)
    ids = known_ids(book, _places(posting))
    if ids is None:  # what a repeat is answered must not depend on what is left by now
        known = _by_key(session, book, posting)
        if known is not None:
            return known
        ids = _checked_ids(session, book, posting)
    written = _write(session, book, posting, ids, None, at)
    entry = written or _by_key(session, book, posting)
    assert entry is not None  # noqa: S101 - the unique key has just said so
    return entry


def reverse(
    session: Session,
    entry: LedgerEntry,
    *,
    memo: str,
    key: str,
    created_by: UUID | None = None,
    approved_by: UUID | None = None,
    dated: date,
    at: datetime,
) -> LedgerEntry:
    """Undo an entry by its mirror; both stay in the books for ever. Raises AlreadyReversed."""
    unit = session.get_one(LedgerBook, (entry.cooperative_id, entry.book_id)).unit
    book = take_book(session, entry.cooperative_id, unit, at=at)
    posting = Posting(
        key=key,
        memo=memo,
        moves=mirrored(moves_of(session, entry)),
        dated=max(dated, entry.dated),
        source_type=REVERSAL,
        source_id=entry.id,
        created_by=created_by,
        approved_by=approved_by,
    )
    known = reversal_of(session, entry)
    if known is not None and known.key == key:
        return known
    if known is not None or entry.reverses_id is not None:
        raise AlreadyReversed(say("Jurnal ini sudah dibalik."))
    ids = known_ids(book, _places(posting)) or _checked_ids(session, book, posting)
    written = _write(session, book, posting, ids, entry.id, at)
    if written is None:
        raise KeyReused(REUSED)
    return written


# Statements of every posting are built once; building them costs as much as running them.
BY_KEY = select(LedgerEntry.id).where(
    LedgerEntry.cooperative_id == bindparam("cooperative_id"),
    LedgerEntry.book_id == bindparam("book_id"),
    LedgerEntry.key == bindparam("key"),
)
BOOKS = cast(Table, LedgerBook.__table__)
MOVE_ON = (
    update(BOOKS)
    .where(
        BOOKS.c.cooperative_id == bindparam("its_cooperative"),
        BOOKS.c.id == bindparam("its_id"),
    )
    .values(last_number=bindparam("number"), last_hash=bindparam("seal"))
)


def _by_key(session: Session, book: LedgerBook, posting: Posting) -> LedgerEntry | None:
    """Find what this posting has written already. Raises KeyReused."""
    names = {"cooperative_id": book.cooperative_id, "book_id": book.id, "key": posting.key}
    found = session.execute(BY_KEY, names).scalar()
    if found is None:
        return None
    known = session.get_one(LedgerEntry, (book.cooperative_id, found))
    if known.request_hash != posting.fingerprint():
        raise KeyReused(REUSED)
    return known


def _places(posting: Posting) -> set[Place]:
    return {place for move in posting.moves for place in (move.debit, move.credit)}


def _checked_ids(session: Session, book: LedgerBook, posting: Posting) -> dict[Place, UUID]:
    """Find the accounts of a posting, of which some are guarded or may be closed."""
    accounts = resolve(session, book, _places(posting))
    _check_guards(posting.moves, accounts)
    return {place: account.id for place, account in accounts.items()}


def _write(
    session: Session,
    book: LedgerBook,
    posting: Posting,
    ids: Mapping[Place, UUID],
    reverses: UUID | None,
    at: datetime,
) -> LedgerEntry | None:
    """Write an entry with its lines and move the book on; None when its key is taken."""
    moves = [(ids[m.debit], ids[m.credit], m.amount) for m in posting.moves]
    entry = LedgerEntry(
        cooperative_id=book.cooperative_id,
        id=new_id(),
        book_id=book.id,
        number=book.last_number + 1,
        dated=max(posting.dated, book.open_from),
        memo=posting.memo,
        source_type=posting.source_type,
        source_id=posting.source_id,
        key=posting.key,
        request_hash=posting.fingerprint(),
        reverses_id=reverses,
        created_by=posting.created_by,
        approved_by=posting.approved_by,
        created_at=at,
        previous_hash=book.last_hash,
    )
    entry.hash = chained_hash(facts_of(entry), moves)
    if not insert_once(session, entry, "cooperative_id", "book_id", "key"):
        return None
    insert_many(session, LedgerLine, _lines(entry, moves))
    _move_on(session, book, entry)
    for id_ in ids.values():  # a trigger has just changed their balances
        kept = session.identity_map.get(identity_key(LedgerAccount, (book.cooperative_id, id_)))
        if kept is not None:
            session.expire(kept, ["debit", "credit"])
    return entry


def _move_on(session: Session, book: LedgerBook, entry: LedgerEntry) -> None:
    """Let the head of the books be this entry; that seals it."""
    session.execute(
        MOVE_ON,
        {
            "its_cooperative": book.cooperative_id,
            "its_id": book.id,
            "number": entry.number,
            "seal": entry.hash,
        },
    )
    set_committed_value(book, "last_number", entry.number)
    set_committed_value(book, "last_hash", entry.hash)


def _lines(
    entry: LedgerEntry, moves: Sequence[tuple[UUID, UUID, Rupiah]]
) -> list[dict[str, object]]:
    return [
        {
            "cooperative_id": entry.cooperative_id,
            "id": new_id(),
            "book_id": entry.book_id,
            "entry_id": entry.id,
            "position": position,
            "debit_id": debit,
            "credit_id": credit,
            "amount": amount,
        }
        for position, (debit, credit, amount) in enumerate(moves)
    ]


def _check_guards(moves: Sequence[Move], accounts: Mapping[Place, LedgerAccount]) -> None:
    """Say in words what the database would refuse; nobody else writes to this book now."""
    change: dict[UUID, int] = {}
    for move in moves:
        for place, sign in ((move.debit, 1), (move.credit, -1)):
            id_ = accounts[place].id
            change[id_] = change.get(id_, 0) + sign * move.amount.amount
    for account in accounts.values():
        free = free_of(account)
        taken = change[account.id] * (1 if account.guard is Guard.CREDIT_ONLY else -1)
        if account.guard is not Guard.NONE and taken > free.amount:
            raise BalanceTooSmall(
                say(
                    "Saldo %(name)s tinggal %(free)s.", name=account.name, free=max(free, Rupiah(0))
                )
            )


def free_of(account: LedgerAccount) -> Rupiah:
    """Say how much of a guarded account may still be taken; holds are not free."""
    credit = account.guard is not Guard.DEBIT_ONLY
    balance = account.credit - account.debit if credit else account.debit - account.credit
    return balance - account.held
