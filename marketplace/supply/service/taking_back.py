"""A delivery that was noted wrongly is taken back, and what remains is shared out anew."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.kernel.errors import Invalid
from marketplace.kernel.text import say
from marketplace.outbox import service as outbox
from marketplace.supply import queries
from marketplace.supply.models import GoodsReceipt, SupplierClaim, SupplyPool
from marketplace.supply.rules import ClaimState, FetchedMore, PoolState, ReceiptFixed
from marketplace.supply.service.booking import unbook_receipt
from marketplace.supply.service.locks import locked_pool
from marketplace.supply.service.sharing_out import beyond, share_anew
from marketplace.supply.service.supplier_claims import locked_claim, settle

LONGEST_REASON = 200


def reverse_receipt(
    session: Session,
    pool: SupplyPool,
    receipt: GoodsReceipt,
    *,
    reason: str,
    shrink: bool = False,
    by: UUID,
    at: datetime,
) -> GoodsReceipt:
    """Take a delivery back: mirrored in the books, kept as a row, counted no more; twice is once.

    What members have fetched stays theirs. When that is more than what remains, ``shrink``
    says that the cooperative bears the difference until a delivery makes up for it. A claim
    for this delivery ends with it. Raises ReceiptFixed, FetchedMore, Invalid.
    """
    locked = locked_pool(session, pool)
    mine = session.get_one(
        GoodsReceipt,
        (receipt.cooperative_id, receipt.id),
        populate_existing=True,
        with_for_update=True,
    )
    if mine.reversed_at is not None:
        return mine
    why = _checked(reason)
    claim = _claim_of(session, locked, mine)
    if not shrink and any(beyond(session, locked, mine)):
        raise FetchedMore(
            say("Anggota sudah mengambil lebih dari yang tersisa kalau penerimaan ini dibalik.")
        )
    mine.reversed_at, mine.reversed_by, mine.reverse_reason = at, by, why
    session.flush()
    if claim is not None:
        settle(session, claim, ClaimState.VOID, None, note=why, by=by, at=at)
    unbook_receipt(session, locked, mine)
    share_anew(session, locked, at=at)
    if locked.state is PoolState.SETTLED:
        locked.state = PoolState.READY  # so that what really came can be noted
    locked.changed_at = at
    session.flush()
    outbox.tell(
        session, "supply.receipt_reversed", at=at, cooperative=mine.cooperative_id,
        receipt=str(mine.id),
    )  # fmt: skip
    return mine


def _checked(reason: str) -> str:
    why = reason.strip()
    if not 0 < len(why) <= LONGEST_REASON:
        wrong = say("Isi alasannya, paling panjang 200 huruf.")
        raise Invalid(wrong, fields={"reason": wrong})
    return why


def _claim_of(session: Session, pool: SupplyPool, receipt: GoodsReceipt) -> SupplierClaim | None:
    """Lock the open claim that ends with a delivery. Raises ReceiptFixed."""
    if receipt.from_claim:
        raise ReceiptFixed(say("Barang ini menutup sebuah klaim, jadi tidak bisa dibalik."))
    known = queries.claims_of_pool(session, pool).get(receipt.id)
    if known is None:
        return None
    claim = locked_claim(session, known)
    if claim.state is not ClaimState.OPEN:
        raise ReceiptFixed(say("Klaim penerimaan ini sudah selesai, jadi tidak bisa dibalik."))
    return claim
