"""Money that goes back: what is asked for, and what is said of it."""

from __future__ import annotations

from marshmallow import Schema, fields

from marketplace.api.schemas.fields import (
    Choice,
    Flag,
    Id,
    Line,
    Moment,
    Money,
    Strict,
    Whole,
    WholeText,
    listed,
    many,
)
from marketplace.api.schemas.orders import WantedLine
from marketplace.orders.rules import LONGEST_REASON, RefundKind, RefundMethod, RefundState
from marketplace.orders.service.requests import MOST_LINES

STATES = tuple(state.value for state in RefundState)
KINDS = tuple(kind.value for kind in RefundKind)
METHODS = tuple(method.value for method in RefundMethod)


class RefundWanted(Strict):
    """What shall go back: an amount, pieces of lines, or an amount for pieces.

    Without ``kind``, money that is owed anyway goes back first.
    """

    reason = Line(LONGEST_REASON, 1, required=True)
    amount = Whole(1, 10**15, load_default=None, allow_none=True)
    lines = many(WantedLine, MOST_LINES, load_default=list)
    goods_back = Flag(load_default=False)
    kind = Choice(*KINDS, load_default=None, allow_none=True)


class RefundLineSchema(Schema):
    """What goes back of one line of the order."""

    variant = Id(required=True)
    title = fields.String(required=True)
    quantity = fields.Integer(required=True)
    amount = Money(required=True)


class RefundSchema(Schema):
    """A refund. ``two_people``: another officer than the one who asked has to agree."""

    id = Id(required=True)
    order = fields.String(required=True)
    kind = Choice(*KINDS, required=True)
    state = Choice(*STATES, required=True)
    amount = Money(required=True)
    reason = fields.String(required=True)
    goods_back = fields.Boolean(required=True)
    two_people = fields.Boolean(required=True)
    method = Choice(*METHODS, required=True, allow_none=True)
    reference = fields.String(required=True, allow_none=True)
    requested_at = Moment(required=True)
    decided_at = Moment(required=True, allow_none=True)
    paid_at = Moment(required=True, allow_none=True)
    lines = listed(RefundLineSchema)


class RefundQuery(Schema):
    """Which refunds are listed."""

    state = Choice(*STATES, load_default=None)
    cursor = Line(2000, load_default=None, allow_none=False)
    limit = WholeText(1, 100, load_default=30)


class RefundPageSchema(Schema):
    """A page of a cooperative's refunds, newest first."""

    items = listed(RefundSchema)
    next_cursor = fields.String(required=True, allow_none=True)


class RefundPaid(Strict):
    """How the money went back; a transfer needs its reference."""

    method = Choice(*METHODS, required=True)
    reference = Line(100, load_default=None)
