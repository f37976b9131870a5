"""Makers for tests of orders to suppliers: a round of oil and sugar from one supplier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.access import Role
from marketplace.kernel.money import Rupiah
from marketplace.supply import queries, service
from marketplace.supply.models import BaseUnit, PurchaseOrder, SupplyPool
from marketplace.supply.service import Answer, LineAnswer, RoundPlan, SupplierFacts, Terms, Wanted
from tests.makers import make_cooperative, make_member, make_officer

OIL = Terms("Grosir Gadang", "karton", 4, Rupiah(400_000), tiers=((3, 380_000),))
SUGAR = Terms("Grosir Gadang", "sak", 50_000, Rupiah(700_000))


@dataclass
class Bought:
    """A round with its two goods locked, and who did that."""

    cooperative: Cooperative
    oil: SupplyPool
    sugar: SupplyPool
    order: PurchaseOrder
    chair: UUID
    secretary: UUID | None


def buy(
    session: Session,
    at: datetime,
    *,
    cooperative: Cooperative | None = None,
    alone: bool = False,
    email: str | None = "grosir@contoh.id",
    supplier: str = "Grosir Gadang",
) -> Bought:
    """Let 12 jerrycans and 100 kg be wanted, and lock both goods of the round."""
    shop = cooperative or make_cooperative(session, "Velodrome Rukun Jaya")
    chair = make_officer(session, shop, name="Pak Budi").id
    secretary = None if alone else make_officer(session, shop, Role.SECRETARY, "Bu Tutik").id
    facts = SupplierFacts(supplier, phone="+6281234567890", email=email)
    service.add_supplier(session, shop.id, facts, at=at)
    member = make_member(session, shop, "Bu Sri")
    goods = [
        service.add_item(
            session, shop.id, name=name, base_unit=base, unit=unit, factor=factor, at=at
        )
        for name, base, unit, factor in (
            ("Minyak goreng 5 L", BaseUnit.PIECE, "jeriken", 1),
            ("Gula pasir", BaseUnit.GRAM, "kg", 1000),
        )
    ]
    for good, want in zip(goods, (12, 100_000), strict=True):
        service.ask(session, member, Wanted(want), item=good, entered_by=chair, at=at)
    plan = RoundPlan(at + timedelta(days=1), "Balai RW 3")
    oil_terms, sugar_terms = (
        Terms(supplier, one.pack_name, one.pack_size, one.pack_price, tiers=one.tiers)
        for one in (OIL, SUGAR)
    )
    oil = service.open_round(session, goods[0], oil_terms, plan, opened_by=chair, at=at)
    sugar = service.add_good(session, oil.round, goods[1], sugar_terms, at=at)
    service.lock_round(session, oil.round, by=chair, at=at)
    order = queries.purchase_order(session, shop.id, 1)
    return Bought(shop, oil, sugar, order, chair, secretary)


def answer_of(order: PurchaseOrder, *changed: tuple[int, int], **more: object) -> Answer:
    """Answer an order as it is, or with (count, price) for each line."""
    said = changed or [(line.count, line.price.amount) for line in order.lines]
    lines = {
        line.id: LineAnswer(count, Rupiah(price))
        for line, (count, price) in zip(order.lines, said, strict=True)
    }
    return Answer(lines, **more)  # type: ignore[arg-type]


def approve(session: Session, order: PurchaseOrder, *, by: UUID | None, at: datetime) -> None:
    """Let an officer approve an order as it stands."""
    assert by is not None
    service.approve(session, order, seen=order.total, by=by, at=at)
