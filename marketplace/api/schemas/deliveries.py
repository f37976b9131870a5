"""Zones, the cash of couriers and their trips: what is sent, and what is said of them."""

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
    listed,
    many,
)
from marketplace.api.schemas.orders import AreaSchema
from marketplace.delivery.rules import HIGHEST_FEE, LONGEST_REASON, ShipmentState
from marketplace.delivery.service.zones import MOST_AREAS

STATES = tuple(state.value for state in ShipmentState)
MOST_MONEY = 10**15


class ZoneRequest(Strict):
    """A whole zone: its name, its terms and the official codes of its areas.

    Without ``free_from`` nothing is brought for nothing; ``cash_up_to`` nought: no cash at doors.
    """

    name = Line(80, 1, required=True)
    fee = Whole(0, HIGHEST_FEE.amount, required=True)
    minimum = Whole(0, MOST_MONEY, load_default=0)
    free_from = Whole(1, MOST_MONEY, load_default=None, allow_none=True)
    cash_up_to = Whole(0, MOST_MONEY, load_default=0)
    areas = many(Line(13, 1), MOST_AREAS, load_default=list)


class ZoneStanding(Strict):
    """Whether a zone is delivered to."""

    active = Flag(required=True)


class ZoneSchema(Schema):
    """A part of the town to which a cooperative brings goods."""

    id = Id(required=True)
    name = fields.String(required=True)
    fee = Money(required=True)
    minimum = Money(required=True)
    free_from = Money(required=True, allow_none=True)
    cash_up_to = Money(required=True)
    active = fields.Boolean(required=True)
    areas = listed(AreaSchema)


class ZoneListSchema(Schema):
    """All zones of a cooperative by name, also those no longer delivered to."""

    items = listed(ZoneSchema)


class CourierCashSchema(Schema):
    """What a courier collected at doors, handed in, and still holds."""

    courier = Id(required=True)
    name = fields.String(required=True)
    member = Id(required=True, allow_none=True)
    collected = Money(required=True)
    handed_in = Money(required=True)
    open = Money(required=True)


class CourierCashListSchema(Schema):
    """Every courier who ever collected cash; who holds most comes first."""

    items = listed(CourierCashSchema)


class HandInRequest(Strict):
    """Cash that a courier hands in."""

    amount = Whole(1, MOST_MONEY, required=True)


class HandInSchema(Schema):
    """Cash that was taken from a courier; ``open`` is what they still hold."""

    id = Id(required=True)
    courier = Id(required=True)
    amount = Money(required=True)
    at = Moment(required=True)
    open = Money(required=True)


class ArrivalRequest(Strict):
    """The cash that the courier took, exactly what was to be collected; nought if paid before."""

    cash = Whole(0, MOST_MONEY, required=True)


class FailureRequest(Strict):
    """Why nobody took the goods."""

    reason = Line(LONGEST_REASON, 1, required=True)


class RecipientSchema(Schema):
    """To whom the goods go."""

    name = fields.String(required=True)
    phone = fields.String(required=True)
    address = fields.String(required=True)


class CarriedSchema(Schema):
    """One thing that a courier carries."""

    title = fields.String(required=True)
    quantity = fields.Integer(required=True)


class TripSchema(Schema):
    """One trip of a courier. Of the buyer nothing is said once it has ended."""

    order = fields.String(required=True)
    code = fields.String(required=True)
    state = Choice(*STATES, required=True)
    cash = Money(required=True)
    courier = fields.String(required=True)
    sent_at = Moment(required=True)
    ended_at = Moment(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    recipient = fields.Nested(RecipientSchema, required=True, allow_none=True)
    lines = listed(CarriedSchema)
