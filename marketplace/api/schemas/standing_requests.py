"""What members need again and again. Amounts are in the good's base unit."""

from __future__ import annotations

from marshmallow import Schema, fields

from marketplace.api.schemas.fields import (
    Choice,
    Day,
    Flag,
    Id,
    Moment,
    Money,
    Strict,
    Whole,
    listed,
)
from marketplace.api.schemas.supply import MOST
from marketplace.supply.rules import HIGHEST_PRICE, Rhythm

RHYTHMS = tuple(rhythm.value for rhythm in Rhythm)


class StandingSchema(Schema):
    """A wish that is asked again by itself, next on ``next_on`` unless it is paused."""

    id = Id(required=True)
    member = Id(required=True)
    item = Id(required=True)
    unit = Id(required=True, allow_none=True)
    accept_min = fields.Integer(required=True)
    want = fields.Integer(required=True)
    flex_max = fields.Integer(required=True)
    price_cap = Money(required=True, allow_none=True)
    every = Choice(*RHYTHMS, required=True)
    next_on = Day(required=True)
    paused_at = Moment(required=True, allow_none=True)
    ended_at = Moment(required=True, allow_none=True)


class StandingListSchema(Schema):
    """One's own standing requests; for officers those of all members."""

    items = listed(StandingSchema)
    next_cursor = fields.String(required=True, allow_none=True)


class StandingRequestBody(Strict):
    """What is asked again; the same good of the same member is changed, not doubled."""

    item = Id(required=True)
    unit = Id(load_default=None, allow_none=True)
    want = Whole(1, MOST, required=True)
    accept_min = Whole(0, MOST, load_default=0)
    flex_max = Whole(1, MOST, load_default=None, allow_none=True)
    price_cap = Whole(1, HIGHEST_PRICE, load_default=None, allow_none=True)
    every = Choice(*RHYTHMS, required=True)
    member = Id(load_default=None, allow_none=True)


class PauseRequest(Strict):
    """Whether it is left out for now."""

    paused = Flag(required=True)
