"""A maker's statement by program: for officers, and for the maker."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from marketplace.api.blueprint import operation
from marketplace.api.schemas.payouts import StatementQuery, StatementSchema
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import Invalid
from marketplace.kernel.text import say
from marketplace.payouts import queries
from marketplace.payouts.queries import Sold, Statement
from marketplace.payouts.views.statements import maker
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader

LONGEST = timedelta(days=366)


@operation(
    method="GET",
    path="/cooperatives/<slug>/members/<id:member_id>/statement",
    summary=say("Rekap seorang pembuat"),
    guard=requires(Permission.SEE_BOOKS, Permission.REQUEST_SUPPLIES),
    scope="books",
    asks=StatementQuery,
    gives=StatementSchema,
)
def get_maker_statement(asked: dict[str, Any], slug: str, member_id: UUID) -> dict[str, Any]:
    """Say what was sold for a maker, what was paid and what is owed; a member sees their own."""
    member = maker(member_id)
    starts, ends = _period(asked)
    found = queries.statement(reader(), here().id, member.id, starts=starts, ends=ends)
    return {
        "member": member.id,
        "starts": starts,
        "ends": ends,
        "opening": found.opening,
        "closing": found.closing,
        "sold": [_sold(sold) for sold in found.sold],
        "lines": _lines(found),
    }


def _period(asked: dict[str, Any]) -> tuple[date, date]:
    today = local_day(now())
    ends = asked["ends"] or today
    starts = asked["starts"] or ends.replace(day=1)
    if not timedelta() <= ends - starts <= LONGEST:
        wrong = say("Masa rekap paling lama satu tahun, dari awal ke akhir.")
        raise Invalid(wrong, fields={"starts": wrong})
    return starts, ends


def _sold(sold: Sold) -> dict[str, Any]:
    return {
        "title": sold.title,
        "quantity": sold.quantity,
        "total": sold.total,
        "share": sold.share,
        "commission": sold.commission,
    }


def _lines(found: Statement) -> list[dict[str, Any]]:
    return [
        {
            "entry": line.entry.id,
            "dated": line.entry.dated,
            "memo": line.entry.memo,
            "earned": line.credit,
            "paid": line.debit,
            "owed": -line.balance,
        }
        for line in found.lines
    ]
