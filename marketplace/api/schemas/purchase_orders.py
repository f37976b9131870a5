"""Orders to suppliers: what is bought, who approved it, what the supplier answered."""

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
)
from marketplace.supply.models import BaseUnit, SentBy
from marketplace.supply.rules import PurchaseOrderState

STATES = tuple(state.value for state in PurchaseOrderState)
WAYS = tuple(way.value for way in SentBy)


class PurchaseOrderQuery(Schema):
    """Which page of orders is listed."""

    cursor = Line(2000, load_default=None, allow_none=False)
    limit = WholeText(1, 50, load_default=20)


class PurchaseOrderLineSchema(Schema):
    """Packs of one good at the price that was reached; what the supplier answered beside it.

    ``received`` is in base units. A line that was ``given_up`` is not bought any more.
    """

    place = fields.Integer(required=True)
    item_name = fields.String(required=True)
    base_unit = Choice(*(unit.value for unit in BaseUnit), required=True)
    pack_name = fields.String(required=True)
    pack_size = fields.Integer(required=True)
    count = fields.Integer(required=True)
    price = Money(required=True)
    total = Money(required=True)
    confirmed_count = fields.Integer(required=True, allow_none=True)
    confirmed_price = Money(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    received = fields.Integer(required=True)
    given_up = fields.Boolean(required=True)


class PurchaseOrderSchema(Schema):
    """An order to one supplier: drafted when goods are locked, approved by a second officer.

    ``link`` opens the supplier's page once the order was sent; ``agreed`` is what officers
    said to an answer that differs.
    """

    number = fields.Integer(required=True)
    round = fields.Integer(required=True)
    supplier = fields.String(required=True)
    phone = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)
    pickup_place = fields.String(required=True)
    state = Choice(*STATES, required=True)
    total = Money(required=True)
    lines = listed(PurchaseOrderLineSchema)
    created_by = Id(required=True)
    created_at = Moment(required=True)
    approved_by = Id(required=True, allow_none=True)
    approved_at = Moment(required=True, allow_none=True)
    sent_at = Moment(required=True, allow_none=True)
    sent_way = Choice(*WAYS, required=True, allow_none=True)
    link = fields.String(required=True, allow_none=True)
    confirmed_at = Moment(required=True, allow_none=True)
    promised_on = Day(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    differs = fields.Boolean(required=True)
    agreed = fields.Boolean(required=True, allow_none=True)


class PurchaseOrderPageSchema(Schema):
    """A page of orders, newest first."""

    items = listed(PurchaseOrderSchema)
    next_cursor = fields.String(required=True, allow_none=True)


class ApproveRequest(Strict):
    """The total of the order as it was read, so that nothing is approved unseen."""

    total = Whole(0, 10**15, required=True)


class SendRequest(Strict):
    """How an order goes to the supplier: told by WhatsApp or in person, or mailed by us."""

    way = Choice(*WAYS, required=True)
