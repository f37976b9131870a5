"""The books by program: balances, the journal, and entries by hand with a second person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.api import cursors, idempotency
from marketplace.api.blueprint import operation
from marketplace.api.schemas.books import (
    BalanceQuery,
    DraftSchema,
    EntryPageSchema,
    EntryQuery,
    EntryRequest,
    EntrySchema,
    TrialBalanceSchema,
)
from marketplace.bookkeeping import queries, service
from marketplace.bookkeeping.models import EntryDraft
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.ledger import queries as books
from marketplace.ledger.queries import LedgerEntry
from marketplace.ledger.rules import JournalLine, Unit
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader

PATH = "/cooperatives/<slug>/books"


@operation(
    method="GET",
    path=f"{PATH}/trial-balance",
    summary=say("Neraca saldo"),
    guard=requires(Permission.SEE_BOOKS),
    scope="books",
    asks=BalanceQuery,
    gives=TrialBalanceSchema,
)
def trial_balance(asked: dict[str, Any], slug: str) -> dict[str, Any]:
    """Say what every account holds; both sums are equal."""
    unit = Unit(asked["unit"])
    book = books.book_of(reader(), here().id, unit)
    balances = books.trial_balance(reader(), book, until=asked["until"]) if book else []
    return {
        "unit": unit.value,
        "until": asked["until"],
        "accounts": [
            {
                "code": balance.code,
                "name": balance.name,
                "name_en": balance.name_en,
                "kind": balance.kind.value,
                "debit": balance.debit_side,
                "credit": balance.credit_side,
            }
            for balance in balances
        ],
        "debit": Rupiah.total(balance.debit_side for balance in balances),
        "credit": Rupiah.total(balance.credit_side for balance in balances),
    }


@operation(
    method="GET",
    path=f"{PATH}/entries",
    summary=say("Jurnal"),
    guard=requires(Permission.SEE_BOOKS),
    scope="books",
    asks=EntryQuery,
    gives=EntryPageSchema,
)
def list_ledger_entries(asked: dict[str, Any], slug: str) -> dict[str, Any]:
    """List a unit's entries with their lines, the newest first."""
    limit, unit = asked["limit"], Unit(asked["unit"])
    before = cursors.decode(asked["cursor"], int)[0] if asked["cursor"] else None
    book = books.book_of(reader(), here().id, unit)
    found = books.journal(reader(), book, before=before, limit=limit + 1) if book else []
    shown = found[:limit]
    return {
        "items": _said(reader(), shown, unit),
        "next_cursor": cursors.encode(shown[-1].number) if len(found) > limit else None,
    }


@operation(
    method="GET",
    path=f"{PATH}/entries/<id:entry_id>",
    summary=say("Satu jurnal"),
    guard=requires(Permission.SEE_BOOKS),
    scope="books",
    gives=EntrySchema,
)
def get_ledger_entry(slug: str, entry_id: UUID) -> dict[str, Any]:
    """Say one entry with its lines."""
    entry = books.entry_by_id(reader(), here().id, entry_id)
    return _said(reader(), [entry], books.unit_of(reader(), entry))[0]


def _said(session: Session, entries: Sequence[LedgerEntry], unit: Unit) -> list[dict[str, Any]]:
    lines = books.lines_of(session, entries)
    return [
        {
            "id": entry.id,
            "unit": unit.value,
            "number": entry.number,
            "dated": entry.dated,
            "memo": entry.memo,
            "source_type": entry.source_type,
            "source": entry.source_id,
            "reverses": entry.reverses_id,
            "created_by": entry.created_by,
            "approved_by": entry.approved_by,
            "created_at": entry.created_at,
            "hash": entry.hash,
            "lines": [
                {
                    "account": line.account.id,
                    "code": line.account.code,
                    "name": line.account.name,
                    "debit": line.debit,
                    "credit": line.credit,
                }
                for line in lines.get(entry.id, [])
            ],
        }
        for entry in entries
    ]


@operation(
    method="POST",
    path=f"{PATH}/drafts",
    summary=say("Usulkan jurnal"),
    guard=requires(Permission.KEEP_BOOKS),
    scope="books",
    takes=EntryRequest,
    gives=DraftSchema,
    status=201,
    once=True,
    codes=("unbalanced", "account_closed"),
)
def propose_ledger_entry(session: Session, body: dict[str, Any], slug: str) -> dict[str, Any]:
    """Write an entry for another officer to approve; nothing is posted yet."""
    draft = service.propose(
        session,
        here().id,
        Unit(body["unit"]),
        key=f"api:{me().account_id}:{idempotency.key()}",
        memo=body["memo"],
        dated=body["dated"],
        lines=[
            JournalLine(line["account"], Rupiah(line["debit"]), Rupiah(line["credit"]))
            for line in body["lines"]
        ],
        by=me().account_id,
        at=now(),
    )
    return _draft(draft)


@operation(
    method="POST",
    path=f"{PATH}/drafts/<id:draft_id>/approve",
    summary=say("Setujui usulan jurnal"),
    guard=requires(Permission.APPROVE_ENTRIES),
    scope="books",
    gives=DraftSchema,
    once=True,
    codes=("needs_another_person", "already_decided", "account_closed", "balance_too_small"),
)
def approve_ledger_entry(session: Session, slug: str, draft_id: UUID) -> dict[str, Any]:
    """Post what another officer has proposed."""
    draft = queries.draft_by_id(session, here().id, draft_id)
    service.approve(session, draft, by=me().account_id, at=now())
    return _draft(draft)


def _draft(draft: EntryDraft) -> dict[str, Any]:
    return {
        "id": draft.id,
        "state": draft.state.value,
        "dated": draft.dated,
        "memo": draft.memo,
        "proposed_by": draft.proposed_by,
        "decided_by": draft.decided_by,
        "entry": draft.entry_id,
    }
