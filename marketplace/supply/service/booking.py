"""What a round writes into the books: goods bought, what else they cost, and what members pay.

Freight and the like are part of what the goods cost, so they are stock until it is handed over.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.kernel.calendar import local_day
from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import (
    JournalLine,
    Move,
    Posting,
    Purpose,
    Unit,
    moves_between,
)
from marketplace.supply.models import (
    AllocationRun,
    CostLine,
    GoodsReceipt,
    SupplyHandOver,
    SupplyPool,
    SupplyReturn,
    SupplyRound,
)
from marketplace.supply.rules import COST_PURSES, RETURNED_TO_PURPOSES, PaidWith, place_of

RECEIPT, HAND_OVER, COST = "supply_receipt", "supply_hand_over", "supply_cost"
SHRUNK, RETURN = "supply_shrinkage", "supply_return"


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


def unbook_receipt(session: Session, pool: SupplyPool, receipt: GoodsReceipt) -> None:
    """Mirror a delivery that was taken back."""
    memo = f"Kulakan {pool.number}: {pool.item_name}, penerimaan dibalik"
    _mirror(session, RECEIPT, receipt, receipt.reversed_at, memo)


def book_shrinkage(
    session: Session, pool: SupplyPool, run: AllocationRun, before: Rupiah, *, at: datetime
) -> None:
    """Bear what members had fetched beyond what came; a later delivery takes that back."""
    if run.shrunk_cost == before:
        return
    if run.shrunk_cost > before:
        move = Move(Purpose.STOCK, Purpose.SHRINKAGE, run.shrunk_cost - before)
    else:
        move = Move(Purpose.SHRINKAGE, Purpose.STOCK, before - run.shrunk_cost)
    memo = f"Kulakan {pool.number}: {pool.item_name}, selisih penerimaan yang dibalik"
    _post(session, pool, (move,), SHRUNK, run.id, memo, None, at)


def book_hand_over(
    session: Session, pool: SupplyPool, hand: SupplyHandOver, member_id: UUID, *, at: datetime
) -> None:
    """Sell a member's share at its cost and the margin, against what they pay with."""
    if not hand.paid:
        return
    landed = hand.paid - hand.margin
    lines = (
        JournalLine(place_of(hand.way, member_id), debit=hand.paid - hand.rounded),
        JournalLine(Purpose.ROUNDING, debit=hand.rounded),
        JournalLine(Purpose.MEMBER_SALES, credit=landed),
        JournalLine(Purpose.MEMBER_SERVICES, credit=hand.margin),
        JournalLine(Purpose.MEMBER_COST, debit=landed),
        JournalLine(Purpose.STOCK, credit=landed),
    )
    paid = moves_between([line for line in lines[:4] if line.debit or line.credit])
    cost = moves_between(lines[4:]) if landed else ()
    _post(
        session,
        pool,
        (*paid, *cost),
        HAND_OVER,
        hand.id,
        f"Kulakan {pool.number}: {pool.item_name} diserahkan",
        hand.by,
        at,
    )


def unbook_hand_over(session: Session, pool: SupplyPool, hand: SupplyHandOver) -> None:
    """Mirror a handing over that was undone."""
    memo = f"Kulakan {pool.number}: penyerahan diurungkan"
    _mirror(session, HAND_OVER, hand, hand.undone_at, memo)


def book_return(
    session: Session, pool: SupplyPool, done: SupplyReturn, member_id: UUID, *, at: datetime
) -> None:
    """Take a part of a sale back: the money, what had been let off, the margin, and the goods."""
    if not done.paid:
        return
    landed = done.paid - done.margin
    # What pays a bon passes through the member's titipan.
    way = PaidWith.BALANCE if done.way is PaidWith.CREDIT else done.way
    lines = (
        JournalLine(Purpose.MEMBER_SALES, debit=landed),
        JournalLine(Purpose.MEMBER_SERVICES, debit=done.margin),
        JournalLine(place_of(way, member_id), credit=done.back),
        JournalLine(Purpose.ROUNDING, credit=done.rounded),
        JournalLine(RETURNED_TO_PURPOSES[done.goes_to], debit=landed),
        JournalLine(Purpose.MEMBER_COST, credit=landed),
    )
    money = moves_between([line for line in lines[:4] if line.debit or line.credit])
    goods = moves_between(lines[4:]) if landed else ()
    memo = f"Kulakan {pool.number}: {pool.item_name} dikembalikan"
    _post(session, pool, (*money, *goods), RETURN, done.id, memo, done.by, at)


def unbook_return(session: Session, pool: SupplyPool, done: SupplyReturn) -> None:
    """Mirror a return that was undone."""
    memo = f"Kulakan {pool.number}: pengembalian diurungkan"
    _mirror(session, RETURN, done, done.undone_at, memo)


def _mirror(
    session: Session,
    source_type: str,
    of: SupplyHandOver | SupplyReturn | CostLine | GoodsReceipt,
    at: datetime | None,
    memo: str,
) -> None:
    for entry in books.entries_of_source(session, of.cooperative_id, source_type, of.id):
        if at is not None:
            ledger.reverse(
                session, entry, memo=memo, key=f"undo:{entry.id}", dated=local_day(at), at=at
            )


def book_cost(session: Session, round_: SupplyRound, line: CostLine, *, at: datetime) -> None:
    """Add a cost to what the goods in stock cost, and owe it or take it from where it was paid."""
    _post(
        session,
        round_,
        (Move(Purpose.STOCK, COST_PURSES[line.paid_from], line.amount),),
        COST,
        line.id,
        f"Kulakan {round_.number}: {line.name}",
        line.added_by,
        at,
    )


def unbook_cost(session: Session, round_: SupplyRound, line: CostLine) -> None:
    """Mirror a cost that was taken back."""
    memo = f"Kulakan {round_.number}: {line.name} dibatalkan"
    _mirror(session, COST, line, line.undone_at, memo)


def _post(
    session: Session,
    pool: SupplyPool | SupplyRound,
    moves: tuple[Move, ...],
    source_type: str,
    source_id: UUID,
    memo: str,
    actor_id: UUID | None,
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
