"""The shop's own shelf: what of it is bought together, and what it lacks, in base units."""

from __future__ import annotations

from marshmallow import Schema, fields

from marketplace.api.schemas.fields import Id, Line, Moment, Money, Strict, Whole, listed, many
from marketplace.supply.rules import MOST_COVER
from marketplace.supply.service.reordering import LARGEST_FACTOR, MOST_PACKS


class ShelfLinkSchema(Schema):
    """A variant in the shop that holds ``factor`` of a good; it should last ``cover_days``."""

    id = Id(required=True)
    item = Id(required=True)
    variant = Id(required=True)
    factor = fields.Integer(required=True)
    cover_days = fields.Integer(required=True)


class ReorderSchema(Schema):
    """What was sold of a good in four weeks, what is needed, and the cheapest way to buy it."""

    item = Id(required=True)
    used = fields.Integer(required=True)
    needed = fields.Integer(required=True)
    on_hand = fields.Integer(required=True)
    on_order = fields.Integer(required=True)
    lacking = fields.Integer(required=True)
    offer = Id(required=True, allow_none=True)
    packs = fields.Integer(required=True)
    cost = Money(required=True)


class ReorderListSchema(Schema):
    """All goods that are linked to the shop, with what is linked."""

    items = listed(ReorderSchema)
    links = listed(ShelfLinkSchema)
    next_cursor = fields.String(required=True, allow_none=True)


class ShelfLinkRequest(Strict):
    """Which variant is sold from a good, how much is in it, how many days its stock should last."""

    variant = Id(required=True)
    factor = Whole(1, LARGEST_FACTOR, required=True)
    cover_days = Whole(1, MOST_COVER, required=True)


class PacksRequest(Strict):
    """So many packs of an offer."""

    offer = Id(required=True)
    packs = Whole(1, MOST_PACKS, required=True)


class ReorderRequest(Strict):
    """A round that buys for the shop's shelf; members may take part in it."""

    closes_at = Moment(required=True)
    pickup_place = Line(160, 1, required=True)
    offers = many(PacksRequest, 30, 1, required=True)
