"""Cooperatives as the public sees them."""

from __future__ import annotations

from marshmallow import Schema, fields

from marketplace.api.schemas.fields import Choice, Id, Line, Moment, WholeText, listed
from marketplace.payments.rules import PaymentMethod


class CooperativeQuery(Schema):
    """Which cooperatives are looked for."""

    q = Line(80, load_default="", allow_none=False)
    region = Line(20, load_default="", allow_none=False)
    cursor = Line(2000, load_default=None, allow_none=False)
    limit = WholeText(1, 100, load_default=50)


class RegionSchema(Schema):
    """A region by its code of the home ministry."""

    code = fields.String(required=True)
    name = fields.String(required=True)


class CooperativeSchema(Schema):
    """A cooperative in a list."""

    slug = fields.String(required=True)
    name = fields.String(required=True)
    tagline = fields.String(required=True, allow_none=True)
    region = fields.Nested(RegionSchema, required=True)
    members = fields.Integer(required=True)
    open_now = fields.Boolean(required=True)
    open_until = Moment(required=True, allow_none=True)
    opens_at = Moment(required=True, allow_none=True)
    url = fields.String(required=True)


class PointSchema(Schema):
    """A place where orders are fetched."""

    id = Id(required=True)
    name = fields.String(required=True)
    address = fields.String(required=True)
    note = fields.String(required=True, allow_none=True)


class CooperativeDetailSchema(CooperativeSchema):
    """A cooperative with all that its page says."""

    legal_name = fields.String(required=True)
    story = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    whatsapp = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)
    registration_number = fields.String(required=True, allow_none=True)
    deed_number = fields.String(required=True, allow_none=True)
    business_number = fields.String(required=True, allow_none=True)
    hours = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Integer()),
        required=True,
        metadata={"description": "Weekday 0 (Monday) to 6: minutes of the day in Malang."},
    )
    points = listed(PointSchema)
    payment_options = listed(Choice(*(method.value for method in PaymentMethod)))


class CooperativePageSchema(Schema):
    """A page of cooperatives by name."""

    items = listed(CooperativeSchema)
    next_cursor = fields.String(required=True, allow_none=True)
