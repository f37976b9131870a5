"""Noting who sells to a cooperative, and what they ask; prices are added, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.ids import new_id
from marketplace.kernel.text import say
from marketplace.supply import queries
from marketplace.supply.models import PackOffer, Supplier, SupplyItem
from marketplace.supply.rules import PackTerms

MOST_SUPPLIERS = 200
LONGEST_WAIT = 90


@dataclass(frozen=True, slots=True)
class SupplierFacts:
    """What is known of a supplier; ``lead_days`` from the order to the goods."""

    name: str
    phone: str | None = None
    email: str | None = None
    note: str | None = None
    lead_days: int = 0


def add_supplier(
    session: Session, cooperative_id: int, facts: SupplierFacts, *, at: datetime
) -> Supplier:
    """Note a supplier. Raises Invalid when the name is taken, RuleBroken when there are many."""
    known = queries.suppliers(session, cooperative_id)
    if len(known) >= MOST_SUPPLIERS:
        raise RuleBroken(say("Paling banyak %(count)s pemasok.", count=MOST_SUPPLIERS))
    supplier = Supplier(cooperative_id=cooperative_id, created_at=at)
    _describe(session, supplier, facts)
    session.add(supplier)
    session.flush()
    return supplier


def change_supplier(session: Session, supplier: Supplier, facts: SupplierFacts) -> Supplier:
    """Change what is known of a supplier. Raises Invalid when the name is taken."""
    _describe(session, supplier, facts)
    session.flush()
    return supplier


def _describe(session: Session, supplier: Supplier, facts: SupplierFacts) -> None:
    taken = session.scalar(
        select(Supplier.id).where(
            Supplier.cooperative_id == supplier.cooperative_id, Supplier.name == facts.name
        )
    )
    if taken is not None and taken != supplier.id:
        told = say("Sudah ada pemasok dengan nama itu.")
        raise Invalid(told, fields={"name": told})
    if not 0 <= facts.lead_days <= LONGEST_WAIT:
        told = say("Paling lama 90 hari.")
        raise Invalid(told, fields={"lead_days": told})
    supplier.name, supplier.phone, supplier.email = facts.name, facts.phone, facts.email
    supplier.note, supplier.lead_days = facts.note, facts.lead_days


def retire_supplier(supplier: Supplier, *, active: bool, at: datetime) -> None:
    """Buy from a supplier no longer, or again; its prices stay for comparing."""
    supplier.retired_at = None if active else supplier.retired_at or at


def note_offer(
    session: Session,
    supplier: Supplier,
    item: SupplyItem,
    terms: PackTerms,
    *,
    by: UUID | None,
    at: datetime,
) -> PackOffer:
    """Note what a supplier asks for a pack; the price before ends, the same one stays.

    Raises BadOffer, NoSuchPacks.
    """
    return note_offers(session, supplier, [(item, terms)], by=by, at=at)[0]


def note_offers(
    session: Session,
    supplier: Supplier,
    asked: Sequence[tuple[SupplyItem, PackTerms]],
    *,
    by: UUID | None,
    at: datetime,
) -> list[PackOffer]:
    """Note many prices of a supplier at once, each good and size named once.

    Raises BadOffer, NoSuchPacks.
    """
    for _, terms in asked:
        terms.checked(local_day(at))
    taken = select(Supplier).where(
        Supplier.cooperative_id == supplier.cooperative_id, Supplier.id == supplier.id
    )
    session.scalars(taken.with_for_update()).one()  # two officers note one price after the other
    now = {
        (offer.item_id, offer.pack_size): offer for offer in queries.offers_of(session, supplier)
    }
    noted = []
    for item, terms in asked:
        before = now.get((item.id, terms.pack_size))
        if before is not None and queries.terms_of(before) == terms:
            noted.append(before)
            continue
        if before is not None:
            before.ended_at = at
        noted.append(_offer(supplier, item, terms, by, at))
    session.flush()  # what ends has to end before what takes its place is there
    session.add_all(noted)
    session.flush()
    return noted


def _offer(
    supplier: Supplier, item: SupplyItem, terms: PackTerms, by: UUID | None, at: datetime
) -> PackOffer:
    return PackOffer(
        cooperative_id=supplier.cooperative_id,
        id=new_id(),
        supplier_id=supplier.id,
        item_id=item.id,
        pack_name=terms.pack_name,
        pack_size=terms.pack_size,
        pack_price=terms.pack_price,
        pack_step=terms.pack_step,
        pack_minimum=terms.pack_minimum,
        tiers=[list(tier) for tier in terms.tiers],
        valid_until=terms.valid_until,
        noted_by=by,
        noted_at=at,
    )


def end_offer(session: Session, offer: PackOffer, *, at: datetime) -> None:
    """Note that a pack is sold no longer; ending twice changes nothing."""
    offer.ended_at = offer.ended_at or at
    session.flush()
