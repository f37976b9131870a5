"""What the books say at a moment: charts, balances, closed months."""

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
from marketplace.ledger.models import (
    LedgerAccount,
    LedgerBook,
    LedgerClosing,
    LedgerEntry,
    LedgerLine,
)
from marketplace.ledger.queries.entries import ENTRY_OF_LINE
from marketplace.ledger.rules import AccountKind, Purpose, Unit, natural_balance


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """One line of a trial balance; the parts of members are summed under their account."""

    code: str
    name: str
    name_en: str
    kind: AccountKind
    debit: Rupiah
    credit: Rupiah

    @property
    def balance(self) -> Rupiah:
        """Give the balance, positive on the side on which the account grows."""
        return natural_balance(self.kind, self.debit, self.credit)

    @property
    def debit_side(self) -> Rupiah:
        """Give what stands in the debit column of a trial balance."""
        return max(self.debit - self.credit, Rupiah(0))

    @property
    def credit_side(self) -> Rupiah:
        """Give what stands in the credit column of a trial balance."""
        return max(self.credit - self.debit, Rupiah(0))


def books_of(session: Session, cooperative_id: int) -> Sequence[LedgerBook]:
    """List the books of a cooperative that were opened."""
    return session.scalars(
        select(LedgerBook)
        .where(LedgerBook.cooperative_id == cooperative_id)
        .order_by(LedgerBook.unit.desc())
    ).all()


def book_of(session: Session, cooperative_id: int, unit: Unit) -> LedgerBook | None:
    """Find the books of one unit; None when nothing was written yet."""
    return session.scalar(
        select(LedgerBook).where(
            LedgerBook.cooperative_id == cooperative_id, LedgerBook.unit == unit
        )
    )


def account_by_id(session: Session, cooperative_id: int, account_id: UUID) -> LedgerAccount:
    """Fetch an account of a cooperative. Raises NotFound."""
    account = session.get(LedgerAccount, (cooperative_id, account_id))
    if account is None:
        raise NotFound(say("Akun itu tidak ada di buku ini."))
    return account


def purpose_account(session: Session, book: LedgerBook, purpose: Purpose) -> LedgerAccount | None:
    """Find the whole account that is kept for a purpose, for its card."""
    return session.scalar(
        select(LedgerAccount).where(
            LedgerAccount.cooperative_id == book.cooperative_id,
            LedgerAccount.book_id == book.id,
            LedgerAccount.purpose == purpose,
            LedgerAccount.member_id.is_(None),
        )
    )


def parts_of(session: Session, account: LedgerAccount) -> Sequence[LedgerAccount]:
    """List an account and its members' parts, the whole account first."""
    return session.scalars(
        select(LedgerAccount)
        .where(
            LedgerAccount.cooperative_id == account.cooperative_id,
            LedgerAccount.book_id == account.book_id,
            LedgerAccount.code == account.code,
        )
        .order_by(LedgerAccount.member_id.is_not(None), LedgerAccount.id)
    ).all()


def unit_of_account(session: Session, account: LedgerAccount) -> Unit:
    """Say in the books of which unit an account stands."""
    return session.get_one(LedgerBook, (account.cooperative_id, account.book_id)).unit


def chart(session: Session, book: LedgerBook) -> Sequence[LedgerAccount]:
    """List the accounts of a book by number, without the members' parts."""
    return session.scalars(
        select(LedgerAccount)
        .where(
            LedgerAccount.cooperative_id == book.cooperative_id,
            LedgerAccount.book_id == book.id,
            LedgerAccount.member_id.is_(None),
        )
        .order_by(LedgerAccount.code)
    ).all()


def balance_of(
    session: Session, book: LedgerBook, purpose: Purpose, *, member_id: UUID | None = None
) -> Rupiah:
    """Give the balance kept for a purpose, of all or of one member, as people say it."""
    wanted = select(
        LedgerAccount.kind, total_of(LedgerAccount.debit), total_of(LedgerAccount.credit)
    ).where(
        LedgerAccount.cooperative_id == book.cooperative_id,
        LedgerAccount.book_id == book.id,
        LedgerAccount.purpose == purpose,
    )
    if member_id is not None:
        wanted = wanted.where(LedgerAccount.member_id == member_id)
    row = session.execute(wanted.group_by(LedgerAccount.kind)).one_or_none()
    if row is None:
        return Rupiah(0)
    kind, debit, credit = row
    return natural_balance(kind, debit, credit)


def balances_for(
    session: Session, cooperative_id: int, unit: Unit, *purposes: Purpose
) -> dict[Purpose, Rupiah]:
    """Give the balances kept for some purposes in one question; Rp 0 before the first entry."""
    rows = session.execute(
        select(
            LedgerAccount.purpose,
            LedgerAccount.kind,
            total_of(LedgerAccount.debit),
            total_of(LedgerAccount.credit),
        )
        .join(
            LedgerBook,
            (LedgerBook.cooperative_id == LedgerAccount.cooperative_id)
            & (LedgerBook.id == LedgerAccount.book_id),
        )
        .where(
            LedgerAccount.cooperative_id == cooperative_id,
            LedgerBook.unit == unit,
            LedgerAccount.purpose.in_(purposes),
        )
        .group_by(LedgerAccount.purpose, LedgerAccount.kind)
    )
    kept = {purpose: natural_balance(kind, debit, credit) for purpose, kind, debit, credit in rows}
    return {purpose: kept.get(purpose, Rupiah(0)) for purpose in purposes}


def trial_balance(
    session: Session, book: LedgerBook, *, until: date | None = None
) -> list[AccountBalance]:
    """List every account's two sides by number; ``until`` counts entries up to that day.

    Without a day the kept balances are read, with one they are summed from the lines.
    """
    if until is None:
        rows = session.execute(
            select(
                LedgerAccount.code,
                func.max(LedgerAccount.name),
                func.max(LedgerAccount.name_en),
                LedgerAccount.kind,
                total_of(LedgerAccount.debit),
                total_of(LedgerAccount.credit),
            )
            .where(
                LedgerAccount.cooperative_id == book.cooperative_id,
                LedgerAccount.book_id == book.id,
            )
            .group_by(LedgerAccount.code, LedgerAccount.kind)
            .order_by(LedgerAccount.code)
        )
        return [
            AccountBalance(code, name, name_en, kind, debit, credit)
            for code, name, name_en, kind, debit, credit in rows
        ]
    return _summed(session, book, until)


def _summed(session: Session, book: LedgerBook, until: date) -> list[AccountBalance]:
    sides: dict[str, dict[UUID, Rupiah]] = {}
    for side, column in (("debit", LedgerLine.debit_id), ("credit", LedgerLine.credit_id)):
        rows = session.execute(
            select(column, total_of(LedgerLine.amount))
            .join(
                LedgerEntry,
                ENTRY_OF_LINE,
            )
            .where(
                LedgerLine.cooperative_id == book.cooperative_id,
                LedgerLine.book_id == book.id,
                LedgerEntry.dated <= until,
            )
            .group_by(column)
        )
        sides[side] = {id_: total for id_, total in rows}  # noqa: C416 - rows, not pairs
    found: dict[str, AccountBalance] = {}
    accounts = session.scalars(
        select(LedgerAccount)
        .where(
            LedgerAccount.cooperative_id == book.cooperative_id, LedgerAccount.book_id == book.id
        )
        .order_by(LedgerAccount.code, LedgerAccount.id)
    )
    for account in accounts:
        debit = sides["debit"].get(account.id, Rupiah(0))
        credit = sides["credit"].get(account.id, Rupiah(0))
        known = found.get(account.code)
        found[account.code] = AccountBalance(
            account.code,
            account.name,
            account.name_en,
            account.kind,
            debit + (known.debit if known else Rupiah(0)),
            credit + (known.credit if known else Rupiah(0)),
        )
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Owed:
    """What the books owe one member for one purpose."""

    member_id: UUID
    purpose: Purpose
    amount: Rupiah


def owed_to_members(
    session: Session, book: LedgerBook, purposes: Collection[Purpose]
) -> list[Owed]:
    """List what members are owed, each debt by itself; settled ones are left out."""
    rows = session.scalars(
        select(LedgerAccount)
        .where(
            LedgerAccount.cooperative_id == book.cooperative_id,
            LedgerAccount.book_id == book.id,
            LedgerAccount.purpose.in_(purposes),
            LedgerAccount.member_id.is_not(None),
            LedgerAccount.credit > LedgerAccount.debit,
        )
        .order_by(LedgerAccount.member_id, LedgerAccount.purpose)
    )
    return [
        Owed(row.member_id, row.purpose, row.credit - row.debit)
        for row in rows
        if row.member_id and row.purpose
    ]


def owed_since(session: Session, cooperative_id: int, debts: Collection[Owed]) -> dict[UUID, date]:
    """Say since when each member waits: the day of the oldest credit not yet paid."""
    if not debts:
        return {}
    rows = session.execute(
        select(
            LedgerAccount.member_id,
            LedgerAccount.id,
            LedgerAccount.debit,
            LedgerEntry.dated,
            LedgerLine.amount,
        )
        .join(
            LedgerLine,
            (LedgerLine.cooperative_id == LedgerAccount.cooperative_id)
            & (LedgerLine.credit_id == LedgerAccount.id),
        )
        .join(
            LedgerEntry,
            ENTRY_OF_LINE,
        )
        .where(
            LedgerAccount.cooperative_id == cooperative_id,
            LedgerAccount.member_id.in_({debt.member_id for debt in debts}),
            LedgerAccount.purpose.in_({debt.purpose for debt in debts}),
        )
        .order_by(LedgerEntry.dated, LedgerEntry.number)
    )
    paid: dict[UUID, int] = {}
    since: dict[UUID, date] = {}
    for member_id, account_id, debit, dated, amount in rows:
        left = paid.setdefault(account_id, debit.amount) - amount.amount
        paid[account_id] = left
        if left < 0 and member_id and member_id not in since:
            since[member_id] = dated
    return since


def member_parts(
    session: Session, book: LedgerBook, member_id: UUID, purposes: Collection[Purpose]
) -> Sequence[LedgerAccount]:
    """List the parts of accounts that belong to one member."""
    return session.scalars(
        select(LedgerAccount).where(
            LedgerAccount.cooperative_id == book.cooperative_id,
            LedgerAccount.book_id == book.id,
            LedgerAccount.member_id == member_id,
            LedgerAccount.purpose.in_(purposes),
        )
    ).all()


def closings_of(session: Session, book: LedgerBook) -> Sequence[LedgerClosing]:
    """List the closed months, the newest first."""
    return session.scalars(
        select(LedgerClosing)
        .where(
            LedgerClosing.cooperative_id == book.cooperative_id, LedgerClosing.book_id == book.id
        )
        .order_by(LedgerClosing.starts.desc())
    ).all()
