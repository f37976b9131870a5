"""Deliveries of a good, as they were noted or taken back."""

from __future__ import annotations

from marshmallow import Schema, fields

from marketplace.api.schemas.fields import Choice, Flag, Id, Line, Moment, Money, Strict, listed
from marketplace.supply.rules import ReceiptReason
from marketplace.supply.service.taking_back import LONGEST_REASON

REASONS = tuple(reason.value for reason in ReceiptReason)


class ReverseRequest(Strict):
    """Why a delivery is taken back; ``shrink`` when the cooperative bears what was fetched."""

    reason = Line(LONGEST_REASON, 1, required=True)
    shrink = Flag(load_default=False)


class ReceiptSchema(Schema):
    """A delivery; one with ``reversed_at`` counts no more."""

    id = Id(required=True)
    quantity = fields.Integer(required=True)
    damaged = fields.Integer(required=True)
    cost = Money(required=True)
    discount = Money(required=True)
    contested = Money(required=True)
    kind = Choice(*REASONS, required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    at = Moment(required=True)
    reversed_at = Moment(required=True, allow_none=True)
    reverse_reason = fields.String(required=True, allow_none=True)


class ReceiptListSchema(Schema):
    """All deliveries of a good, oldest first."""

    items = listed(ReceiptSchema)
    next_cursor = fields.String(required=True, allow_none=True)
