"""Sharing the proceeds of a pooled sale out to its makers, once, and taking it back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import NotFound
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.ledger import service as ledger
from marketplace.ledger.queries import entry_by_id, owed_to_members
from marketplace.ledger.rules import MemberAccount, Move, Place, Posting, Purpose, Unit
from marketplace.members.queries import by_ids
from marketplace.pools import queries
from marketplace.pools.models import Pool, PoolShare
from marketplace.pools.rules import (
    LONGEST_REASON,
    PURSES,
    BadPool,
    PaidInto,
    PaidOutAlready,
    PooledSale,
    PoolKeyReused,
    Proceeds,
)

POOLED_SALE = "pooled_sale"
PAID_OUT = say("Sebagian hasilnya sudah dibayarkan, jadi pembagian ini tidak bisa dibatalkan.")


def share_out(
    session: Session,
    cooperative_id: int,
    sale: PooledSale[UUID],
    *,
    key: str,
    paid_into: PaidInto,
    by: UUID | None,
    at: datetime,
) -> Pool:
    """Book what a pooled sale brought as owed to who delivered; the same key does it once.

    As with goods on commission the cooperative's own is only its fee, and the residue.
    Raises BadPool, NotAShare, NotFound, PoolKeyReused.
    """
    shared = checked(sale, at=at)
    ledger.take_book(session, cooperative_id, Unit.SHOP, at=at)
    known = queries.by_key(session, cooperative_id, key)
    if known is not None:
        return _same(known, sale, paid_into)
    if len(by_ids(session, cooperative_id, sale.delivered)) < len(sale.delivered):
        raise NotFound(say("Anggota itu tidak ada di koperasi ini."))
    pool = _written(cooperative_id, sale, shared, key, paid_into, by, at)
    entry = ledger.post(session, cooperative_id, Unit.SHOP, _posting(pool, sale, shared), at=at)
    pool.entry_id = entry.id
    session.add(pool)
    session.flush()
    return pool


def checked(sale: PooledSale[UUID], *, at: datetime) -> Proceeds[UUID]:
    """Say who would get what of a sale, and change nothing. Raises BadPool, NotAShare."""
    if sale.sold_on > local_day(at):
        wrong = say("Tanggal penjualan belum tiba.")
        raise BadPool(wrong, fields={"sold_on": wrong})
    return sale.shared()


def undo(session: Session, pool: Pool, *, reason: str, by: UUID, at: datetime) -> Pool:
    """Take a pooled sale back by its mirror in the books, whole; twice is once.

    What was paid out to a maker, or out of the drawer, since then is not there to be taken
    back. Raises BadPool, PaidOutAlready.
    """
    why = reason.strip()
    if not 0 < len(why) <= LONGEST_REASON:
        wrong = say("Isi alasannya, paling panjang 200 huruf.")
        raise BadPool(wrong, fields={"reason": wrong})
    book = ledger.take_book(session, pool.cooperative_id, Unit.SHOP, at=at)
    session.refresh(pool, ("undone_at", "undone_by", "undo_reason"))
    if pool.undone_at is not None:
        return pool
    debts = owed_to_members(session, book, {Purpose.CONSIGNMENT_PAYABLE})
    owed = {debt.member_id: debt.amount for debt in debts}
    if any(share.amount > owed.get(share.member_id, Rupiah(0)) for share in pool.shares):
        raise PaidOutAlready(PAID_OUT)
    try:
        ledger.reverse(
            session,
            entry_by_id(session, pool.cooperative_id, pool.entry_id),
            memo=f"Batal: penjualan bersama {pool.title}",
            key=f"{POOLED_SALE}:{pool.id}:batal",
            created_by=by,
            dated=local_day(at),
            at=at,
        )
    except ledger.BalanceTooSmall as broken:
        raise PaidOutAlready(PAID_OUT) from broken
    pool.undone_by, pool.undone_at, pool.undo_reason = by, at, why
    session.flush()
    return pool


def _written(
    cooperative_id: int,
    sale: PooledSale[UUID],
    shared: Proceeds[UUID],
    key: str,
    paid_into: PaidInto,
    by: UUID | None,
    at: datetime,
) -> Pool:
    return Pool(
        cooperative_id=cooperative_id,
        id=new_id(),
        key=key,
        title=sale.title.strip(),
        unit=sale.unit.strip(),
        sold_on=sale.sold_on,
        proceeds=sale.proceeds,
        fee_basis_points=sale.fee_basis_points,
        fee=shared.fee,
        residue=shared.residue,
        paid_into=paid_into,
        shared_by=by,
        shared_at=at,
        shares=[
            PoolShare(
                cooperative_id=cooperative_id,
                id=new_id(),
                member_id=member_id,
                quantity=quantity,
                amount=shared.members[member_id],
            )
            for member_id, quantity in sale.delivered.items()
        ],
    )


def _posting(pool: Pool, sale: PooledSale[UUID], shared: Proceeds[UUID]) -> Posting:
    parts: list[tuple[Place, Rupiah]] = [
        *(
            (MemberAccount(Purpose.CONSIGNMENT_PAYABLE, member_id), amount)
            for member_id, amount in shared.members.items()
        ),
        (Purpose.COMMISSION, shared.cooperative),
    ]
    return Posting(
        key=f"{POOLED_SALE}:{pool.key}",
        memo=f"Penjualan bersama {pool.title}",
        moves=tuple(
            Move(PURSES[pool.paid_into], place, amount) for place, amount in parts if amount
        ),
        dated=sale.sold_on,
        source_type=POOLED_SALE,
        source_id=pool.id,
        created_by=pool.shared_by,
    )


def _same(known: Pool, sale: PooledSale[UUID], paid_into: PaidInto) -> Pool:
    """Give what the first request of this key did. Raises PoolKeyReused."""
    before = PooledSale(
        known.title,
        known.unit,
        known.sold_on,
        known.proceeds,
        known.fee_basis_points,
        {share.member_id: share.quantity for share in known.shares},
    )
    if before != sale or known.paid_into is not paid_into:
        raise PoolKeyReused(say("Formulir ini sudah dipakai untuk penjualan lain."))
    return known
