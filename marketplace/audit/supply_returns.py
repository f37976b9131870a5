"""Whether what members brought back is within what they fetched, and in the books."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session, aliased

from marketplace.ledger.models import LedgerAccount, LedgerEntry, LedgerLine
from marketplace.ledger.queries.entries import ENTRY_OF_LINE
from marketplace.supply.models import SupplyHandOver, SupplyReturn
from marketplace.supply.queries import whole_part
from marketplace.supply.rules import RETURNED_TO_PURPOSES, ReturnedPart
from marketplace.supply.service.booking import RETURN

Rows = Iterator[tuple[str, str]]


def parts(session: Session, _at: datetime) -> Rows:
    """Find more brought back than was fetched, or all of it at another price."""
    back: dict[tuple[int, UUID], ReturnedPart] = defaultdict(ReturnedPart)
    hands: dict[tuple[int, UUID], SupplyHandOver] = {}
    for done, hand in session.execute(
        select(SupplyReturn, SupplyHandOver)
        .join(
            SupplyHandOver,
            and_(
                SupplyHandOver.cooperative_id == SupplyReturn.cooperative_id,
                SupplyHandOver.id == SupplyReturn.hand_id,
            ),
        )
        .where(SupplyReturn.undone_at.is_(None))
    ):
        key = (hand.cooperative_id, hand.id)
        back[key], hands[key] = back[key] + done.part, hand
    for (shop, hand_id), part in back.items():
        hand = hands[shop, hand_id]
        whole, rest = whole_part(hand), hand.parts - part.price
        left = min(
            whole.quantity - part.quantity, rest.goods, rest.discount, rest.costs, rest.margin,
            whole.rounded - part.rounded,
        )  # fmt: skip
        if hand.undone_at or left < 0 or (part.quantity == whole.quantity and part != whole):
            yield f"supply_hand_overs {shop}/{hand_id}", f"{part} came back of {whole}"


def entries(session: Session, _at: datetime) -> Rows:
    """Compare each return with its entry, which is mirrored when the return was undone."""
    debit, mirror = aliased(LedgerAccount), aliased(LedgerEntry)
    rows = session.execute(
        select(
            LedgerEntry.cooperative_id,
            LedgerEntry.source_id,
            debit.purpose,
            LedgerLine.amount,
            exists().where(
                mirror.cooperative_id == LedgerEntry.cooperative_id,
                mirror.reverses_id == LedgerEntry.id,
            ),
        )
        .join(LedgerLine, ENTRY_OF_LINE)
        .join(
            debit,
            and_(
                debit.cooperative_id == LedgerLine.cooperative_id, debit.id == LedgerLine.debit_id
            ),
        )
        .where(LedgerEntry.source_type == RETURN)
    )
    booked: dict[tuple[int, UUID | None], Counter[object]] = defaultdict(Counter)
    mirrored = set()
    for shop, return_id, purpose, amount, undone in rows:
        booked[shop, return_id][purpose] += amount.amount
        if undone:
            mirrored.add((shop, return_id))
    for done in session.scalars(select(SupplyReturn)):
        source, row = (
            (done.cooperative_id, done.id),
            f"supply_returns {done.cooperative_id}/{done.id}",
        )
        found, landed = booked.pop(source, Counter()), (done.paid - done.margin).amount
        goods = found.pop(RETURNED_TO_PURPOSES[done.goes_to], 0)
        if (sum(found.values()), goods) != (done.paid.amount, landed):
            yield row, f"cost {done.paid}, its entry says otherwise"
        if done.paid and (source in mirrored) is not (done.undone_at is not None):
            yield row, "was undone without a mirror, or has one without being undone"
    for shop, return_id in booked:
        yield f"supply_returns {shop}/{return_id}", "has an entry and was never brought back"
