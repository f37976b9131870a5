"""How a refusal stands in JSON (RFC 9457)."""

from __future__ import annotations

from marshmallow import Schema, fields


class ProblemSchema(Schema):
    """A refusal. ``code`` is for programs, ``title`` for people, ``errors`` names fields."""

    type = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True, metadata={"example": "out_of_stock"})
    title = fields.String(required=True)
    errors = fields.Dict(keys=fields.String(), values=fields.String())
    total = fields.Integer(metadata={"description": "price_changed"})
    variant = fields.String(metadata={"description": "out_of_stock"})
    left = fields.Integer(metadata={"description": "out_of_stock"})
    missing = fields.Integer(metadata={"description": "not_enough"})
