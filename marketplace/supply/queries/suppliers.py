"""Who sells to a cooperative, and what they ask for their packs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager

from marketplace.kernel.errors import NotFound
from marketplace.kernel.text import say
from marketplace.supply.models import PackOffer, Supplier, SupplyItem
from marketplace.supply.rules import PackTerms

LONGEST_HISTORY = 40


@dataclass(frozen=True, slots=True)
class SupplierRow:
    """A supplier with how many packs it offers now."""

    supplier: Supplier
    offers: int


def suppliers(session: Session, cooperative_id: int) -> list[SupplierRow]:
    """List suppliers by name, those no longer used last."""
    offers = (
        select(func.count())
        .select_from(PackOffer)
        .where(
            PackOffer.cooperative_id == Supplier.cooperative_id,
            PackOffer.supplier_id == Supplier.id,
            PackOffer.ended_at.is_(None),
        )
        .scalar_subquery()
    )
    rows = session.execute(
        select(Supplier, offers)
        .where(Supplier.cooperative_id == cooperative_id)
        .order_by(Supplier.retired_at.is_not(None), Supplier.name)
    )
    return [SupplierRow(supplier, count) for supplier, count in rows]


def supplier(session: Session, cooperative_id: int, supplier_id: UUID) -> Supplier:
    """Fetch one supplier of this cooperative."""
    found = session.get(Supplier, (cooperative_id, supplier_id))
    if found is None:
        raise NotFound(say("Pemasok ini tidak ada."))
    return found


def _offers(cooperative_id: int) -> Select[PackOffer]:
    return (
        select(PackOffer)
        .join(PackOffer.item)
        .join(PackOffer.supplier)
        .where(PackOffer.cooperative_id == cooperative_id)
        .options(contains_eager(PackOffer.item), contains_eager(PackOffer.supplier))
    )


def offers_of(session: Session, supplier: Supplier) -> Sequence[PackOffer]:
    """List what a supplier offers now, by good and size."""
    return session.scalars(
        _offers(supplier.cooperative_id)
        .where(PackOffer.supplier_id == supplier.id, PackOffer.ended_at.is_(None))
        .order_by(SupplyItem.name, PackOffer.pack_size)
    ).all()


def offers_for(
    session: Session, cooperative_id: int, item_ids: Sequence[UUID], *, on: date
) -> Sequence[PackOffer]:
    """List who sells these goods on a day: promised prices only, suppliers still used."""
    return session.scalars(
        _offers(cooperative_id)
        .where(
            PackOffer.item_id.in_(list(item_ids)),
            PackOffer.ended_at.is_(None),
            Supplier.retired_at.is_(None),
            (PackOffer.valid_until.is_(None)) | (PackOffer.valid_until >= on),
        )
        .order_by(PackOffer.item_id, PackOffer.pack_size, PackOffer.id)
    ).all()


def offer(
    session: Session, cooperative_id: int, offer_id: UUID, *, of: UUID | None = None
) -> PackOffer:
    """Fetch one offer with its good and supplier, of any of the suppliers or ``of`` one."""
    found = session.scalar(_offers(cooperative_id).where(PackOffer.id == offer_id))
    if found is None or of not in (None, found.supplier_id):
        raise NotFound(say("Penawaran ini tidak ada."))
    return found


def price_history(session: Session, cooperative_id: int, item_id: UUID) -> Sequence[PackOffer]:
    """List all prices ever noted for a good, the newest first."""
    return session.scalars(
        _offers(cooperative_id)
        .where(PackOffer.item_id == item_id)
        .order_by(PackOffer.noted_at.desc(), PackOffer.id.desc())
        .limit(LONGEST_HISTORY)
    ).all()


def terms_of(offer: PackOffer) -> PackTerms:
    """Give an offer as the rules take it."""
    return PackTerms(
        pack_name=offer.pack_name,
        pack_size=offer.pack_size,
        pack_price=offer.pack_price,
        pack_step=offer.pack_step,
        pack_minimum=offer.pack_minimum,
        tiers=tuple((int(start), int(price)) for start, price in offer.tiers),
        valid_until=offer.valid_until,
    )
