"""Reading proposals, and what stands beside an entry on its page."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.bookkeeping.models import EntryDraft
from marketplace.bookkeeping.rules import DraftState
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.ledger import queries as books
from marketplace.ledger.queries import LedgerAccount, LedgerBook, LedgerEntry, WrittenLine


def draft_by_id(session: Session, cooperative_id: int, draft_id: UUID) -> EntryDraft:
    """Fetch a proposal of a cooperative. Raises NotFound."""
    draft = session.get(EntryDraft, (cooperative_id, draft_id))
    if draft is None:
        raise NotFound(say("Usulan jurnal itu tidak ada."))
    return draft


def draft_of_entry(session: Session, entry: LedgerEntry) -> EntryDraft | None:
    """Find the proposal that an entry was posted from, if it was written by hand."""
    return session.scalar(
        select(EntryDraft).where(
            EntryDraft.cooperative_id == entry.cooperative_id, EntryDraft.entry_id == entry.id
        )
    )


def waiting(session: Session, cooperative_id: int) -> Sequence[EntryDraft]:
    """List proposals that wait for a second person, the oldest first."""
    return session.scalars(
        select(EntryDraft)
        .where(EntryDraft.cooperative_id == cooperative_id, EntryDraft.state == DraftState.PROPOSED)
        .order_by(EntryDraft.proposed_at)
    ).all()


def count_waiting(session: Session, cooperative_id: int, *, not_by: UUID | None = None) -> int:
    """Count proposals that wait, but for those of one person."""
    wanted = select(func.count()).where(
        EntryDraft.cooperative_id == cooperative_id, EntryDraft.state == DraftState.PROPOSED
    )
    if not_by is not None:
        wanted = wanted.where(EntryDraft.proposed_by != not_by)
    return session.scalar(wanted) or 0


def lines_of_draft(session: Session, draft: EntryDraft) -> list[WrittenLine]:
    """Show a proposal as it would stand in the journal."""
    if draft.reverses_id is not None:
        entry = books.entry_by_id(session, draft.cooperative_id, draft.reverses_id)
        told = books.lines_of(session, [entry])[entry.id]
        mirror = [WrittenLine(line.account, line.credit, line.debit) for line in told]
        return sorted(mirror, key=lambda line: line.debit, reverse=True)
    book = books.book_of(session, draft.cooperative_id, draft.unit)
    accounts = accounts_by_id(session, book) if book else {}
    return [
        WrittenLine(accounts[UUID(id_)], Rupiah(debit), Rupiah(credit))
        for id_, debit, credit in draft.lines
    ]


def accounts_by_id(session: Session, book: LedgerBook) -> dict[UUID, LedgerAccount]:
    """Give the accounts that people may write to, by id and in the order of their numbers."""
    return {account.id: account for account in books.chart(session, book)}
