"""Purchases and orders: what is sent to place them, what is said of them."""

from __future__ import annotations

from marshmallow import Schema, fields

from marketplace.api.schemas.fields import (
    Choice,
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
from marketplace.delivery.rules import LONGEST_ADDRESS, Fulfilment
from marketplace.orders.rules import OrderState
from marketplace.orders.rules.reducing import LONGEST_CUT_REASON
from marketplace.orders.service.requests import MOST_LINES, MOST_OF_ONE
from marketplace.payments.rules import PaymentMethod, PaymentState

METHODS = tuple(method.value for method in PaymentMethod)
STATES = tuple(state.value for state in OrderState)
STEPS = (
    OrderState.IN_PREPARATION.value,
    OrderState.READY_FOR_PICKUP.value,
    OrderState.READY.value,
    OrderState.SHIPPED.value,
    OrderState.FINISHED.value,
)


class WantedLine(Strict):
    """So many of one variant."""

    variant = Id(required=True)
    quantity = Whole(1, MOST_OF_ONE, required=True)


class QuoteRequest(Strict):
    """A basket to be priced."""

    lines = many(WantedLine, MOST_LINES, 1, required=True)


class BuyerRequest(Strict):
    """Who buys. ``phone`` is an Indonesian mobile number in any spelling."""

    name = Line(80, 1, required=True)
    phone = Line(40, 1, required=True)
    email = Line(200, load_default=None)


class FulfilmentRequest(Strict):
    """How one cooperative's part changes hands; without ``slot_starts`` at the soonest.

    For ``delivery`` name the ``zone``, the ``area`` in it if it has several, and ``address``.
    """

    method = Choice("pickup", "delivery", required=True)
    point = Id(load_default=None, allow_none=True)
    zone = Id(load_default=None, allow_none=True)
    area = Line(13, load_default=None)
    address = Line(LONGEST_ADDRESS, load_default=None)
    landmark = Line(100, load_default=None)
    slot_starts = Moment(load_default=None, allow_none=True)


class PartRequest(Strict):
    """The choices for one cooperative's part."""

    fulfilment = fields.Nested(FulfilmentRequest, load_default=None, allow_none=True)
    payment = Choice(*METHODS, load_default=None, allow_none=True)
    note = Line(200, load_default=None)


class PurchaseRequest(Strict):
    """A whole checkout. ``expected_total`` is what the buyer saw, in rupiah."""

    lines = many(WantedLine, MOST_LINES, 1, required=True)
    buyer = fields.Nested(BuyerRequest, required=True)
    orders = fields.Dict(keys=Line(80, 1), values=fields.Nested(PartRequest), load_default=dict)
    expected_total = Whole(0, 10**15, required=True)


class SlotSchema(Schema):
    """A span of time in which an order can be fetched."""

    starts = Moment(required=True)
    ends = Moment(required=True)


class AreaSchema(Schema):
    """A district or village to which a zone reaches."""

    code = fields.String(required=True)
    name = fields.String(required=True)


class FulfilmentOptionSchema(Schema):
    """A way to get the goods, with its price: at a point, or brought to a zone.

    ``needs`` says what must be told to choose it, ``problem`` why it cannot be chosen now, and
    ``cash`` whether it may be paid in cash.
    """

    method = Choice("pickup", "delivery", required=True)
    point = Id(required=True, allow_none=True)
    zone = Id(required=True, allow_none=True)
    name = fields.String(required=True)
    address = fields.String(required=True, allow_none=True)
    areas = listed(AreaSchema)
    price = fields.Integer(required=True)
    needs = Choice("address", required=True, allow_none=True)
    cash = fields.Boolean(required=True)
    problem = fields.String(required=True, allow_none=True)
    slots = listed(SlotSchema)


class QuotedLineSchema(Schema):
    """One thing in a basket; ``problem`` says why it cannot be ordered as it stands."""

    variant = Id(required=True)
    title = fields.String(required=True)
    price = Money(required=True)
    quantity = fields.Integer(required=True)
    total = Money(required=True)
    available = fields.Integer(required=True)
    problem = fields.String(required=True, allow_none=True)


class QuotedOrderSchema(Schema):
    """The part of a basket that one cooperative would prepare.

    ``balance`` is what the caller has there to spend, if anything.
    """

    cooperative = fields.String(required=True)
    cooperative_name = fields.String(required=True)
    items_total = Money(required=True)
    lines = listed(QuotedLineSchema)
    fulfilment_options = listed(FulfilmentOptionSchema)
    payment_options = listed(Choice(*METHODS))
    balance = Money(required=True, allow_none=True)
    problem = fields.String(required=True, allow_none=True)


class QuoteSchema(Schema):
    """A basket as it would be ordered now. ``gone`` is no longer sold."""

    total = Money(required=True)
    orders = listed(QuotedOrderSchema)
    gone = listed(Id())
    problems = listed(fields.String())


class TransferSchema(Schema):
    """Where a transfer goes; ``discount`` is the unique code by which it is less."""

    bank = fields.String(required=True)
    number = fields.String(required=True)
    holder = fields.String(required=True)
    discount = Money(required=True)


class PaymentSchema(Schema):
    """What is to be paid, and how far that is.

    ``checkout_url`` is the gateway's page, as soon as there is one.
    """

    method = Choice(*METHODS, required=True)
    state = Choice(*(state.value for state in PaymentState), required=True)
    amount_due = Money(required=True)
    received = Money(required=True)
    qris = fields.String(required=True, allow_none=True)
    transfer = fields.Nested(TransferSchema, required=True, allow_none=True)
    checkout_url = fields.String(required=True, allow_none=True)
    expires_at = Moment(required=True, allow_none=True)


class PickupSchema(Schema):
    """Where and when an order is fetched, or brought, and the word that is said there."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    address = fields.String(required=True)
    starts = Moment(required=True)
    ends = Moment(required=True)


class OrderLineSchema(Schema):
    """A variant at the name and price it had when it was ordered."""

    variant = Id(required=True)
    title = fields.String(required=True)
    variant_title = fields.String(required=True)
    maker = fields.String(required=True)
    unit = fields.String(required=True)
    price = Money(required=True)
    quantity = fields.Integer(required=True)
    total = Money(required=True)


class OrderSchema(Schema):
    """One cooperative's part of a purchase."""

    number = fields.String(required=True)
    cooperative = fields.String(required=True)
    state = Choice(*STATES, required=True)
    items_total = Money(required=True)
    delivery_fee = Money(required=True)
    total = Money(required=True)
    fulfilment = Choice(*(way.value for way in Fulfilment), required=True)
    refund_due = Money(required=True)
    note = fields.String(required=True, allow_none=True)
    placed_at = Moment(required=True)
    payment = fields.Nested(PaymentSchema, required=True, allow_none=True)
    pickup = fields.Nested(PickupSchema, required=True)
    lines = listed(OrderLineSchema)


class PurchaseSchema(Schema):
    """What one buyer placed in one go. ``key`` opens it to whoever has it."""

    number = fields.String(required=True)
    key = fields.String(required=True)
    total = Money(required=True)
    placed_at = Moment(required=True)
    url = fields.String(required=True)
    orders = listed(OrderSchema)


class PurchaseQuery(Schema):
    """The secret of a purchase."""

    key = Line(100, 1, required=True)


class ContactSchema(Schema):
    """Who ordered, for those who prepare it."""

    name = fields.String(required=True)
    phone = fields.String(required=True)
    email = fields.String(required=True, allow_none=True)


class OfficerOrderSchema(OrderSchema):
    """An order as the cooperative's officers see it."""

    buyer = fields.Nested(ContactSchema, required=True)


class OrderQuery(Schema):
    """Which orders are listed."""

    state = Choice(*STATES, load_default=None)
    cursor = Line(2000, load_default=None, allow_none=False)
    limit = WholeText(1, 100, load_default=30)


class OrderPageSchema(Schema):
    """A page of a cooperative's orders, newest first."""

    items = listed(OfficerOrderSchema)
    next_cursor = fields.String(required=True, allow_none=True)


class CourierRequest(Strict):
    """Who brings an order: a member of the register, or somebody by name."""

    member = Id(load_default=None, allow_none=True)
    name = Line(80, load_default=None)
    phone = Line(40, load_default=None)


class StepRequest(Strict):
    """Where an order goes. ``code`` is what the buyer said, to be checked at handing over.

    What is sent to a door needs its ``courier``.
    """

    to = Choice(*STEPS, required=True)
    code = Line(40, load_default=None)
    courier = fields.Nested(CourierRequest, load_default=None, allow_none=True)


class MoneyReceived(Strict):
    """Money that has arrived for an order."""

    received = Whole(1, 10**15, required=True)


class CancelRequest(Strict):
    """Why an order is cancelled; a buyer proves by ``key`` that it is theirs."""

    reason = Line(200, load_default=None)
    key = Line(100, load_default=None)


class ReduceRequest(Strict):
    """Which pieces are taken off, and why; the buyer reads it. At least one piece stays."""

    lines = many(WantedLine, MOST_LINES, 1, required=True)
    reason = Line(LONGEST_CUT_REASON, 1, required=True)
