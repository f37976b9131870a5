"""Shares that were not fetched in time, and what officers decide of them."""

from __future__ import annotations

from marshmallow import Schema, fields

from marketplace.api.schemas.fields import (
    Choice,
    Day,
    Id,
    Line,
    Moment,
    Money,
    Strict,
    Whole,
    listed,
)
from marketplace.supply.rules import LeftOver
from marketplace.supply.service.unfetched import LONGEST_REASON

WAYS = tuple(what.value for what in LeftOver)


class UnfetchedRequest(Strict):
    """What becomes of the quantity that was ``seen`` to be left, in base units, and why."""

    what = Choice(*WAYS, required=True)
    reason = Line(LONGEST_REASON, 1, required=True)
    seen = Whole(1, 10**12, required=True)
    keep_until = Day(load_default=None, allow_none=True)


class UnfetchedDecisionSchema(Schema):
    """A decision; one with ``undone_at`` counts no more."""

    id = Id(required=True)
    request = Id(required=True)
    what = Choice(*WAYS, required=True)
    quantity = fields.Integer(required=True)
    keep_until = Day(required=True, allow_none=True)
    reason = fields.String(required=True)
    at = Moment(required=True)
    undone_at = Moment(required=True, allow_none=True)


class UnfetchedSchema(Schema):
    """A share that waits beyond its time: what is left, what that costs, how long, how reminded."""

    request = Id(required=True)
    member = fields.Integer(required=True)
    place = fields.Integer(required=True)
    left = fields.Integer(required=True)
    to_pay = Money(required=True)
    until = Moment(required=True)
    days = fields.Integer(required=True)
    reminders = fields.Integer(required=True)
    decision = Choice(*WAYS, required=True, allow_none=True)


class UnfetchedListSchema(Schema):
    """All of a round, the longest waiting first."""

    items = listed(UnfetchedSchema)
    next_cursor = fields.String(required=True, allow_none=True)
