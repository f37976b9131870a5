"""What was sold together, and who got what of it."""

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
    WholeText,
    listed,
    many,
)
from marketplace.pools.rules import (
    LONGEST_REASON,
    LONGEST_TITLE,
    LONGEST_UNIT,
    MOST_DELIVERED,
    MOST_MEMBERS,
    PaidInto,
)

WAYS = tuple(way.value for way in PaidInto)


class PooledSaleQuery(Schema):
    """Where the list of pooled sales goes on."""

    cursor = Line(2000, load_default=None, allow_none=False)
    limit = WholeText(1, 100, load_default=30)


class PooledShareSchema(Schema):
    """How much one member had delivered, and what that brought them."""

    member = Id(required=True)
    quantity = fields.Integer(required=True)
    amount = Money(required=True)


class PooledSaleSchema(Schema):
    """A pooled sale that was shared out; ``residue`` could not be divided."""

    id = Id(required=True)
    title = fields.String(required=True)
    unit = fields.String(required=True)
    sold_on = Day(required=True)
    proceeds = Money(required=True)
    fee_basis_points = fields.Integer(required=True)
    fee = Money(required=True)
    residue = Money(required=True)
    paid_into = Choice(*WAYS, required=True)
    entry = Id(required=True)
    shared_by = Id(required=True, allow_none=True)
    shared_at = Moment(required=True)
    undone_by = Id(required=True, allow_none=True)
    undone_at = Moment(required=True, allow_none=True)
    undo_reason = fields.String(required=True, allow_none=True)
    shares = listed(PooledShareSchema)


class PooledSalePageSchema(Schema):
    """A page of pooled sales, the newest first."""

    items = listed(PooledSaleSchema)
    next_cursor = fields.String(required=True, allow_none=True)


class DeliveredRequest(Strict):
    """How much one member had delivered."""

    member = Id(required=True)
    quantity = Whole(1, MOST_DELIVERED, required=True)


class PooledSaleRequest(Strict):
    """What was sold, what it brought, and who had delivered how much."""

    title = Line(LONGEST_TITLE, 1, required=True)
    unit = Line(LONGEST_UNIT, 1, required=True)
    sold_on = Day(required=True)
    proceeds = Money(required=True)
    fee_basis_points = Whole(0, 10_000, required=True)
    paid_into = Choice(*WAYS, required=True)
    delivered = many(DeliveredRequest, MOST_MEMBERS, 1, required=True)


class UndoRequest(Strict):
    """Why a pooled sale is taken back."""

    reason = Line(LONGEST_REASON, 1, required=True)
