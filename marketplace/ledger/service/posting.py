"""Writing entries: each once, in a chain, and undone only by its mirror."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

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
    known = _by_key(session, book, posting.key)
    if known is not None:
        if known.request_hash != posting.fingerprint():
            raise KeyReused(say("Formulir ini sudah dipakai untuk jurnal lain."))
        return known
    return _write(session, book, posting, None, at)


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
    return _write(session, book, posting, entry.id, at)


# Statements of every posting are built once; building them costs as much as running them.
BY_KEY = select(LedgerEntry.id).where(
    LedgerEntry.cooperative_id == bindparam("cooperative_id"),
    LedgerEntry.book_id == bindparam("book_id"),
    LedgerEntry.key == bindparam("key"),
)
ENTRIES, BOOKS = cast(Table, LedgerEntry.__table__), cast(Table, LedgerBook.__table__)
INSERT = insert(ENTRIES)
MOVE_ON = (
    update(BOOKS)
    .where(
        BOOKS.c.cooperative_id == bindparam("its_cooperative"),
        BOOKS.c.id == bindparam("its_id"),
    )
    .values(last_number=bindparam("number"), last_hash=bindparam("seal"))
)


def _by_key(session: Session, book: LedgerBook, key: str) -> LedgerEntry | None:
    names = {"cooperative_id": book.cooperative_id, "book_id": book.id, "key": key}
    known = session.execute(BY_KEY, names).scalar()
    if known is None:
        return None
    return session.get_one(LedgerEntry, (book.cooperative_id, known))


def _write(
    session: Session, book: LedgerBook, posting: Posting, reverses: UUID | None, at: datetime
) -> LedgerEntry:
    places: set[Place] = {p for move in posting.moves for p in (move.debit, move.credit)}
    ids = known_ids(book, places)
    if ids is None:
        accounts = resolve(session, book, places)
        _check_guards(posting.moves, accounts)
        ids = {place: account.id for place, account in accounts.items()}
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
    _insert(session, entry)
    insert_many(session, LedgerLine, _lines(entry, moves))
    _move_on(session, book, entry)
    for id_ in ids.values():  # a trigger has just changed their balances
        kept = session.identity_map.get(identity_key(LedgerAccount, (book.cooperative_id, id_)))
        if kept is not None:
            session.expire(kept, ["debit", "credit"])
    return entry


def _insert(session: Session, entry: LedgerEntry) -> None:
    """Write the row of an entry, which is from then on as one that was read."""
    session.execute(INSERT, {name: getattr(entry, name) for name in ENTRIES.columns.keys()})  # noqa: SIM118 - columns are no mapping
    make_transient_to_detached(entry)
    session.add(entry)


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
