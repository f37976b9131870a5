"""Goods as buyers see them."""

from __future__ import annotations

from marshmallow import Schema, fields

from marketplace.api.schemas.fields import (
    Choice,
    Day,
    FlagText,
    Id,
    Line,
    Money,
    WholeText,
    listed,
)
from marketplace.listings.rules import Availability, Halal
from marketplace.search.rules import LONGEST_TEXT, Sort


class ProductQuery(Schema):
    """What is looked for. ``category`` and ``region`` take all that lies below them."""

    q = Line(LONGEST_TEXT, load_default="", allow_none=False)
    category = Line(255, load_default="", allow_none=False)
    cooperative = Line(80, load_default="", allow_none=False)
    region = Line(20, load_default="", allow_none=False)
    price_from = WholeText(0, 10**15, load_default=None)
    price_to = WholeText(0, 10**15, load_default=None)
    ready_today = FlagText(load_default=False)
    sort = Choice(*(sort.value for sort in Sort), load_default=Sort.RELEVANT.value)
    cursor = Line(2000, load_default=None, allow_none=False)
    limit = WholeText(1, 60, load_default=24)


class ProductVariantSchema(Schema):
    """A size or kind of a product, with what can be had of it today."""

    id = Id(required=True)
    title = fields.String(required=True)
    price = Money(required=True)
    list_price = Money(required=True, allow_none=True)
    available = fields.Integer(required=True)


class ProductSchema(Schema):
    """A product in a list. ``price`` is the lowest of its variants."""

    id = Id(required=True)
    title = fields.String(required=True)
    slug = fields.String(required=True)
    price = Money(required=True)
    cooperative = fields.String(required=True)
    cooperative_name = fields.String(required=True)
    category = fields.String(required=True)
    maker = fields.String(required=True, allow_none=True)
    unit = fields.String(required=True)
    availability = Choice(*(a.value for a in Availability), required=True)
    ready_on = Day(required=True, allow_none=True)
    photo = fields.String(required=True, allow_none=True)
    url = fields.String(required=True)
    variants = listed(ProductVariantSchema)


class PhotoSchema(Schema):
    """A picture with what it shows."""

    url = fields.String(required=True)
    description = fields.String(required=True)


class ProductDetailSchema(ProductSchema):
    """A product with all that its page says."""

    description = fields.String(required=True)
    ingredients = fields.String(required=True, allow_none=True)
    shelf_life_days = fields.Integer(required=True, allow_none=True)
    food_permit = fields.String(required=True, allow_none=True)
    halal = Choice(*(h.value for h in Halal), required=True)
    halal_number = fields.String(required=True, allow_none=True)
    sold = fields.Integer(required=True)
    photos = listed(PhotoSchema)


class FacetSchema(Schema):
    """One way to narrow a search, and how many products that would leave."""

    value = fields.String(required=True)
    label = fields.String(required=True)
    count = fields.Integer(required=True)


class ProductPageSchema(Schema):
    """A page of what a search found."""

    items = listed(ProductSchema)
    total = fields.Integer(required=True)
    next_cursor = fields.String(required=True, allow_none=True)
    facets = fields.Dict(
        keys=fields.String(), values=fields.List(fields.Nested(FacetSchema)), required=True
    )
    did_you_mean = fields.String(required=True, allow_none=True)
