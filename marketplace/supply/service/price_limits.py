"""Which shares cost more than their members allowed, or than was announced to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.supply import queries
from marketplace.supply.models import RequestLine, SupplyItem, SupplyPool
from marketplace.supply.rules import Charge, PriceFor, must_ask
from marketplace.supply.service.promises import announced


def asked_first(
    session: Session,
    pool: SupplyPool,
    lines: Sequence[RequestLine],
    given: Mapping[UUID, int],
    charges: Mapping[UUID, Charge],
) -> set[UUID]:
    """Find the wishes whose members are asked before their share is charged."""
    shared = [line for line in lines if given[line.id]]
    limits = _limits(session, pool, shared, given)
    prices = {line.id: PriceFor(charges[line.id].total, given[line.id]) for line in shared}
    above = [line for line in shared if must_ask(prices[line.id], limits[line.id], ())]
    accepted = queries.accepted_prices(session, above)
    return {
        line.id
        for line in above
        if must_ask(prices[line.id], limits[line.id], accepted.get(line.id, ()))
    }


def _limits(
    session: Session, pool: SupplyPool, lines: Sequence[RequestLine], given: Mapping[UUID, int]
) -> dict[UUID, list[PriceFor]]:
    """Give what was announced for each share, and the highest price that its member named."""
    found = {
        line.id: [PriceFor(announced(pool, given[line.id]).amount, given[line.id])]
        for line in lines
    }
    capped = [line for line in lines if line.price_cap is not None]
    if capped:
        item = session.get_one(SupplyItem, (pool.cooperative_id, pool.item_id))
        for line in capped:
            cap = queries.cap_of(line, item)
            if cap is not None:
                found[line.id].append(cap)
    return found
