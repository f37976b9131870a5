"""Numbers that follow each other without a gap, given under the lock of their own row."""

from __future__ import annotations

from sqlalchemy import bindparam, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from marketplace.orders.models import NumberSeries

_INCREASE = (
    update(NumberSeries)
    .where(NumberSeries.name == bindparam("series"))
    .values(last=NumberSeries.last + 1)
    .returning(NumberSeries.last)
    .execution_options(synchronize_session=False)
)


def next_number(session: Session, series: str) -> int:
    """Take the next number of a series; the first one is 1."""
    found = session.scalar(_INCREASE, {"series": series})
    if found is not None:
        return found
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    row = (sqlite_insert if on_sqlite else postgresql_insert)(NumberSeries)
    session.execute(row.values(name=series, last=0).on_conflict_do_nothing())
    first: int = session.scalars(_INCREASE, {"series": series}).one()
    return first
