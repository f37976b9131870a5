"""What a round writes into the books: goods bought, and handed to members at their cost.

The thin rounds take no margin, so what a member pays is exactly what the goods cost.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.kernel.calendar import local_day
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Move, Posting, Purpose, Unit
from marketplace.supply.models import GoodsReceipt, SupplyHandOver, SupplyPool
from marketplace.supply.rules import place_of

RECEIPT, HAND_OVER = "supply_receipt", "supply_hand_over"


def book_receipt(
    session: Session, pool: SupplyPool, receipt: GoodsReceipt, *, at: datetime
) -> None:
    """Owe the supplier for goods that came, and have it owe us what of the bill is contested."""
    parts = (
        (Purpose.STOCK, Purpose.SUPPLIER_PAYABLE, receipt.cost - receipt.contested),
        (Purpose.SUPPLIER_CLAIMS, Purpose.SUPPLIER_PAYABLE, receipt.contested),
        (Purpose.STOCK, Purpose.SUPPLIER_CLAIMS, receipt.from_claim),
    )
    moves = tuple(Move(debit, credit, amount) for debit, credit, amount in parts if amount)
    if not moves:
        return
    _post(
        session,
        pool,
        moves,
        RECEIPT,
        receipt.id,
        f"Kulakan {pool.number}: {pool.item_name} dari {pool.supplier}",
        receipt.received_by,
        at,
    )


def book_hand_over(
    session: Session, pool: SupplyPool, hand: SupplyHandOver, member_id: UUID, *, at: datetime
) -> None:
    """Sell a member's share at its cost, against what they pay with."""
    if not hand.paid:
        return
    asked = hand.paid - hand.rounded
    moves = [Move(place_of(hand.way, member_id), Purpose.MEMBER_SALES, asked)] if asked else []
    if hand.rounded:
        moves.append(Move(Purpose.ROUNDING, Purpose.MEMBER_SALES, hand.rounded))
    _post(
        session,
        pool,
        (*moves, Move(Purpose.MEMBER_COST, Purpose.STOCK, hand.paid)),
        HAND_OVER,
        hand.id,
        f"Kulakan {pool.number}: {pool.item_name} diserahkan",
        hand.by,
        at,
    )


def unbook_hand_over(session: Session, pool: SupplyPool, hand: SupplyHandOver) -> None:
    """Mirror a handing over that was undone."""
    at = hand.undone_at
    for entry in books.entries_of_source(session, hand.cooperative_id, HAND_OVER, hand.id):
        if at is not None:
            ledger.reverse(
                session,
                entry,
                memo=f"Kulakan {pool.number}: penyerahan diurungkan",
                key=f"undo:{entry.id}",
                dated=local_day(at),
                at=at,
            )


def _post(
    session: Session,
    pool: SupplyPool,
    moves: tuple[Move, ...],
    source_type: str,
    source_id: UUID,
    memo: str,
    actor_id: UUID,
    at: datetime,
) -> None:
    ledger.post(
        session,
        pool.cooperative_id,
        Unit.SHOP,
        Posting(
            key=f"{source_type}:{source_id}",
            memo=memo,
            moves=moves,
            dated=local_day(at),
            source_type=source_type,
            source_id=source_id,
            created_by=actor_id,
        ),
        at=at,
    )
