"""Goods the cooperative owns: bought outright, and lost. Consigned goods cost it nothing.

Sources: JRN-06 (bought for cash), JRN-14 (bought from a member), STOCK-AVG-01.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import MemberAccount, Move, Place, Posting, Purpose, Unit
from marketplace.listings import queries
from marketplace.listings.models import Availability, Listing, Variant
from marketplace.listings.rules import MOST_STOCK, BadListing, Editor
from marketplace.listings.service.locks import locked, tell_changed
from marketplace.stock import service as stock

PURCHASE, SHRINKAGE = "stock_purchase", "shrinkage"
LARGEST_COST = 10**12


class NotCounted(RuleBroken):
    """Only goods that are counted on a shelf can be bought into it."""


def buy_stock(
    session: Session,
    cooperative_id: int,
    variant_id: UUID,
    quantity: int,
    cost: Rupiah,
    *,
    key: str,
    paid_from: Purpose | None,
    seller_id: UUID | None = None,
    editor: Editor,
    at: datetime,
) -> Listing:
    """Buy goods for the cooperative's own shelf, all of them together for ``cost``.

    Paid from cash or bank, else owed to the member ``seller_id`` or, without one, to a
    supplier. The same key buys once. Raises BadListing, NotCounted.
    """
    listing_id = queries.listing_of(session, cooperative_id, variant_id)
    listing = locked(session, cooperative_id, listing_id, editor)
    if listing.availability is not Availability.LIMITED:
        raise NotCounted(say("Hanya barang yang stoknya dihitung yang bisa dibeli putus."))
    if not 1 <= quantity <= MOST_STOCK:
        raise BadListing({"quantity": say("Jumlah stok antara 0 dan 1.000.000.")})
    if not 1 <= cost.amount <= LARGEST_COST:
        raise BadListing({"cost": say("Isi jumlah yang dibayar untuk semuanya.")})
    book = ledger.take_book(session, cooperative_id, Unit.SHOP, at=at)
    if books.entry_by_key(session, book, f"{PURCHASE}:{key}") is not None:
        return listing
    stock.put(
        session,
        cooperative_id,
        variant_id,
        quantity,
        cause="dibeli",
        value=cost,
        at=at,
        actor_id=editor.account_id,
    )
    ledger.post(
        session,
        cooperative_id,
        Unit.SHOP,
        Posting(
            key=f"{PURCHASE}:{key}",
            memo=f"Beli stok {listing.title}",
            moves=(Move(Purpose.STOCK, _owed_or_paid(paid_from, seller_id), cost),),
            dated=local_day(at),
            source_type=PURCHASE,
            source_id=listing.id,
            created_by=editor.account_id,
        ),
        at=at,
    )
    tell_changed(session, listing, at=at)
    return listing


def _owed_or_paid(paid_from: Purpose | None, seller_id: UUID | None) -> Place:
    if paid_from is not None:
        return paid_from
    if seller_id is not None:
        return MemberAccount(Purpose.PURCHASE_PAYABLE, seller_id)
    return Purpose.SUPPLIER_PAYABLE


def book_shrinkage(
    session: Session, variant: Variant, lost: Rupiah, *, actor_id: UUID | None, at: datetime
) -> None:
    """Write off what goods that were not found had cost; nothing when they cost nothing."""
    if not lost:
        return
    ledger.post(
        session,
        variant.cooperative_id,
        Unit.SHOP,
        Posting(
            key=f"{SHRINKAGE}:{new_id()}",
            memo="Stok berkurang saat dihitung ulang",
            moves=(Move(Purpose.SHRINKAGE, Purpose.STOCK, lost),),
            dated=local_day(at),
            source_type=SHRINKAGE,
            source_id=variant.id,
            created_by=actor_id,
        ),
        at=at,
    )
