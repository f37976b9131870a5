"""Lines of the register."""

from __future__ import annotations

from marshmallow import Schema, fields

from marketplace.api.schemas.fields import Choice, Day, Id, Line, Strict, WholeText, listed
from marketplace.members.queries import Shown


class MemberQuery(Schema):
    """Which part of the register is listed."""

    shown = Choice(*(shown.value for shown in Shown), load_default=Shown.PRESENT.value)
    cursor = Line(2000, load_default=None, allow_none=False)
    limit = WholeText(1, 200, load_default=50)


class MemberSchema(Schema):
    """What the register says of one member."""

    id = Id(required=True)
    number = fields.Integer(required=True)
    name = fields.String(required=True)
    called = fields.String(required=True)
    trade = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True)
    admitted_on = Day(required=True)
    left_on = Day(required=True, allow_none=True)
    has_account = fields.Boolean(required=True)


class MemberPageSchema(Schema):
    """A page of the register by number."""

    items = listed(MemberSchema)
    next_cursor = fields.String(required=True, allow_none=True)


class MemberRequest(Strict):
    """A new member; admitted today unless a day is named."""

    name = Line(120, 1, required=True)
    called = Line(60, load_default=None)
    trade = Line(120, load_default=None)
    phone = Line(40, load_default=None)
    address = Line(200, load_default=None)
    admitted_on = Day(load_default=None, allow_none=True)
