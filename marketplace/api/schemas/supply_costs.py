"""Costs of a round beside its goods."""

from __future__ import annotations

from marshmallow import Schema, fields

from marketplace.api.schemas.fields import Choice, Id, Line, Moment, Money, Strict, Whole, listed
from marketplace.supply.rules import CostPaidFrom, SplitBy
from marketplace.supply.service.costs import LARGEST_COST, LONGEST_NAME

SPLITS = tuple(key.value for key in SplitBy)
PURSES = tuple(purse.value for purse in CostPaidFrom)


class CostRequest(Strict):
    """A cost of one good of the round, or without ``place`` of all that are being bought."""

    name = Line(LONGEST_NAME, 1, required=True)
    amount = Whole(1, LARGEST_COST, required=True)
    split_by = Choice(*SPLITS, required=True)
    paid_from = Choice(*PURSES, required=True)
    place = Whole(1, 10**6, load_default=None, allow_none=True)


class CostSchema(Schema):
    """A cost as it was noted; ``undone_at`` when it was taken back."""

    id = Id(required=True)
    name = fields.String(required=True)
    amount = Money(required=True)
    split_by = Choice(*SPLITS, required=True)
    paid_from = Choice(*PURSES, required=True)
    place = fields.Integer(required=True, allow_none=True)
    at = Moment(required=True)
    undone_at = Moment(required=True, allow_none=True)


class CostListSchema(Schema):
    """All costs of a round, oldest first."""

    items = listed(CostSchema)
    next_cursor = fields.String(required=True, allow_none=True)
