"""Where a cooperative's money goes, and pictures that buyers send as proof."""

from __future__ import annotations

from marshmallow import Schema, fields

from marketplace.api.schemas.fields import (
    Choice,
    Flag,
    FlagText,
    Id,
    Line,
    Moment,
    Money,
    Strict,
    WholeText,
    listed,
)
from marketplace.payments.rules import DestinationKind, DestinationState, PaymentState

KINDS = tuple(kind.value for kind in DestinationKind)
STATES = tuple(state.value for state in DestinationState)


class DestinationSchema(Schema):
    """A bank account or a QRIS code; from ``effective_at`` on what was approved holds."""

    id = Id(required=True)
    kind = Choice(*KINDS, required=True)
    state = Choice(*STATES, required=True)
    holder = fields.String(required=True)
    bank = fields.String(required=True, allow_none=True)
    number = fields.String(required=True, allow_none=True)
    qris = fields.String(required=True, allow_none=True)
    proposed_by = Id(required=True, allow_none=True)
    proposed_at = Moment(required=True)
    approved_by = Id(required=True, allow_none=True)
    approved_at = Moment(required=True, allow_none=True)
    effective_at = Moment(required=True, allow_none=True)


class DestinationListSchema(Schema):
    """What is in use, and what is on its way."""

    items = listed(DestinationSchema)


class AccountRequest(Strict):
    """A bank account as it stands on the bank book."""

    bank = Line(40, 1, required=True)
    number = Line(40, 1, required=True)
    holder = Line(80, 1, required=True)


class QrisRequest(Strict):
    """The text of a QRIS code; ``converts``: amounts may be written into it."""

    payload = Line(2000, 1, required=True)
    converts = Flag(load_default=True)


class DestinationRequest(Strict):
    """Either a bank account or a QRIS code."""

    account = fields.Nested(AccountRequest, load_default=None, allow_none=True)
    qris = fields.Nested(QrisRequest, load_default=None, allow_none=True)


class ProofQuery(Schema):
    """Which proofs are listed: those that somebody has to look at, or all."""

    waiting = FlagText(load_default=True)
    cursor = Line(2000, load_default=None, allow_none=False)
    limit = WholeText(1, 100, load_default=30)


class ProofSchema(Schema):
    """A picture that a buyer sent; ``url`` is the officers' page on which it can be seen."""

    id = Id(required=True)
    order = fields.String(required=True)
    amount_due = Money(required=True)
    received = Money(required=True)
    payment_state = Choice(*(state.value for state in PaymentState), required=True)
    sent_at = Moment(required=True)
    refused_at = Moment(required=True, allow_none=True)
    waiting = fields.Boolean(required=True)
    sha256 = fields.String(required=True)
    url = fields.String(required=True)


class ProofPageSchema(Schema):
    """A page of proofs, the newest first."""

    items = listed(ProofSchema)
    next_cursor = fields.String(required=True, allow_none=True)
