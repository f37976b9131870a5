"""Taking bank statements in, and deciding about the money on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from marketplace.kernel.calendar import local_day
from marketplace.kernel.ids import new_id
from marketplace.kernel.text import Sentence, say
from marketplace.payments.models import BankLine, PaymentDestination, StatementColumns
from marketplace.payments.rules.statements import (
    Columns,
    Line,
    LineState,
    LineTaken,
    MoneyIn,
    check_columns,
    named,
    read,
    split,
)

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did with the rows of a file."""

    new: int
    known: int
    aside: int
    with_sen: int
    wrong: tuple[tuple[int, Sentence | str], ...]


def bring_in(
    session: Session,
    account: PaymentDestination,
    rows: Sequence[Line],
    columns: Columns,
    *,
    by: UUID | None,
    at: datetime,
) -> Imported:
    """Keep the money of a statement, each sum once however often its file comes.

    The columns are remembered for the account's next file. Raises WrongColumns.
    """
    headings, below = split(rows)
    check_columns(columns, len(headings))
    reading = read(below, columns, today=local_day(at))
    _remember(session, account, named(columns, headings), by, at)
    new = sum(
        _insert(session, account, reading.money[start : start + AT_ONCE], by, at)
        for start in range(0, len(reading.money), AT_ONCE)
    )
    known = len(reading.money) - new
    return Imported(new, known, reading.aside, reading.with_sen, reading.wrong)


def _insert(
    session: Session,
    account: PaymentDestination,
    money: Sequence[MoneyIn],
    by: UUID | None,
    at: datetime,
) -> int:
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    rows = [
        {
            "cooperative_id": account.cooperative_id,
            "id": new_id(),
            "account_id": account.id,
            "fingerprint": each.fingerprint,
            "dated": each.dated,
            "amount": each.amount,
            "text": each.text,
            "reference": each.reference,
            "state": LineState.OPEN,
            "imported_by": by,
            "imported_at": at,
        }
        for each in money
    ]
    statement = (sqlite_insert if on_sqlite else postgresql_insert)(BankLine).values(rows)
    kept = session.scalars(statement.on_conflict_do_nothing().returning(BankLine.id))
    return len(kept.all())


def _remember(
    session: Session,
    account: PaymentDestination,
    headings: dict[str, str],
    by: UUID | None,
    at: datetime,
) -> None:
    known = session.scalar(
        select(StatementColumns).where(
            StatementColumns.cooperative_id == account.cooperative_id,
            StatementColumns.account_id == account.id,
        )
    )
    if known is None:
        known = StatementColumns(cooperative_id=account.cooperative_id, account_id=account.id)
        session.add(known)
    elif known.headings == headings:
        return
    known.headings, known.changed_by, known.changed_at = headings, by, at
    session.flush()


def match(
    session: Session, line: BankLine, intent_id: UUID, *, by: UUID | None, at: datetime
) -> None:
    """Say that a line's money is an intent's. Raises LineTaken."""
    _decide(session, line, LineState.MATCHED, by, at)
    line.intent_id = intent_id
    session.flush()


def set_aside(session: Session, line: BankLine, *, by: UUID | None, at: datetime) -> None:
    """Say that a line's money is for no order; doing so again changes nothing."""
    if line.state is not LineState.OTHER:
        _decide(session, line, LineState.OTHER, by, at)
        session.flush()


def look_again(session: Session, line: BankLine) -> None:
    """Take back that a line's money is for no order."""
    if line.state is LineState.OTHER:
        line.state, line.decided_by, line.decided_at = LineState.OPEN, None, None
        session.flush()


def _decide(
    session: Session, line: BankLine, state: LineState, by: UUID | None, at: datetime
) -> None:
    if line.state is not LineState.OPEN:
        raise LineTaken(say("Baris ini sudah dicocokkan atau disisihkan."))
    line.state, line.decided_by, line.decided_at = state, by, at
