"""What was handed over of a share, and what of that was brought back."""

from __future__ import annotations

from marshmallow import Schema, fields

from marketplace.api.schemas.fields import Choice, Id, Line, Moment, Money, Strict, Whole, listed
from marketplace.supply.rules import MONEY_BACK_LABELS, PaidWith, ReturnedTo
from marketplace.supply.service.returning import LONGEST_REASON

PAID = tuple(way.value for way in PaidWith)
BACK = tuple(way.value for way in MONEY_BACK_LABELS)
GOES_TO = tuple(to.value for to in ReturnedTo)


class SupplyReturnRequest(Strict):
    """How much is brought back, in base units, why, where it goes, how the money goes back."""

    quantity = Whole(1, 10**9, required=True)
    reason = Line(LONGEST_REASON, 1, required=True)
    goes_to = Choice(*GOES_TO, required=True)
    way = Choice(*BACK, required=True)


class SupplyReturnSchema(Schema):
    """Goods that were brought back; one with ``undone_at`` counts no more."""

    id = Id(required=True)
    quantity = fields.Integer(required=True)
    paid = Money(required=True)
    back = Money(required=True)
    way = Choice(*BACK, required=True)
    goes_to = Choice(*GOES_TO, required=True)
    reason = fields.String(required=True)
    at = Moment(required=True)
    undone_at = Moment(required=True, allow_none=True)


class SupplyHandOverSchema(Schema):
    """A part of a share that was handed over, and what of it was brought back."""

    id = Id(required=True)
    quantity = fields.Integer(required=True)
    returned = fields.Integer(required=True)
    paid = Money(required=True)
    rounded = Money(required=True)
    way = Choice(*PAID, required=True)
    at = Moment(required=True)


class SupplyHandOverListSchema(Schema):
    """All that was handed over of a share and not undone, oldest first."""

    items = listed(SupplyHandOverSchema)
    next_cursor = fields.String(required=True, allow_none=True)
