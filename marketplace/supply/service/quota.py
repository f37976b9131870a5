"""How much of a good one member may have when it is scarce or kept cheap by law."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.kernel.errors import Invalid
from marketplace.kernel.text import say
from marketplace.supply.models import SupplyItem, SupplyPool


class AboveQuota(Invalid):
    """More than one member may have."""

    code = "above_quota"


def within_quota(pool: SupplyPool, quantity: int) -> bool:
    """Say whether one member may have so much."""
    return pool.max_per_member is None or quantity <= pool.max_per_member


def check_quota(session: Session, pool: SupplyPool, *quantities: int) -> None:
    """Refuse what is more than one member may have. Raises AboveQuota."""
    if all(within_quota(pool, quantity) for quantity in quantities):
        return
    item = session.get_one(SupplyItem, (pool.cooperative_id, pool.item_id))
    most = f"{(pool.max_per_member or 0) / item.factor:g}".replace(".", ",")
    told = say("Jatah setiap anggota paling banyak %(most)s %(unit)s.", most=most, unit=item.unit)
    raise AboveQuota(told, fields={"want": told})
