"""Looking after goods."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.api.blueprint import operation
from marketplace.api.schemas.listings import (
    ListingChange,
    ListingRequest,
    ListingSchema,
    StockRequest,
    StockSchema,
)
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.listings import queries, service
from marketplace.listings.models import Category, Listing
from marketplace.listings.rules import (
    Availability,
    Editor,
    Halal,
    ListingDraft,
    ListingState,
    VariantDraft,
)
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import transaction

PATH = "/cooperatives/<slug>/listings"
BOTH = (Permission.EDIT_LISTINGS, Permission.EDIT_OWN_LISTINGS)
PLAIN = (
    "title",
    "description",
    "unit",
    "ready_on",
    "food_permit",
    "halal_number",
    "ingredients",
    "shelf_life_days",
)


def _editor(session: Session) -> Editor:
    return queries.editor(session, here().id, me().account_id, g.permissions)


@operation(
    method="POST",
    path=PATH,
    summary=say("Tulis barang baru"),
    guard=requires(*BOTH),
    scope="listings",
    takes=ListingRequest,
    gives=ListingSchema,
    status=201,
    once=True,
    codes=("rule_broken",),
)
def create_listing(session: Session, body: dict[str, Any], slug: str) -> dict[str, Any]:
    """Write a new listing down, and show it to buyers if asked."""
    at, editor = now(), _editor(session)
    empty = ListingDraft(title="", category_id=None, variants=())
    draft = _changed(session, empty, body)
    listing = service.create(session, here(), draft, editor=editor, at=at)
    if body["publish"]:
        service.publish(session, here(), listing.id, editor=editor, at=at)
    return _shown(session, listing.id, at)


@operation(
    method="PATCH",
    path=f"{PATH}/<id:listing_id>",
    summary=say("Ubah barang"),
    guard=requires(*BOTH),
    scope="listings",
    takes=ListingChange,
    gives=ListingSchema,
    codes=("changed", "rule_broken"),
)
def update_listing(body: dict[str, Any], slug: str, listing_id: UUID) -> dict[str, Any]:
    """Change what is named of a listing, and whether buyers see it; all of it or nothing."""
    at = now()
    with transaction() as session:
        editor = _editor(session)
        if set(body) - {"state", "version"}:
            before = _kept(queries.listing(session, here().id, listing_id, to_change=True))
            service.save(
                session,
                here().id,
                listing_id,
                _changed(session, before, body),
                editor=editor,
                version=body.get("version"),
                at=at,
            )
        if "state" in body:
            _move(session, listing_id, ListingState(body["state"]), editor, at)
        return _shown(session, listing_id, at)


def _kept(listing: Listing) -> ListingDraft:
    """Write a listing down as it is; counts that nobody names stay untouched."""
    draft = queries.draft_of(listing, {})
    kept = tuple(replace(variant, quantity=None) for variant in draft.variants)
    return replace(draft, variants=kept)


def _changed(session: Session, draft: ListingDraft, body: dict[str, Any]) -> ListingDraft:
    changes: dict[str, Any] = {name: body[name] for name in PLAIN if name in body}
    if "category" in body:
        changes["category_id"] = _category(session, body["category"])
    if "variants" in body:
        changes["variants"] = tuple(
            VariantDraft(part["title"], Rupiah(part["price"]), part["quantity"], part["id"])
            for part in body["variants"]
        )
    if "maker" in body:
        changes["maker_id"] = body["maker"]
    if "availability" in body:
        changes["availability"] = Availability(body["availability"])
    if "halal" in body:
        changes["halal"] = Halal(body["halal"])
    return replace(draft, **changes)


def _category(session: Session, path: str) -> int:
    found = session.scalar(select(Category.id).where(Category.path == path.strip("/")))
    if found is None:
        wrong = say("Pilih salah satu kategori yang ada.")
        raise Invalid(wrong, fields={"category": wrong})
    return found


def _move(
    session: Session, listing_id: UUID, wanted: ListingState, editor: Editor, at: datetime
) -> None:
    if wanted is ListingState.PUBLISHED:
        service.publish(session, here(), listing_id, editor=editor, at=at)
    else:
        step = service.archive if wanted is ListingState.ARCHIVED else service.restore
        step(session, here().id, listing_id, editor=editor, at=at)


def _shown(session: Session, listing_id: UUID, at: datetime) -> dict[str, Any]:
    row = queries.goods_row(session, here().id, listing_id, at=at)
    listing = row.listing
    return {
        **{name: getattr(listing, name) for name in ("id", "slug", "version", *PLAIN)},
        "state": listing.state.value,
        "category": row.category_path,
        "maker": listing.maker_id,
        "availability": listing.availability.value,
        "halal": listing.halal.value,
        "variants": [
            {
                "id": variant.id,
                "title": variant.title,
                "price": variant.price,
                "quantity": row.free(variant),
                "available": row.shelves[variant.id].available,
            }
            for variant in row.variants
        ],
    }


@operation(
    method="PUT",
    path="/cooperatives/<slug>/variants/<id:variant_id>/stock",
    summary=say("Tulis jumlah stok"),
    guard=requires(*BOTH),
    scope="listings",
    takes=StockRequest,
    gives=StockSchema,
    codes=("rule_broken",),
)
def set_stock(body: dict[str, Any], slug: str, variant_id: UUID) -> dict[str, Any]:
    """Say how much of one variant can be had now; saying it twice changes nothing more."""
    at = now()
    with transaction() as session:
        listing = service.set_stock(
            session, here().id, variant_id, body["available"], editor=_editor(session), at=at
        )
        shelf = queries.shelves_of(session, here().id, [variant_id], at)[variant_id]
        return {
            "variant": variant_id,
            "listing": listing.id,
            "available": shelf.available,
            "quantity": queries.free(listing.availability, shelf),
        }
