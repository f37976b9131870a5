"""Money on bank statements by program: what came in, and which order it pays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.api import cursors
from marketplace.api import queries as api_queries
from marketplace.api.blueprint import operation
from marketplace.api.schemas.bank import (
    BankLinePageSchema,
    BankLineQuery,
    BankLineSchema,
    MatchRequest,
)
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import Invalid
from marketplace.kernel.ids import from_text, to_text
from marketplace.kernel.text import say
from marketplace.orders import queries, service
from marketplace.payments import queries as payments
from marketplace.payments.models import BankLine
from marketplace.payments.rules.statements import LineState
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader

PATH = "/cooperatives/<slug>/bank-lines"


@operation(
    method="GET",
    path=PATH,
    summary=say("Daftar uang masuk dari mutasi bank"),
    guard=requires(Permission.CONFIRM_PAYMENTS),
    scope="orders",
    asks=BankLineQuery,
    gives=BankLinePageSchema,
)
def list_bank_lines(asked: dict[str, Any], slug: str) -> dict[str, Any]:
    """List money that came in by bank statements, newest first."""
    limit = asked["limit"]
    found = api_queries.bank_lines_before(
        reader(),
        here().id,
        _place(asked["cursor"]) if asked["cursor"] else None,
        state=LineState(asked["state"]),
        limit=limit + 1,
    )
    shown = found[:limit]
    more = len(found) > limit
    return {
        "items": _said(reader(), shown),
        "next_cursor": cursors.encode(shown[-1].dated.isoformat(), to_text(shown[-1].id))
        if more
        else None,
    }


def _place(cursor: str) -> tuple[date, UUID]:
    day, text = cursors.decode(cursor, str, str)
    line_id = from_text(text)
    try:
        dated = date.fromisoformat(day)
    except ValueError:
        dated = None
    if line_id is None or dated is None:
        wrong = say("Cursor ini tidak bisa dibaca. Mulai lagi dari awal daftar.")
        raise Invalid(wrong, fields={"cursor": wrong})
    return dated, line_id


def _said(session: Session, lines: Sequence[BankLine]) -> list[dict[str, Any]]:
    """Say lines with the orders they pay or fit, with a fixed number of queries."""
    cooperative_id = here().id
    fits = payments.fits(
        session, cooperative_id, [line for line in lines if line.state is LineState.OPEN]
    )
    intents = {line.id: line.intent_id for line in lines if line.intent_id}
    intents |= {line_id: fit.intent.id for line_id, fit in fits.items()}
    orders = queries.orders_of_intents(session, cooperative_id, set(intents.values()))
    accounts = {each.id: each for each in payments.accounts(session, cooperative_id)}
    return [
        {
            "id": line.id,
            "bank": accounts[line.account_id].bank,
            "account": accounts[line.account_id].number,
            "dated": line.dated,
            "amount": line.amount,
            "text": line.text,
            "reference": line.reference,
            "state": line.state.value,
            "order": orders[intents[line.id]].number if line.id in intents else None,
        }
        for line in lines
    ]


@operation(
    method="POST",
    path=f"{PATH}/<id:bank_line_id>/match",
    summary=say("Cocokkan uang masuk dengan pesanan"),
    guard=requires(Permission.CONFIRM_PAYMENTS),
    scope="orders",
    takes=MatchRequest,
    gives=BankLineSchema,
    once=True,
    codes=("line_taken", "wrong_step"),
)
def match_bank_line(
    session: Session, body: dict[str, Any], slug: str, bank_line_id: UUID
) -> dict[str, Any]:
    """Say that a line's money is for an order; it pays at most once."""
    line = payments.line(session, here().id, bank_line_id)
    order = queries.of_cooperative(session, here().id, body["order"])
    service.confirm_line(session, order, line.id, by=me().account_id, at=now())
    return _said(session, [line])[0]
