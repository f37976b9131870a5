"""Money on a bank statement becomes money for an order, each line at most once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.orders.models import Order
from marketplace.orders.queries import orders_that_fit
from marketplace.orders.service.moving import intent_to_pay
from marketplace.orders.service.paying import confirm_payment
from marketplace.payments import queries as payments
from marketplace.payments.models import BankLine
from marketplace.payments.rules import BANK
from marketplace.payments.rules.statements import LineState
from marketplace.payments.service import statements


def confirm_line(
    session: Session, order: Order, line_id: UUID, *, by: UUID | None, at: datetime
) -> Order:
    """Say that a line's money is for this order, by the same step as an officer's word.

    What was recorded by hand before is not recorded again. Doing so twice changes nothing.
    Raises LineTaken.
    """
    line = payments.line(session, order.cooperative_id, line_id)
    intent = intent_to_pay(session, order)
    if line.state is LineState.MATCHED and line.intent_id == intent.id:
        return order
    fit = payments.fits(session, order.cooperative_id, [line]).get(line.id)
    is_known = fit is not None and fit.is_known and fit.intent.id == intent.id
    statements.match(session, line, intent.id, by=by, at=at)
    return order if is_known else _pay(session, order, line, by, at)


def _pay(session: Session, order: Order, line: BankLine, by: UUID | None, at: datetime) -> Order:
    return confirm_payment(
        session, order, line.amount, key=str(line.id), actor_id=by, source=BANK, at=at
    )


def confirm_exact(session: Session, cooperative_id: int, *, by: UUID | None, at: datetime) -> int:
    """Confirm every line whose money fits exactly one order; returns how many."""
    lines = {line.id: line for line in payments.open_lines(session, cooperative_id)}
    fits = payments.fits(session, cooperative_id, lines.values())
    orders = orders_that_fit(session, cooperative_id, fits)
    for line_id, order in orders.items():
        line, fit = lines[line_id], fits[line_id]
        statements.match(session, line, fit.intent.id, by=by, at=at)
        if not fit.is_known:
            _pay(session, order, line, by, at)
    return len(orders)
