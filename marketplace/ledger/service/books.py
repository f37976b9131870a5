"""Opening the books of a unit, finding its accounts, changing its chart."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from marketplace.database.bulk import insert_many
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import Invalid, NotFound, RuleBroken
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.ledger.models import LedgerAccount, LedgerBook
from marketplace.ledger.rules import (
    EMPTY_HASH,
    AccountKind,
    Guard,
    MemberAccount,
    Place,
    Unit,
    accounts_of,
)

LONGEST_NAME = 80
ACCOUNT_CODE = re.compile(r"[1-9]-?[0-9]{3,8}")


# Built once: every posting begins with it.
TAKEN = (
    select(LedgerBook)
    .where(
        LedgerBook.cooperative_id == bindparam("cooperative_id"),
        LedgerBook.unit == bindparam("unit"),
    )
    .with_for_update()
    .execution_options(populate_existing=True)
)
# The ids of whole accounts that have a purpose and no guard, by book. They never change: such
# an account cannot be closed, given another purpose or deleted, and no balance limits it.
MOST_KNOWN_BOOKS = 2_000
_known_books: dict[UUID, dict[Place, UUID]] = {}


class AccountClosed(RuleBroken):
    """Nothing more may be posted to this account."""

    code = "account_closed"


class CodeTaken(RuleBroken):
    """Another account of these books has this code."""

    code = "code_taken"


def take_book(session: Session, cooperative_id: int, unit: Unit, *, at: datetime) -> LedgerBook:
    """Take the books of a unit for writing, opening them with the usual chart if need be.

    Whoever writes to the same books waits here until this transaction ends.
    """
    names = {"cooperative_id": cooperative_id, "unit": unit}
    book = session.scalar(TAKEN, names)
    if book is None:
        _open(session, cooperative_id, unit, at)
        book = session.scalars(TAKEN, names).one()
    return book


def _open(session: Session, cooperative_id: int, unit: Unit, at: datetime) -> None:
    """Open books once; whoever comes second finds those of the first."""
    book_id = new_id()
    kind = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    opened = session.execute(
        kind(LedgerBook)
        .values(
            cooperative_id=cooperative_id,
            id=book_id,
            unit=unit,
            open_from=date(local_day(at).year, 1, 1),
            last_number=0,
            last_hash=EMPTY_HASH,
            opened_at=at,
        )
        .on_conflict_do_nothing()
        .returning(LedgerBook.id)
    ).scalar()
    if opened is None:
        return
    insert_many(
        session,
        LedgerAccount,
        [
            {
                "cooperative_id": cooperative_id,
                "id": new_id(),
                "book_id": book_id,
                "code": account.code,
                "name": account.name,
                "name_en": account.name_en,
                "kind": account.kind,
                "guard": account.guard,
                "purpose": account.purpose,
                "member_id": None,
                "debit": Rupiah(0),
                "credit": Rupiah(0),
                "held": Rupiah(0),
                "closed_at": None,
            }
            for account in accounts_of(unit)
        ],
    )


def resolve(
    session: Session, book: LedgerBook, places: Iterable[Place]
) -> dict[Place, LedgerAccount]:
    """Find the account of every place; a member's part is opened when it is first needed.

    Raises AccountClosed, NotFound.
    """
    wanted = set(places)
    known = _known(session, book, wanted)
    found = {}
    for place in wanted:
        account = known.get(place)
        if account is None and isinstance(place, MemberAccount):
            account = _open_part(session, known[place.purpose], place.member_id)
        if account is None:
            raise NotFound(say("Akun itu tidak ada di buku ini."))
        if account.closed_at is not None:
            raise AccountClosed(
                say("Akun %(code)s %(name)s sudah ditutup.", code=account.code, name=account.name)
            )
        found[place] = account
    return found


def known_ids(book: LedgerBook, places: Collection[Place]) -> dict[Place, UUID] | None:
    """Give the ids of accounts that need not be read again; None when one has to be."""
    known = _known_books.get(book.id, {})
    return {place: known[place] for place in places} if known.keys() >= set(places) else None


def _remember(book: LedgerBook, account: LedgerAccount) -> None:
    if account.purpose is None or account.member_id or account.guard is not Guard.NONE:
        return
    if book.id not in _known_books and len(_known_books) >= MOST_KNOWN_BOOKS:
        _known_books.clear()
    _known_books.setdefault(book.id, {})[account.purpose] = account.id


def _known(
    session: Session, book: LedgerBook, wanted: Collection[Place]
) -> dict[Place, LedgerAccount]:
    """Read the accounts of these places, and the whole accounts that members have parts of."""
    purposes, ids, parts = set(), set(), set()
    for place in wanted:
        if isinstance(place, UUID):
            ids.add(place)
        elif isinstance(place, MemberAccount):
            purposes.add(place.purpose)
            parts.add(place.member_id)
        else:
            purposes.add(place)
    rows = session.scalars(
        select(LedgerAccount)
        .where(
            LedgerAccount.cooperative_id == book.cooperative_id,
            LedgerAccount.book_id == book.id,
            LedgerAccount.id.in_(ids)
            | (
                LedgerAccount.purpose.in_(purposes)
                & (LedgerAccount.member_id.is_(None) | LedgerAccount.member_id.in_(parts))
            ),
        )
        .execution_options(populate_existing=True)
    )
    known: dict[Place, LedgerAccount] = {}
    for row in rows:
        known[row.id] = row
        _remember(book, row)
        if row.purpose is not None:
            known[MemberAccount(row.purpose, row.member_id) if row.member_id else row.purpose] = row
    return known


def _open_part(session: Session, whole: LedgerAccount, member_id: UUID) -> LedgerAccount:
    part = LedgerAccount(
        cooperative_id=whole.cooperative_id,
        book_id=whole.book_id,
        code=whole.code,
        name=whole.name,
        name_en=whole.name_en,
        kind=whole.kind,
        guard=whole.guard,
        purpose=whole.purpose,
        member_id=member_id,
    )
    session.add(part)
    session.flush()
    return part


def add_account(
    session: Session,
    cooperative_id: int,
    unit: Unit,
    *,
    code: str,
    name: str,
    name_en: str | None,
    kind: AccountKind,
    at: datetime,
) -> LedgerAccount:
    """Add an account to a chart. Raises Invalid, CodeTaken."""
    book = take_book(session, cooperative_id, unit, at=at)
    code, name = _checked(code, name)
    _refuse_taken(session, book, code)
    account = LedgerAccount(
        cooperative_id=cooperative_id,
        book_id=book.id,
        code=code,
        name=name,
        name_en=(name_en or name).strip(),
        kind=kind,
        guard=Guard.NONE,
    )
    session.add(account)
    session.flush()
    return account


def change_account(
    session: Session,
    account: LedgerAccount,
    *,
    code: str,
    name: str,
    name_en: str | None,
    at: datetime,
) -> None:
    """Give an account, and its members' parts, another number and other names."""
    code, name = _checked(code, name)
    unit = session.get_one(LedgerBook, (account.cooperative_id, account.book_id)).unit
    book = take_book(session, account.cooperative_id, unit, at=at)
    if code != account.code:
        _refuse_taken(session, book, code)
    same = session.scalars(
        select(LedgerAccount).where(
            LedgerAccount.cooperative_id == account.cooperative_id,
            LedgerAccount.book_id == account.book_id,
            LedgerAccount.code == account.code,
        )
    )
    for part in same.all():
        part.code, part.name, part.name_en = code, name, (name_en or name).strip()
    session.flush()


def close_account(session: Session, account: LedgerAccount, *, at: datetime) -> None:
    """Let nothing more be posted to an account that is empty and that nothing needs."""
    if account.purpose is not None:
        raise RuleBroken(say("Akun ini dipakai Guyub, jadi tidak bisa ditutup."))
    if account.debit != account.credit or account.held:
        raise RuleBroken(say("Kosongkan dulu saldonya, baru akun ini bisa ditutup."))
    account.closed_at = at
    session.flush()


def _checked(code: str, name: str) -> tuple[str, str]:
    code, name = code.strip(), " ".join(name.split())
    if not ACCOUNT_CODE.fullmatch(code):
        wrong = say("Nomor akun berupa angka, misalnya 5-3110.")
        raise Invalid(wrong, fields={"code": wrong})
    if not 1 <= len(name) <= LONGEST_NAME:
        wrong = say("Nama akun 1 sampai %(most)s huruf.", most=LONGEST_NAME)
        raise Invalid(wrong, fields={"name": wrong})
    return code, name


def _refuse_taken(session: Session, book: LedgerBook, code: str) -> None:
    taken = session.scalar(
        select(LedgerAccount.id).where(
            LedgerAccount.cooperative_id == book.cooperative_id,
            LedgerAccount.book_id == book.id,
            LedgerAccount.code == code,
            LedgerAccount.member_id.is_(None),
        )
    )
    if taken is not None:
        wrong = say("Nomor akun ini sudah dipakai.")
        raise CodeTaken(wrong, fields={"code": wrong})
