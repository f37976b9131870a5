"""What buyers say went wrong, what is answered, and what is decided."""

from __future__ import annotations

from marshmallow import Schema, fields

from marketplace.api.schemas.fields import (
    Choice,
    Id,
    Line,
    Lines,
    Moment,
    Money,
    Strict,
    Whole,
    WholeText,
    listed,
    many,
)
from marketplace.api.schemas.orders import WantedLine
from marketplace.claims.rules import LONGEST_WORDS, Answer, ClaimKind, ClaimState
from marketplace.orders.service.requests import MOST_LINES

STATES = tuple(state.value for state in ClaimState)
KINDS = tuple(kind.value for kind in ClaimKind)
ANSWERS = tuple(answer.value for answer in Answer)
KEY = 80


class ClaimQuery(Schema):
    """Which claims are listed."""

    state = Choice(*STATES, load_default=None)
    cursor = Line(2000, load_default=None, allow_none=False)
    limit = WholeText(1, 100, load_default=30)


class OwnClaimQuery(Schema):
    """The key of the secret link of a purchase."""

    key = Line(KEY, 1, required=True)


class ClaimLineSchema(Schema):
    """So many pieces that a claim is about."""

    variant = Id(required=True)
    title = fields.String(required=True)
    quantity = fields.Integer(required=True)


class ClaimSchema(Schema):
    """A claim. ``amount`` is what was offered, or what was granted in the end."""

    id = Id(required=True)
    cooperative = fields.String(required=True)
    order = fields.String(required=True)
    kind = Choice(*KINDS, required=True)
    state = Choice(*STATES, required=True)
    words = fields.String(required=True)
    lines = listed(ClaimLineSchema)
    pictures = fields.Integer(required=True)
    opened_at = Moment(required=True)
    answer_by = Moment(required=True)
    answer = Choice(*ANSWERS, required=True, allow_none=True)
    answer_words = fields.String(required=True, allow_none=True)
    answered_at = Moment(required=True, allow_none=True)
    escalated_at = Moment(required=True, allow_none=True)
    decision_words = fields.String(required=True, allow_none=True)
    amount = Money(required=True, allow_none=True)
    closed_at = Moment(required=True, allow_none=True)
    refund = Id(required=True, allow_none=True)


class ClaimPageSchema(Schema):
    """A page of claims, the newest first."""

    items = listed(ClaimSchema)
    next_cursor = fields.String(required=True, allow_none=True)


class ClaimListSchema(Schema):
    """All claims of a purchase."""

    items = listed(ClaimSchema)


class ClaimRequest(Strict):
    """What was wrong with an order; without lines it is about the whole order."""

    key = Line(KEY, 1, required=True)
    order = Line(80, 1, required=True)
    kind = Choice(*KINDS, required=True)
    words = Lines(LONGEST_WORDS, 1, required=True)
    lines = many(WantedLine, MOST_LINES, load_default=list)


class ClaimKey(Strict):
    """The key of the secret link of the purchase that a claim is about."""

    key = Line(KEY, 1, required=True)


class AnswerRequest(Strict):
    """What the cooperative offers; a part of the money needs an amount."""

    answer = Choice(*ANSWERS, required=True)
    words = Lines(LONGEST_WORDS, 1, required=True)
    amount = Whole(1, 10**15, load_default=None, allow_none=True)


class DecisionRequest(Strict):
    """How much money goes back, if any, and why."""

    amount = Whole(1, 10**15, load_default=None, allow_none=True)
    words = Lines(LONGEST_WORDS, 1, required=True)
