"""Money on bank statements, and the orders it is for."""

from __future__ import annotations

from marshmallow import Schema, fields

from marketplace.api.schemas.fields import (
    Choice,
    Day,
    Id,
    Line,
    Money,
    Strict,
    WholeText,
    listed,
)
from marketplace.payments.rules.statements import LineState

STATES = tuple(state.value for state in LineState)


class BankLineQuery(Schema):
    """Which money is listed."""

    state = Choice(*STATES, load_default=LineState.OPEN.value)
    cursor = Line(2000, load_default=None, allow_none=False)
    limit = WholeText(1, 100, load_default=30)


class BankLineSchema(Schema):
    """Money that came in. ``order`` is what it paid, or while it is open what it fits exactly."""

    id = Id(required=True)
    bank = fields.String(required=True)
    account = fields.String(required=True)
    dated = Day(required=True)
    amount = Money(required=True)
    text = fields.String(required=True)
    reference = fields.String(required=True)
    state = Choice(*STATES, required=True)
    order = fields.String(required=True, allow_none=True)


class BankLinePageSchema(Schema):
    """A page of a cooperative's money on statements, newest first."""

    items = listed(BankLineSchema)
    next_cursor = fields.String(required=True, allow_none=True)


class MatchRequest(Strict):
    """The number of the order that the money is for."""

    order = Line(80, 1, required=True)
