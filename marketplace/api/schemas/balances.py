"""Members' balances: what is said of them, and what is asked to pay them out."""

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
)
from marketplace.balances.rules import WithdrawalState
from marketplace.payouts.rules import PaidBy

STATES = tuple(state.value for state in WithdrawalState)
WAYS = tuple(way.value for way in PaidBy)


class MemberBalanceSchema(Schema):
    """What a member has with a cooperative; ``free`` may be spent, ``held`` is being paid out."""

    cooperative = fields.String(required=True)
    member = Id(required=True)
    name = fields.String(required=True)
    balance = Money(required=True)
    held = Money(required=True)
    free = Money(required=True)


class OwnBalancesQuery(Schema):
    """Of which cooperative one's own balance is asked for; without it, of all."""

    cooperative = Line(80, load_default=None)


class OwnBalancesSchema(Schema):
    """What a person has with each of their cooperatives."""

    items = listed(MemberBalanceSchema)


class BalanceQuery(Schema):
    """Which part of the list is asked for."""

    cursor = Line(2000, load_default=None, allow_none=False)
    limit = WholeText(1, 100, load_default=30)


class MemberBalancePageSchema(Schema):
    """A page of the members that have something, and what all of them have."""

    items = listed(MemberBalanceSchema)
    total = Money(required=True)
    members = fields.Integer(required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class WithdrawalWanted(Strict):
    """How much of a balance shall be paid out."""

    amount = Whole(1, 10**15, required=True)


class WithdrawalPaid(Strict):
    """How it was paid; a transfer needs its reference."""

    way = Choice(*WAYS, required=True)
    reference = Line(100, load_default=None)


class WithdrawalSchema(Schema):
    """A paying-out. ``two_people``: another officer than the one who asked has to agree."""

    id = Id(required=True)
    member = Id(required=True)
    state = Choice(*STATES, required=True)
    amount = Money(required=True)
    two_people = fields.Boolean(required=True)
    way = Choice(*WAYS, required=True, allow_none=True)
    reference = fields.String(required=True, allow_none=True)
    requested_at = Moment(required=True)
    decided_at = Moment(required=True, allow_none=True)
    paid_at = Moment(required=True, allow_none=True)
