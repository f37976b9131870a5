"""What the entries of each order moved into buyers' advances, to compare with other tellings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.database import total_of
from marketplace.kernel.money import Rupiah
from marketplace.ledger.models import LedgerAccount, LedgerEntry, LedgerLine
from marketplace.ledger.queries.entries import ENTRY_OF_LINE
from marketplace.ledger.rules import Purpose

Rows = Iterator[tuple[str, str]]
Sums = Mapping[tuple[int, UUID], Rupiah]


def booked(session: Session, source_type: str) -> dict[tuple[int, UUID], Rupiah]:
    """Sum what the entries of each order moved into buyers' advances, less what they took."""
    account = select(LedgerAccount.id).where(
        LedgerAccount.cooperative_id == LedgerLine.cooperative_id,
        LedgerAccount.purpose == Purpose.BUYER_ADVANCES,
    )
    rows = session.execute(
        select(
            LedgerEntry.cooperative_id,
            LedgerEntry.source_id,
            total_of(LedgerLine.amount, only=LedgerLine.credit_id.in_(account)),
            total_of(LedgerLine.amount, only=LedgerLine.debit_id.in_(account)),
        )
        .join(
            LedgerLine,
            ENTRY_OF_LINE,
        )
        .where(LedgerEntry.source_type == source_type)
        .group_by(LedgerEntry.cooperative_id, LedgerEntry.source_id)
    )
    return {(shop, order): into - out for shop, order, into, out in rows if order}


def differences(said: Sums, booked: Sums, told: str) -> Rows:
    """Name every order of which two accounts of the same money differ."""
    for key in sorted({*said, *booked}, key=str):
        one, other = said.get(key, Rupiah(0)), booked.get(key, Rupiah(0))
        if one != other:
            yield f"orders {key[0]}/{key[1]}", told.format(one, other)
