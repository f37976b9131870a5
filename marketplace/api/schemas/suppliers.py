"""Who sells to a cooperative, and what they ask. Sizes are in the good's base unit."""

from __future__ import annotations

from marshmallow import Schema, fields

from marketplace.api.schemas.fields import (
    Choice,
    Day,
    Flag,
    Id,
    Line,
    Moment,
    Money,
    Strict,
    Whole,
    listed,
    many,
)
from marketplace.api.schemas.supply import MOST, TierRequest, TierSchema
from marketplace.supply.service import Outcome
from marketplace.supply.service.suppliers import LONGEST_WAIT

MOST_ROWS = 500
OUTCOMES = tuple(outcome.value for outcome in Outcome)


class SupplierSchema(Schema):
    """A shop, maker or wholesaler; goods come ``lead_days`` after the order."""

    id = Id(required=True)
    name = fields.String(required=True)
    phone = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    lead_days = fields.Integer(required=True)
    retired_at = Moment(required=True, allow_none=True)


class SupplierListSchema(Schema):
    """All suppliers, those no longer used last."""

    items = listed(SupplierSchema)
    next_cursor = fields.String(required=True, allow_none=True)


class SupplierRequest(Strict):
    """What is known of a supplier."""

    name = Line(120, 1, required=True)
    phone = Line(30, load_default=None)
    email = Line(200, load_default=None)
    note = Line(200, load_default=None)
    lead_days = Whole(0, LONGEST_WAIT, load_default=0)


class StandingOfSupplierRequest(Strict):
    """Whether a supplier is bought from."""

    active = Flag(required=True)


class PriceSchema(Schema):
    """What a supplier asks, or asked until ``ended_at``, for a pack of a good."""

    id = Id(required=True)
    item = Id(required=True)
    supplier = Id(required=True)
    supplier_name = fields.String(required=True)
    pack_name = fields.String(required=True)
    pack_size = fields.Integer(required=True)
    pack_price = Money(required=True)
    pack_step = fields.Integer(required=True)
    pack_minimum = fields.Integer(required=True)
    tiers = listed(TierSchema)
    valid_until = Day(required=True, allow_none=True)
    noted_at = Moment(required=True)
    ended_at = Moment(required=True, allow_none=True)


class PriceListSchema(Schema):
    """Prices, of a supplier or of a good."""

    items = listed(PriceSchema)
    next_cursor = fields.String(required=True, allow_none=True)


class PackRequest(Strict):
    """A pack and what is asked for it."""

    pack_name = Line(30, 1, required=True)
    pack_size = Whole(1, MOST, required=True)
    pack_price = Whole(1, 10**12, required=True)
    pack_step = Whole(1, 10**6, load_default=1)
    pack_minimum = Whole(0, 10**6, load_default=0)
    tiers = many(TierRequest, 5, load_default=list)
    valid_until = Day(load_default=None, allow_none=True)


class PriceRequest(PackRequest):
    """A new price of a good; the one before of the same pack becomes history."""

    item = Id(required=True)


class PriceRowRequest(PackRequest):
    """A row of a price list; ``item`` is the name of a good as the list has it."""

    item = Line(120, 1, required=True)


class PriceImportRequest(Strict):
    """A price list. With ``preview`` nothing is noted; ``only_good`` notes the good rows alone."""

    rows = many(PriceRowRequest, MOST_ROWS, 1, required=True)
    preview = Flag(load_default=False)
    only_good = Flag(load_default=False)


class PriceRowSchema(Schema):
    """What becomes of a row; ``before`` is the price of the same pack until now."""

    line = fields.Integer(required=True)
    item = fields.String(required=True)
    outcome = Choice(*OUTCOMES, required=True)
    before = Money(required=True, allow_none=True)
    problem = fields.String(required=True, allow_none=True)


class PriceImportSchema(Schema):
    """What a price list does, or would do: ``noted`` counts the prices that were noted."""

    rows = listed(PriceRowSchema)
    noted = fields.Integer(required=True)
