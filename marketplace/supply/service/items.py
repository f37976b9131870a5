"""The cooperative's list of goods, and the units in which each is counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.errors import Invalid
from marketplace.kernel.text import say
from marketplace.supply.models import BaseUnit, SupplyItem, UnitRung

MOST_UNITS = 8
LARGEST_UNIT = 10**7


class ItemTaken(Invalid):
    """The cooperative's list has that good already."""


class BadUnit(Invalid):
    """A unit that makes no sense beside those a good has."""


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit to come: base units in it, the multiple it is asked in, and if members ask in it."""

    name: str
    factor: int
    step: int = 1
    for_request: bool = True


def add_item(
    session: Session,
    cooperative_id: int,
    *,
    name: str,
    base_unit: BaseUnit,
    unit: str,
    factor: int,
    drawing: str = "minyak",
    at: datetime,
) -> SupplyItem:
    """Put a good on the cooperative's list; ``factor`` base units make one ``unit``."""
    taken = session.scalar(
        select(SupplyItem.id).where(
            SupplyItem.cooperative_id == cooperative_id, SupplyItem.name == name
        )
    )
    if taken is not None:
        raise ItemTaken(say("Barang itu sudah ada di daftar."), fields={"name": say("Sudah ada.")})
    item = SupplyItem(
        cooperative_id=cooperative_id,
        name=name,
        base_unit=base_unit,
        unit=unit,
        factor=factor,
        drawing=drawing,
        created_at=at,
    )
    session.add(item)
    session.flush()
    return item


def retire_item(session: Session, item: SupplyItem, *, at: datetime) -> None:
    """Take a good off the list; what was asked of it stays."""
    item.retired_at = item.retired_at or at
    session.flush()


def add_unit(session: Session, item: SupplyItem, unit: NewUnit, *, at: datetime) -> UnitRung:
    """Count a good in one more unit. Raises BadUnit when it has one of that name or size."""
    _check_unit(item, unit)
    rung = UnitRung(
        cooperative_id=item.cooperative_id,
        item_id=item.id,
        name=unit.name,
        factor=unit.factor,
        step=unit.step,
        for_request=unit.for_request,
        added_at=at,
    )
    session.add(rung)
    session.flush()
    session.refresh(item, ["rungs"])
    return rung


def _check_unit(item: SupplyItem, unit: NewUnit) -> None:
    taken = item.ladder
    if not 0 < unit.factor <= LARGEST_UNIT or not 0 < unit.step <= LARGEST_UNIT:
        told = say("Isi satuan ini harus masuk akal.")
        raise BadUnit(told, fields={"count": told})
    if len(taken) > MOST_UNITS:
        told = say("Satuan barang ini sudah terlalu banyak.")
        raise BadUnit(told, fields={"name": told})
    if any(rung.name.casefold() == unit.name.casefold() for rung in taken):
        told = say("Satuan itu sudah ada.")
        raise BadUnit(told, fields={"name": told})
    if any(rung.factor == unit.factor for rung in taken):
        told = say("Sudah ada satuan dengan isi yang sama.")
        raise BadUnit(told, fields={"count": told})


def retire_unit(session: Session, rung: UnitRung, *, at: datetime) -> None:
    """Count a good in this unit no longer; what was said in it stays."""
    rung.retired_at = rung.retired_at or at
    session.flush()
