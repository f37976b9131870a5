"""Buying together: rounds, wishes, deliveries. Quantities are in the good's base unit."""

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
    WholeText,
    listed,
    many,
)
from marketplace.api.schemas.supply_items import ItemSchema
from marketplace.supply.rules import (
    HIGHEST_PRICE,
    MOST_KINDS,
    ClaimState,
    ClaimWay,
    PaidWith,
    PoolState,
    ReceiptReason,
    RequestState,
    SharingPolicy,
)
from marketplace.supply.service import MOST_GOODS

MOST = 10**9
STATES = tuple(state.value for state in PoolState)
REASONS = tuple(reason.value for reason in ReceiptReason)
CLAIMS = tuple(state.value for state in ClaimState)
WAYS, WRITE_OFF = tuple(way.value for way in ClaimWay), "hapus"
POLICIES = tuple(policy.value for policy in SharingPolicy)
WISHES = tuple(state.value for state in RequestState)


class RoundQuery(Schema):
    """Which rounds are listed."""

    state = Choice(*STATES, load_default=None)
    cursor = Line(2000, load_default=None, allow_none=False)
    limit = WholeText(1, 50, load_default=20)


class ChargeSchema(Schema):
    """What a charge is made of: goods less the supplier's discount, other costs, margin."""

    goods = Money(required=True)
    discount = Money(required=True)
    costs = Money(required=True)
    margin = Money(required=True)


class WishSchema(Schema):
    """One member's wish: at least, wanted, at most, and what came of it."""

    id = Id(required=True)
    member = Id(required=True)
    called = fields.String(required=True)
    state = Choice(*WISHES, required=True)
    accept_min = fields.Integer(required=True)
    want = fields.Integer(required=True)
    flex_max = fields.Integer(required=True)
    price_cap = Money(required=True, allow_none=True)
    given = fields.Integer(required=True, allow_none=True)
    fetched = fields.Integer(required=True)
    charge = Money(required=True, allow_none=True)
    to_pay = Money(required=True)
    parts = fields.Nested(ChargeSchema, required=True, allow_none=True)


class TierSchema(Schema):
    """From so many packs on, each costs this."""

    packs = fields.Integer(required=True)
    price = fields.Integer(required=True)


class PackSchema(Schema):
    """A pack in which a good is bought, at its price and steps of price."""

    pack_name = fields.String(required=True)
    pack_size = fields.Integer(required=True)
    pack_price = Money(required=True)
    pack_step = fields.Integer(required=True)
    pack_minimum = fields.Integer(required=True)
    tiers = listed(TierSchema)


class PlannedPackSchema(PackSchema):
    """A pack with how many of it would be bought now, and how many are once that is fixed."""

    planned = fields.Integer(required=True)
    ordered = fields.Integer(required=True, allow_none=True)


class OutlookSchema(Schema):
    """What would be bought if the round closed now; ``missing`` is for one more pack.

    ``short`` of it is lacking even if all who would take more do.
    """

    packs = fields.Integer(required=True)
    cost = fields.Integer(required=True)
    price = fields.Integer(required=True)
    wanted = fields.Integer(required=True)
    missing = fields.Integer(required=True)
    short = fields.Integer(required=True)


class SharingSchema(Schema):
    """The sharing-out that counts; with the reason of officers who shared by hand."""

    number = fields.Integer(required=True)
    manual_reason = fields.String(required=True, allow_none=True)


class GoodSchema(PackSchema):
    """One good of a round, bought from one supplier: ``place`` names it within the round.

    The first of its ``packs`` is the one that progress is counted in; ``plan`` explains in a
    sentence which of them are the cheapest ones to buy. ``pack_costs`` is what else a pack is
    expected to cost, ``margin`` is in basis points. ``wishes`` is there for officers, ``mine``
    for members, and ``sharing`` once something has come.
    """

    place = fields.Integer(required=True)
    state = Choice(*STATES, required=True)
    item = fields.Nested(ItemSchema, required=True)
    supplier = fields.String(required=True)
    packs = listed(PlannedPackSchema)
    plan = fields.String(required=True, allow_none=True)
    goal_packs = fields.Integer(required=True)
    stock_cap = fields.Integer(required=True)
    max_per_member = fields.Integer(required=True, allow_none=True)
    legal_price = Money(required=True, allow_none=True)
    ordered_packs = fields.Integer(required=True, allow_none=True)
    ordered_cost = Money(required=True, allow_none=True)
    arrives_on = Day(required=True, allow_none=True)
    pack_costs = Money(required=True)
    margin = fields.Integer(required=True)
    outlook = fields.Nested(OutlookSchema, required=True)
    sharing = fields.Nested(SharingSchema, required=True, allow_none=True)
    mine = fields.Nested(WishSchema, required=True, allow_none=True)
    wishes = fields.List(fields.Nested(WishSchema))


class RoundSchema(Schema):
    """A round of buying together: goods that are asked for and fetched together.

    From ``closes_at`` until ``top_up_until`` wishes may only grow, to fill a pack.
    """

    number = fields.Integer(required=True)
    opens_at = Moment(required=True, allow_none=True)
    closes_at = Moment(required=True)
    top_up_until = Moment(required=True, allow_none=True)
    pickup_from = Moment(required=True, allow_none=True)
    pickup_until = Moment(required=True, allow_none=True)
    pickup_place = fields.String(required=True)
    policy = Choice(*POLICIES, required=True)
    goods = listed(GoodSchema)


class RoundPageSchema(Schema):
    """A page of rounds, newest first."""

    items = listed(RoundSchema)
    next_cursor = fields.String(required=True, allow_none=True)


class TierRequest(Strict):
    """From so many packs on, each costs this."""

    packs = Whole(1, 10**6, required=True)
    price = Whole(1, 10**12, required=True)


class PackRequest(Strict):
    """A pack of a good as its supplier sells it."""

    pack_name = Line(30, 1, required=True)
    pack_size = Whole(1, MOST, required=True)
    pack_price = Whole(1, 10**12, required=True)
    pack_step = Whole(1, 10**6, load_default=1)
    pack_minimum = Whole(0, 10**6, load_default=0)
    tiers = many(TierRequest, 10, load_default=list)


class GoodRequest(PackRequest):
    """The supplier's terms of a good; ``others`` are further packs of another size."""

    item = Id(required=True)
    supplier = Line(120, 1, required=True)
    others = many(PackRequest, MOST_KINDS - 1, load_default=list)
    goal_packs = Whole(0, 10**6, load_default=0)
    stock_cap = Whole(0, MOST, load_default=0)
    max_per_member = Whole(1, MOST, load_default=None, allow_none=True)
    legal_price = Whole(1, 10**12, load_default=None, allow_none=True)
    arrives_on = Day(load_default=None, allow_none=True)
    pack_costs = Whole(0, 10**12, load_default=0)
    margin = Whole(0, 10_000, load_default=None, allow_none=True)


class RoundRequest(Strict):
    """A new round with its goods; a draft until ``opens_at``, if that is said."""

    opens_at = Moment(load_default=None, allow_none=True)
    closes_at = Moment(required=True)
    top_up_until = Moment(load_default=None, allow_none=True)
    pickup_from = Moment(load_default=None, allow_none=True)
    pickup_until = Moment(load_default=None, allow_none=True)
    pickup_place = Line(160, 1, required=True)
    policy = Choice(*POLICIES, load_default=SharingPolicy.PROPORTIONAL.value)
    goods = many(GoodRequest, MOST_GOODS, 1, required=True)


class ExtendRequest(Strict):
    """Until when a round is kept open."""

    closes_at = Moment(required=True)


class TakeForStockRequest(Strict):
    """How many packs the cooperative takes for its own shelf."""

    packs = Whole(0, 10**6, required=True)


class AskRequest(Strict):
    """A wish: for a good of a round, for a good of the list, or in words.

    A round of several goods wants ``item`` too. ``member`` is for officers who write a wish
    down for somebody. ``unit`` says in which further unit of the good it was said; amounts
    are base units all the same. ``second_item`` is wanted as much of, should the first not be
    bought. ``price_cap`` is what one such unit may cost without being asked first.
    """

    round = Whole(1, 2**31, load_default=None, allow_none=True)
    item = Id(load_default=None, allow_none=True)
    words = Line(120, load_default=None)
    want = Whole(1, MOST, required=True)
    accept_min = Whole(0, MOST, load_default=0)
    flex_max = Whole(1, MOST, load_default=None, allow_none=True)
    price_cap = Whole(1, HIGHEST_PRICE, load_default=None, allow_none=True)
    needed_by = Day(load_default=None, allow_none=True)
    unit = Id(load_default=None, allow_none=True)
    second_item = Id(load_default=None, allow_none=True)
    member = Id(load_default=None, allow_none=True)
    on_account = Flag(load_default=False)


class RequestSchema(Schema):
    """A wish as it was written down."""

    id = Id(required=True)
    round = fields.Integer(required=True, allow_none=True)
    item = Id(required=True, allow_none=True)
    words = fields.String(required=True, allow_none=True)
    state = Choice(*WISHES, required=True)
    accept_min = fields.Integer(required=True)
    want = fields.Integer(required=True)
    flex_max = fields.Integer(required=True)
    price_cap = Money(required=True, allow_none=True)
    needed_by = Day(required=True, allow_none=True)
    unit = Id(required=True, allow_none=True)
    second_item = Id(required=True, allow_none=True)
    on_account = fields.Boolean(required=True)


class ReceiptRequest(Strict):
    """What a delivery of a good brought and cost; packs follow from the quantity if need be.

    ``discount`` is taken off the cost. ``damaged`` of the quantity are not shared out.
    ``contested`` of what is left of the cost is claimed from the supplier: 0 when members pay it
    all; without it, what was billed but did not come whole.
    """

    quantity = Whole(1, MOST, required=True)
    cost = Whole(0, 10**12, required=True)
    packs = Whole(0, 10**6, load_default=None, allow_none=True)
    damaged = Whole(0, MOST, load_default=0)
    contested = Whole(0, 10**12, load_default=None, allow_none=True)
    discount = Whole(0, 10**12, load_default=0)
    kind = Choice(*REASONS, load_default=None, allow_none=True)
    reason = Line(200, load_default=None)


class SupplierClaimQuery(Schema):
    """Which claims on suppliers are listed."""

    state = Choice(*CLAIMS, load_default=None)
    cursor = Line(2000, load_default=None, allow_none=False)
    limit = WholeText(1, 50, load_default=20)


class SupplierClaimSchema(Schema):
    """What a supplier owes for a delivery: part of its bill, until it is made good or given up."""

    id = Id(required=True)
    round = fields.Integer(required=True)
    place = fields.Integer(required=True)
    item = fields.String(required=True)
    supplier = fields.String(required=True)
    kind = Choice(*REASONS, required=True, allow_none=True)
    quantity = fields.Integer(required=True)
    damaged = fields.Integer(required=True)
    cost = Money(required=True)
    amount = Money(required=True)
    state = Choice(*CLAIMS, required=True)
    way = Choice(*WAYS, required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    opened_at = Moment(required=True)
    settled_at = Moment(required=True, allow_none=True)


class SupplierClaimPageSchema(Schema):
    """A page of claims on suppliers, newest first."""

    items = listed(SupplierClaimSchema)
    next_cursor = fields.String(required=True, allow_none=True)


class SettleClaimRequest(Strict):
    """How a claim ended: a way the supplier made it good, or that it is written off.

    ``quantity`` is there when goods came later, in base units.
    """

    way = Choice(*WAYS, WRITE_OFF, required=True)
    quantity = Whole(1, MOST, load_default=None, allow_none=True)
    note = Line(200, load_default=None)


class HandOverRequest(Strict):
    """What was paid, and with what: the exact price, in cash rounded as the cooperative does.

    Without a ``quantity`` it is all that is left; of a part, ``fetched`` says what had been
    fetched before, in base units.
    """

    paid = Whole(0, 10**12, required=True)
    way = Choice(*(way.value for way in PaidWith), load_default=PaidWith.CASH.value)
    quantity = Whole(1, 10**9, load_default=None)
    fetched = Whole(0, 10**9, load_default=0)
