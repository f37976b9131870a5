"""What makers are owed and paid."""

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
    WholeText,
    listed,
    many,
)
from marketplace.payouts.rules import OWED, BatchState, PaidBy
from marketplace.payouts.service import LONGEST_REFERENCE

STATES = tuple(state.value for state in BatchState)
WAYS = tuple(way.value for way in PaidBy)
PURPOSES = tuple(purpose.value for purpose in OWED)
MOST_MAKERS = 500


class DueSchema(Schema):
    """What one member is owed; ``waiting`` is the part that stands in a batch already."""

    member = Id(required=True)
    name = fields.String(required=True)
    amount = Money(required=True)
    waiting = Money(required=True)
    promised = Day(required=True, allow_none=True)


class DuesSchema(Schema):
    """Who is owed money, who waits longest first."""

    items = listed(DueSchema)
    total = Money(required=True)


class PayoutQuery(Schema):
    """Where the list of batches goes on."""

    cursor = Line(2000, load_default=None, allow_none=False)
    limit = WholeText(1, 100, load_default=30)


class PayoutPartSchema(Schema):
    """What one member gets of one debt; ``entry`` is there once it is paid and booked."""

    member = Id(required=True)
    purpose = Choice(*PURPOSES, required=True)
    amount = Money(required=True)
    entry = Id(required=True, allow_none=True)


class PayoutSchema(Schema):
    """A batch of pay-outs: composed, approved by another officer, paid."""

    id = Id(required=True)
    number = fields.Integer(required=True)
    state = Choice(*STATES, required=True)
    total = Money(required=True)
    composed_by = Id(required=True)
    composed_at = Moment(required=True)
    approved_by = Id(required=True, allow_none=True)
    approved_at = Moment(required=True, allow_none=True)
    method = Choice(*WAYS, required=True, allow_none=True)
    paid_at = Moment(required=True, allow_none=True)
    reference = fields.String(required=True, allow_none=True)
    payouts = listed(PayoutPartSchema)


class PayoutPageSchema(Schema):
    """A page of batches, the newest first."""

    items = listed(PayoutSchema)
    next_cursor = fields.String(required=True, allow_none=True)


class PayoutRequest(Strict):
    """Who is to be paid all that is owed to them now."""

    members = many(Id(), MOST_MAKERS, 1, required=True)


class PayoutPaid(Strict):
    """How the money went to the makers."""

    method = Choice(*WAYS, required=True)
    reference = Line(LONGEST_REFERENCE, load_default=None)


class StatementQuery(Schema):
    """From which day to which; without them, the month so far."""

    starts = Day(load_default=None)
    ends = Day(load_default=None)


class SoldSchema(Schema):
    """One good, as often as it was sold, less what came back."""

    title = fields.String(required=True)
    quantity = fields.Integer(required=True)
    total = Money(required=True)
    share = Money(required=True)
    commission = Money(required=True)


class StatementLineSchema(Schema):
    """One entry: what the maker earned or got, and what is owed after it."""

    entry = Id(required=True)
    dated = Day(required=True)
    memo = fields.String(required=True)
    earned = Money(required=True)
    paid = Money(required=True)
    owed = Money(required=True)


class StatementSchema(Schema):
    """What was sold for a maker, what was paid, and what is owed."""

    member = Id(required=True)
    starts = Day(required=True)
    ends = Day(required=True)
    opening = Money(required=True)
    closing = Money(required=True)
    sold = listed(SoldSchema)
    lines = listed(StatementLineSchema)
