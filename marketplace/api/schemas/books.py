"""The books: balances, entries, and entries by hand. Amounts are whole rupiah."""

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
from marketplace.bookkeeping.rules import DraftState
from marketplace.ledger.rules import LONGEST_MEMO, AccountKind, Unit

UNITS = tuple(unit.value for unit in Unit)
KINDS = tuple(kind.value for kind in AccountKind)
LARGEST = 10**15


class BalanceQuery(Schema):
    """Whose books, and until which day; without a day, until now."""

    unit = Choice(*UNITS, load_default=Unit.SHOP.value)
    until = Day(load_default=None)


class BalanceSchema(Schema):
    """One account; the parts of members are summed under it."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String(required=True)
    kind = Choice(*KINDS, required=True)
    debit = Money(required=True)
    credit = Money(required=True)


class TrialBalanceSchema(Schema):
    """What every account holds on its side; both sums are equal."""

    unit = Choice(*UNITS, required=True)
    until = Day(required=True, allow_none=True)
    accounts = listed(BalanceSchema)
    debit = Money(required=True)
    credit = Money(required=True)


class EntryQuery(Schema):
    """Which entries are listed."""

    unit = Choice(*UNITS, load_default=Unit.SHOP.value)
    cursor = Line(2000, load_default=None, allow_none=False)
    limit = WholeText(1, 100, load_default=30)


class EntryLineSchema(Schema):
    """One line of an entry: an account, and an amount on one side."""

    account = Id(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    debit = Money(required=True)
    credit = Money(required=True)


class EntrySchema(Schema):
    """One journal entry. It is never changed; ``reversed_by`` names its mirror."""

    id = Id(required=True)
    unit = Choice(*UNITS, required=True)
    number = fields.Integer(required=True)
    dated = Day(required=True)
    memo = fields.String(required=True)
    source_type = fields.String(required=True)
    source = Id(required=True, allow_none=True)
    reverses = Id(required=True, allow_none=True)
    created_by = Id(required=True, allow_none=True)
    approved_by = Id(required=True, allow_none=True)
    created_at = Moment(required=True)
    hash = fields.String(required=True)
    lines = listed(EntryLineSchema)


class EntryPageSchema(Schema):
    """A page of a journal, the newest first."""

    items = listed(EntrySchema)
    next_cursor = fields.String(required=True, allow_none=True)


class ProposedLine(Strict):
    """An account of the books and an amount on exactly one side."""

    account = Id(required=True)
    debit = Whole(0, LARGEST, load_default=0)
    credit = Whole(0, LARGEST, load_default=0)


class EntryRequest(Strict):
    """An entry by hand; another officer has to approve it."""

    unit = Choice(*UNITS, load_default=Unit.SHOP.value)
    dated = Day(required=True)
    memo = Line(LONGEST_MEMO, 1, required=True)
    lines = many(ProposedLine, 40, 2, required=True)


class DraftSchema(Schema):
    """An entry by hand; ``entry`` is there once a second person has approved it."""

    id = Id(required=True)
    state = Choice(*(state.value for state in DraftState), required=True)
    dated = Day(required=True)
    memo = fields.String(required=True)
    proposed_by = Id(required=True)
    decided_by = Id(required=True, allow_none=True)
    entry = Id(required=True, allow_none=True)
