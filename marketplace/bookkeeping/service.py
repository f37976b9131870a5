"""Entries by hand: proposed by one person, posted by another, kept either way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.bookkeeping.models import EntryDraft
from marketplace.bookkeeping.rules import DraftDecided, DraftState, NeedsAnother
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import Invalid
from marketplace.kernel.text import say
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.queries import LedgerEntry
from marketplace.ledger.rules import LONGEST_MEMO, JournalLine, Posting, Unit, moves_between

MANUAL = "manual"


def propose(
    session: Session,
    cooperative_id: int,
    unit: Unit,
    *,
    key: str,
    memo: str,
    dated: date,
    lines: Sequence[JournalLine],
    file_id: UUID | None = None,
    by: UUID,
    at: datetime,
) -> EntryDraft:
    """Write an entry down for somebody else to approve; the same key proposes once.

    Raises Unbalanced, Invalid.
    """
    known = _by_key(session, cooperative_id, key)
    if known is not None:
        return known
    book = ledger.take_book(session, cooperative_id, unit, at=at)
    moves_between(lines)
    _check(memo, dated, book.open_from, at)
    draft = EntryDraft(
        cooperative_id=cooperative_id,
        unit=unit,
        key=key,
        memo=memo.strip(),
        dated=dated,
        lines=[[str(line.place), line.debit.amount, line.credit.amount] for line in lines],
        file_id=file_id,
        proposed_by=by,
        proposed_at=at,
    )
    session.add(draft)
    session.flush()
    return draft


def propose_reversal(
    session: Session, entry: LedgerEntry, *, key: str, memo: str, by: UUID, at: datetime
) -> EntryDraft:
    """Ask for an entry to be undone by its mirror. Raises AlreadyReversed, Invalid."""
    known = _by_key(session, entry.cooperative_id, key)
    if known is not None:
        return known
    unit = books.unit_of(session, entry)
    book = ledger.take_book(session, entry.cooperative_id, unit, at=at)
    if entry.source_type != MANUAL:
        raise Invalid(
            say("Jurnal ini dibuat oleh transaksi. Batalkan transaksinya, jurnalnya ikut dibalik.")
        )
    if books.reversal_of(session, entry) is not None:
        raise ledger.AlreadyReversed(say("Jurnal ini sudah dibalik."))
    today = local_day(at)
    _check(memo, today, book.open_from, at)
    draft = EntryDraft(
        cooperative_id=entry.cooperative_id,
        unit=unit,
        key=key,
        memo=memo.strip(),
        dated=today,
        lines=[],
        reverses_id=entry.id,
        proposed_by=by,
        proposed_at=at,
    )
    session.add(draft)
    session.flush()
    return draft


def _by_key(session: Session, cooperative_id: int, key: str) -> EntryDraft | None:
    return session.scalar(
        select(EntryDraft).where(EntryDraft.cooperative_id == cooperative_id, EntryDraft.key == key)
    )


def _check(memo: str, dated: date, open_from: date, at: datetime) -> None:
    if not 1 <= len(memo.strip()) <= LONGEST_MEMO:
        wrong = say("Tulis untuk apa jurnal ini, paling panjang %(most)s huruf.", most=LONGEST_MEMO)
        raise Invalid(wrong, fields={"memo": wrong})
    if not open_from <= dated <= local_day(at):
        wrong = say("Tanggalnya harus di bulan yang masih terbuka dan tidak di masa depan.")
        raise Invalid(wrong, fields={"dated": wrong})


def approve(session: Session, draft: EntryDraft, *, by: UUID, at: datetime) -> LedgerEntry:
    """Post what somebody else proposed. Raises NeedsAnother, DraftDecided and what posting may."""
    locked = _locked(session, draft)
    if locked.state is DraftState.POSTED and locked.entry_id is not None:
        return books.entry_by_id(session, locked.cooperative_id, locked.entry_id)
    _refuse_decided(locked)
    if by == locked.proposed_by:
        raise NeedsAnother(say("Jurnal ini perlu disetujui pengurus lain, bukan yang menulis."))
    entry = _post(session, locked, by, at)
    locked.state, locked.entry_id = DraftState.POSTED, entry.id
    locked.decided_by, locked.decided_at = by, at
    session.flush()
    return entry


def _post(session: Session, draft: EntryDraft, by: UUID, at: datetime) -> LedgerEntry:
    if draft.reverses_id is not None:
        return ledger.reverse(
            session,
            books.entry_by_id(session, draft.cooperative_id, draft.reverses_id),
            memo=draft.memo,
            key=f"draft:{draft.id}",
            created_by=draft.proposed_by,
            approved_by=by,
            dated=draft.dated,
            at=at,
        )
    lines = [JournalLine.read(*line) for line in draft.lines]
    posting = Posting(
        key=f"draft:{draft.id}",
        memo=draft.memo,
        moves=moves_between(lines),
        dated=draft.dated,
        source_type=MANUAL,
        source_id=draft.id,
        created_by=draft.proposed_by,
        approved_by=by,
    )
    return ledger.post(session, draft.cooperative_id, draft.unit, posting, at=at)


def refuse(session: Session, draft: EntryDraft, *, by: UUID, at: datetime) -> None:
    """Decline a proposal, or take one's own back; it stays on record either way."""
    locked = _locked(session, draft)
    _refuse_decided(locked)
    own = by == locked.proposed_by
    locked.state = DraftState.WITHDRAWN if own else DraftState.REFUSED
    locked.decided_by, locked.decided_at = by, at
    session.flush()


def _refuse_decided(draft: EntryDraft) -> None:
    if draft.state is not DraftState.PROPOSED:
        raise DraftDecided(say("Usulan ini sudah diputuskan."))


def _locked(session: Session, draft: EntryDraft) -> EntryDraft:
    return session.scalars(
        select(EntryDraft)
        .where(EntryDraft.cooperative_id == draft.cooperative_id, EntryDraft.id == draft.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
