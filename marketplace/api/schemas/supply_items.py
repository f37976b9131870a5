"""The goods that members ask for, and the units each is counted in."""

from __future__ import annotations

from marshmallow import Schema, fields

from marketplace.api.schemas.fields import Choice, Flag, Id, Line, Strict, Whole, listed
from marketplace.supply.models import BaseUnit
from marketplace.supply.service.items import LARGEST_UNIT

BASES = tuple(unit.value for unit in BaseUnit)


class UnitSchema(Schema):
    """A further unit of a good: ``factor`` base units, asked for in multiples of ``step``."""

    id = Id(required=True)
    name = fields.String(required=True)
    factor = fields.Integer(required=True)
    step = fields.Integer(required=True)
    for_request = fields.Boolean(required=True)


class ItemSchema(Schema):
    """A good of the cooperative's list: ``factor`` base units make one ``unit``, its main one."""

    id = Id(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True)
    base_unit = Choice(*BASES, required=True)
    factor = fields.Integer(required=True)
    units = listed(UnitSchema)


class ItemListSchema(Schema):
    """All goods that can be asked for by name."""

    items = listed(ItemSchema)
    next_cursor = fields.String(required=True, allow_none=True)


class ItemRequest(Strict):
    """A good to be put on the list."""

    name = Line(120, 1, required=True)
    base_unit = Choice(*BASES, required=True)
    unit = Line(30, 1, required=True)
    factor = Whole(1, LARGEST_UNIT, required=True)


class UnitRequest(Strict):
    """A further unit of a good; it is never changed, only retired."""

    name = Line(30, 1, required=True)
    factor = Whole(1, LARGEST_UNIT, required=True)
    step = Whole(1, 1000, load_default=1)
    for_request = Flag(load_default=True)
