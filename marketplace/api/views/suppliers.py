"""Who sells to a cooperative, and what they ask, by program."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.accounts.rules import read_email
from marketplace.api.blueprint import operation
from marketplace.api.schemas.suppliers import (
    PriceImportRequest,
    PriceImportSchema,
    PriceListSchema,
    PriceRequest,
    PriceSchema,
    StandingOfSupplierRequest,
    SupplierListSchema,
    SupplierRequest,
    SupplierSchema,
)
from marketplace.api.views.supply import named_item
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.money import Rupiah
from marketplace.kernel.phones import parse_phone
from marketplace.kernel.text import say
from marketplace.supply import queries, service
from marketplace.supply.models import PackOffer, Supplier
from marketplace.supply.rules import PackTerms
from marketplace.supply.service import PriceRow, SupplierFacts
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.i18n import translate
from marketplace.web.transactions import reader, transaction

PATH = "/cooperatives/<slug>/supply/suppliers"
ONE = f"{PATH}/<id:supplier_id>"
BUYS = requires(Permission.BUY_SUPPLIES)
FACTS = ("id", "name", "phone", "email", "note", "lead_days", "retired_at")
PACK = ("pack_name", "pack_size", "pack_price", "pack_step", "pack_minimum", "valid_until")


@operation(
    method="GET",
    path=PATH,
    summary=say("Daftar pemasok"),
    guard=BUYS,
    scope="supply",
    gives=SupplierListSchema,
)
def list_suppliers(slug: str) -> dict[str, Any]:
    """List suppliers by name, those no longer used last."""
    rows = queries.suppliers(reader(), here().id)
    return {"items": [_supplier(row.supplier) for row in rows], "next_cursor": None}


def _supplier(supplier: Supplier) -> dict[str, Any]:
    return {name: getattr(supplier, name) for name in FACTS}


def _facts(body: dict[str, Any]) -> SupplierFacts:
    phone, email = body["phone"], body["email"]
    return SupplierFacts(
        name=body["name"],
        phone=parse_phone(phone) if phone else None,
        email=read_email(email) if email else None,
        note=body["note"] or None,
        lead_days=body["lead_days"],
    )


@operation(
    method="POST",
    path=PATH,
    summary=say("Tambah pemasok"),
    guard=BUYS,
    scope="supply",
    takes=SupplierRequest,
    gives=SupplierSchema,
    status=201,
    once=True,
)
def add_supplier(session: Session, body: dict[str, Any], slug: str) -> dict[str, Any]:
    """Note a supplier."""
    return _supplier(service.add_supplier(session, here().id, _facts(body), at=now()))


@operation(
    method="PUT",
    path=ONE,
    summary=say("Ubah pemasok"),
    guard=BUYS,
    scope="supply",
    takes=SupplierRequest,
    gives=SupplierSchema,
)
def change_supplier(body: dict[str, Any], slug: str, supplier_id: UUID) -> dict[str, Any]:
    """Change what is known of a supplier."""
    with transaction() as session:
        found = queries.supplier(session, here().id, supplier_id)
        return _supplier(service.change_supplier(session, found, _facts(body)))


@operation(
    method="POST",
    path=f"{ONE}/standing",
    summary=say("Berhenti memakai pemasok, atau pakai lagi"),
    guard=BUYS,
    scope="supply",
    takes=StandingOfSupplierRequest,
    gives=SupplierSchema,
    once=True,
)
def retire_supplier(
    session: Session, body: dict[str, Any], slug: str, supplier_id: UUID
) -> dict[str, Any]:
    """Buy from a supplier no longer, or again; its prices stay for comparing."""
    found = queries.supplier(session, here().id, supplier_id)
    service.retire_supplier(found, active=body["active"], at=now())
    return _supplier(found)


@operation(
    method="GET",
    path=f"{ONE}/prices",
    summary=say("Harga pemasok sekarang"),
    guard=BUYS,
    scope="supply",
    gives=PriceListSchema,
)
def list_supplier_prices(slug: str, supplier_id: UUID) -> dict[str, Any]:
    """List what a supplier asks now, by good and size."""
    found = queries.supplier(reader(), here().id, supplier_id)
    offers = queries.offers_of(reader(), found)
    return {"items": [_price(offer) for offer in offers], "next_cursor": None}


def _price(offer: PackOffer) -> dict[str, Any]:
    return {
        **{name: getattr(offer, name) for name in ("id", *PACK, "noted_at", "ended_at")},
        "item": offer.item_id,
        "supplier": offer.supplier_id,
        "supplier_name": offer.supplier.name,
        "tiers": [{"packs": packs, "price": price} for packs, price in offer.tiers],
    }


@operation(
    method="POST",
    path=f"{ONE}/prices",
    summary=say("Catat harga pemasok"),
    guard=BUYS,
    scope="supply",
    takes=PriceRequest,
    gives=PriceSchema,
    status=201,
    once=True,
)
def note_supplier_price(
    session: Session, body: dict[str, Any], slug: str, supplier_id: UUID
) -> dict[str, Any]:
    """Note what a supplier asks for a pack; the price before ends, the same one stays."""
    found = queries.supplier(session, here().id, supplier_id)
    item = named_item(session, body["item"])
    by = me().account_id
    noted = service.note_offer(session, found, item, _terms(body), by=by, at=now())
    return _price(queries.offer(session, here().id, noted.id))


def _terms(body: dict[str, Any]) -> PackTerms:
    facts = {name: body[name] for name in PACK}
    facts["pack_price"] = Rupiah(body["pack_price"])
    tiers = sorted((tier["packs"], tier["price"]) for tier in body["tiers"])
    return PackTerms(tiers=tuple(tiers), **facts)


@operation(
    method="POST",
    path=f"{ONE}/prices/<id:offer_id>/end",
    summary=say("Kemasan tidak dijual lagi"),
    guard=BUYS,
    scope="supply",
    gives=PriceSchema,
    once=True,
)
def end_supplier_price(
    session: Session, slug: str, supplier_id: UUID, offer_id: UUID
) -> dict[str, Any]:
    """Note that a pack is sold no longer."""
    found = queries.offer(session, here().id, offer_id, of=supplier_id)
    service.end_offer(session, found, at=now())
    return _price(found)


@operation(
    method="POST",
    path=f"{ONE}/price-list",
    summary=say("Masukkan daftar harga pemasok"),
    guard=BUYS,
    scope="supply",
    takes=PriceImportRequest,
    gives=PriceImportSchema,
    once=True,
)
def import_supplier_prices(
    session: Session, body: dict[str, Any], slug: str, supplier_id: UUID
) -> dict[str, Any]:
    """Note a whole price list, or say what it would do; goods are named as on the list."""
    found, at = queries.supplier(session, here().id, supplier_id), now()
    rows = [(row["item"], _terms(row)) for row in body["rows"]]
    plan = service.plan_offers(session, found, rows, at=at)
    noted = 0
    if not body["preview"]:
        by, good = me().account_id, body["only_good"]
        noted = len(service.note_prices(session, found, plan, only_good=good, by=by, at=at))
    return {"rows": [_row(row) for row in plan.rows], "noted": noted}


def _row(row: PriceRow) -> dict[str, Any]:
    return {
        "line": row.line,
        "item": row.title,
        "outcome": row.outcome.value,
        "before": row.before,
        "problem": translate(row.problem) if row.problem else None,
    }


@operation(
    method="GET",
    path="/cooperatives/<slug>/supply/items/<id:item_id>/prices",
    summary=say("Riwayat harga barang"),
    guard=BUYS,
    scope="supply",
    gives=PriceListSchema,
)
def list_item_prices(slug: str, item_id: UUID) -> dict[str, Any]:
    """List what a good costs now and cost before, at all suppliers, the newest price first."""
    item = queries.item(reader(), here().id, item_id)
    history = queries.price_history(reader(), here().id, item.id)
    return {"items": [_price(offer) for offer in history], "next_cursor": None}
