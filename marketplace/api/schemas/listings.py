"""Goods as those who look after them write them."""

from __future__ import annotations

from marshmallow import Schema, fields

from marketplace.api.schemas.fields import (
    Choice,
    Day,
    Flag,
    Id,
    Line,
    Lines,
    Money,
    Strict,
    Whole,
    listed,
    many,
)
from marketplace.listings.rules import (
    HIGHEST_PRICE,
    LONGEST_DESCRIPTION,
    LONGEST_TITLE,
    MOST_STOCK,
    MOST_VARIANTS,
    Availability,
    Halal,
    ListingState,
)

STATES = tuple(state.value for state in ListingState)
KINDS = tuple(kind.value for kind in Availability)
HALAL = tuple(halal.value for halal in Halal)


class VariantRequest(Strict):
    """A size or kind. Without ``quantity`` the count stays; with ``id`` a known one is meant."""

    id = Id(load_default=None, allow_none=True)
    title = Line(80, load_default="", allow_none=False)
    price = Whole(1, HIGHEST_PRICE, required=True)
    quantity = Whole(0, MOST_STOCK, load_default=None, allow_none=True)


class ListingChange(Strict):
    """What changes of a listing; what is left out stays as it is.

    ``variants`` replaces all of them. ``version`` is the one that was seen: another one
    since then refuses the change.
    """

    title = Line(LONGEST_TITLE, 1)
    category = Line(255, 1, metadata={"description": "Path, such as makanan-minuman/kopi."})
    variants = many(VariantRequest, MOST_VARIANTS, 1)
    description = Lines(LONGEST_DESCRIPTION, allow_none=False)
    unit = Line(20, 1)
    maker = Id(allow_none=True, metadata={"description": "A member's id."})
    availability = Choice(*KINDS)
    ready_on = Day(allow_none=True)
    food_permit = Line(40)
    halal = Choice(*HALAL)
    halal_number = Line(40)
    ingredients = Line(500)
    shelf_life_days = Whole(1, 3650, allow_none=True)
    state = Choice(*STATES)
    version = Whole(1)


class ListingRequest(Strict):
    """A new listing; a draft until ``publish``."""

    title = Line(LONGEST_TITLE, 1, required=True)
    category = Line(255, 1, required=True)
    variants = many(VariantRequest, MOST_VARIANTS, 1, required=True)
    description = Lines(LONGEST_DESCRIPTION, allow_none=False, load_default="")
    unit = Line(20, 1, load_default="buah")
    maker = Id(allow_none=True, load_default=None)
    availability = Choice(*KINDS, load_default=Availability.LIMITED.value)
    ready_on = Day(allow_none=True, load_default=None)
    food_permit = Line(40, load_default=None)
    halal = Choice(*HALAL, load_default=Halal.UNKNOWN.value)
    halal_number = Line(40, load_default=None)
    ingredients = Line(500, load_default=None)
    shelf_life_days = Whole(1, 3650, allow_none=True, load_default=None)
    publish = Flag(load_default=False)


class ListingVariantSchema(Schema):
    """A size or kind; ``quantity`` is what its seller would write."""

    id = Id(required=True)
    title = fields.String(required=True)
    price = Money(required=True)
    quantity = fields.Integer(required=True)
    available = fields.Integer(required=True)


class ListingSchema(Schema):
    """A listing as its cooperative sees it."""

    id = Id(required=True)
    title = fields.String(required=True)
    slug = fields.String(required=True)
    state = Choice(*STATES, required=True)
    version = fields.Integer(required=True)
    category = fields.String(required=True)
    maker = Id(required=True, allow_none=True)
    description = fields.String(required=True)
    unit = fields.String(required=True)
    availability = Choice(*KINDS, required=True)
    ready_on = Day(required=True, allow_none=True)
    food_permit = fields.String(required=True, allow_none=True)
    halal = Choice(*HALAL, required=True)
    halal_number = fields.String(required=True, allow_none=True)
    ingredients = fields.String(required=True, allow_none=True)
    shelf_life_days = fields.Integer(required=True, allow_none=True)
    variants = listed(ListingVariantSchema)


class StockRequest(Strict):
    """How much of a variant can be had now (per day, or ahead, as its listing says)."""

    available = Whole(0, MOST_STOCK, required=True)


class StockSchema(Schema):
    """What can be had of a variant."""

    variant = Id(required=True)
    listing = Id(required=True)
    available = fields.Integer(required=True)
    quantity = fields.Integer(required=True)
