"""Approving an order to a supplier, sending it, and what the supplier answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.cooperatives import queries as cooperatives
from marketplace.kernel.access import Permission
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import Invalid, NotAllowed, RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import Sentence, say
from marketplace.outbox import service as outbox
from marketplace.supply.models import PurchaseOrder, PurchaseOrderLine, SentBy, SupplyPool
from marketplace.supply.rules import PoolState, PurchaseOrderState, step
from marketplace.supply.service.buying import order as note_ordered
from marketplace.supply.service.drafting import locked_order

MOST_PACKS = 10**6
HIGHEST_PRICE = 10**12
FURTHEST_DAY = 365
WITH_SUPPLIER = (PurchaseOrderState.SENT, PurchaseOrderState.CONFIRMED)


class NeedsAnother(NotAllowed):
    """Who made an order may not approve it, and who approved it may not note what came."""

    code = "needs_another_person"


class OrderChanged(RuleBroken):
    """An order that is not any more what whoever approves it has seen."""

    code = "order_changed"


class NoAddress(Invalid):
    """An order that is to go by mail to a supplier without an address."""

    code = "no_address"


class AnswerClosed(RuleBroken):
    """The supplier's answer can be changed no more."""

    code = "answer_closed"


class BadAnswer(Invalid):
    """An answer that no order could have; ``fields`` are named by line."""


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What a supplier will bring of one line, and for how much a pack."""

    count: int
    price: Rupiah
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a supplier says to a whole order."""

    lines: Mapping[UUID, LineAnswer]
    promised_on: date | None = None
    note: str | None = None


def approve(
    session: Session, order: PurchaseOrder, *, seen: Rupiah, by: UUID, at: datetime
) -> PurchaseOrder:
    """Say yes to an order that another officer made, as it was ``seen``, by its total.

    Only where nobody else may buy does one person do both, and the order keeps that in mind.
    Raises NeedsAnother, OrderChanged, WrongStep.
    """
    locked = locked_order(session, order)
    if locked.state is PurchaseOrderState.APPROVED and locked.approved_by == by:
        return locked
    wanted = step(locked.state, PurchaseOrderState.APPROVED)
    own = by == locked.created_by
    if own and not is_alone(session, locked):
        raise NeedsAnother(
            say("Pesanan perlu disetujui pengurus lain, bukan yang mengunci putaran.")
        )
    if seen != locked.total:
        raise OrderChanged(
            say(
                "Isi pesanan berubah sejak kamu buka. Periksa lagi, sekarang %(total)s.",
                total=locked.total,
            )
        )
    locked.state, locked.alone = wanted, own
    locked.approved_by, locked.approved_at, locked.changed_at = by, at, at
    session.flush()
    tell(session, locked, "supply.po_approved", at)
    return locked


def is_alone(session: Session, order: PurchaseOrder) -> bool:
    """Say whether nobody else could approve an order than who made it."""
    return not _others(session, order, order.created_by)


def may_receive(session: Session, order: PurchaseOrder | None, by: UUID) -> bool:
    """Say whether somebody may note what came of an order: not who approved it, unless alone."""
    return order is None or order.approved_by != by or not _others(session, order, by)


def _others(session: Session, order: PurchaseOrder, than: UUID) -> set[UUID]:
    buyers = cooperatives.holders_of(session, order.cooperative_id, Permission.BUY_SUPPLIES)
    return set(buyers) - {than}


def send(
    session: Session, order: PurchaseOrder, way: SentBy, *, by: UUID, at: datetime
) -> PurchaseOrder:
    """Let an approved order go to the supplier, or go once more by another way.

    Its goods count as ordered from now on. Raises NoAddress, WrongStep.
    """
    pools = _locked_pools(session, order)
    locked = locked_order(session, order)
    if way is SentBy.MAIL and not locked.email:
        raise NoAddress(say("Alamat email pemasok belum dicatat. Pilih cara lain."))
    again = locked.state in WITH_SUPPLIER
    if again and locked.sent_way is way:
        return locked
    if not again:
        locked.state = step(locked.state, PurchaseOrderState.SENT)
    locked.sent_by, locked.sent_at, locked.sent_way, locked.changed_at = by, at, way, at
    session.flush()
    for pool in pools:
        if pool.state is PoolState.LOCKED:
            note_ordered(session, pool, at=at)
    tell(session, locked, "supply.po_sent", at)
    return locked


def _locked_pools(session: Session, order: PurchaseOrder) -> list[SupplyPool]:
    """Lock the goods of an order before the order itself, as receiving them does."""
    return list(
        session.scalars(
            select(SupplyPool)
            .where(
                SupplyPool.cooperative_id == order.cooperative_id,
                SupplyPool.id.in_([line.pool_id for line in order.live]),
            )
            .order_by(SupplyPool.place)
            .with_for_update(of=SupplyPool)
            .execution_options(populate_existing=True)
        )
    )


def cancel_order(session: Session, order: PurchaseOrder, *, at: datetime) -> PurchaseOrder:
    """Take an order back before goods of it came; its goods may then stand on another one."""
    locked = locked_order(session, order)
    if locked.state is PurchaseOrderState.CANCELLED:
        return locked
    locked.state, locked.changed_at = step(locked.state, PurchaseOrderState.CANCELLED), at
    for line in locked.lines:
        line.given_up_at = line.given_up_at or at
    session.flush()
    tell(session, locked, "supply.po_cancelled", at)
    return locked


def confirm(
    session: Session, order: PurchaseOrder, answer: Answer, *, at: datetime
) -> PurchaseOrder:
    """Note what the supplier answers; until officers agreed it may be changed.

    What was ordered stays as it is: the answer stands beside it. Raises AnswerClosed, BadAnswer.
    """
    locked = locked_order(session, order)
    if not may_answer(locked):
        raise AnswerClosed(
            say("Pesanan ini tidak bisa dijawab lagi lewat tautan. Hubungi koperasi.")
        )
    lines = locked.live
    _check(answer, lines, at)
    if locked.confirmed_at is not None and not _changes(locked, lines, answer):
        return locked
    for line in lines:
        said = answer.lines[line.id]
        line.confirmed_count, line.confirmed_price, line.note = said.count, said.price, said.note
    if locked.state is PurchaseOrderState.SENT:
        locked.state = step(locked.state, PurchaseOrderState.CONFIRMED)
    locked.promised_on, locked.note = answer.promised_on, answer.note
    locked.agreed = locked.agreed_by = locked.agreed_at = None
    locked.confirmed_at = locked.changed_at = at
    session.flush()
    tell(session, locked, "supply.po_confirmed", at)
    return locked


def may_answer(order: PurchaseOrder) -> bool:
    """Say whether the supplier may still answer, or change the answer."""
    return order.state in WITH_SUPPLIER and not order.agreed


def _check(answer: Answer, lines: list[PurchaseOrderLine], at: datetime) -> None:
    wrong: dict[str, Sentence] = {}
    if answer.lines.keys() != {line.id for line in lines}:
        raise BadAnswer(say("Jawab setiap barang di pesanan ini."))
    for line in lines:
        said = answer.lines[line.id]
        if not 0 <= said.count <= MOST_PACKS:
            wrong[f"count-{line.place}"] = say("Isi berapa kemasan yang ada, 0 kalau kosong.")
        if not 0 < said.price.amount <= HIGHEST_PRICE:
            wrong[f"price-{line.place}"] = say("Isi harga satu kemasan.")
    today = local_day(at)
    day = answer.promised_on
    if day is not None and not today <= day <= today + timedelta(days=FURTHEST_DAY):
        wrong["promised_on"] = say("Pilih hari mulai hari ini, paling jauh satu tahun.")
    if wrong:
        raise BadAnswer(next(iter(wrong.values())), fields=wrong)


def _changes(order: PurchaseOrder, lines: list[PurchaseOrderLine], answer: Answer) -> bool:
    known = {
        line.id: (line.confirmed_count, line.confirmed_price, line.note or None) for line in lines
    }
    said = {id_: (one.count, one.price, one.note) for id_, one in answer.lines.items()}
    return known != said or order.promised_on != answer.promised_on or order.note != answer.note


def agree(
    session: Session, order: PurchaseOrder, *, agreed: bool, by: UUID, at: datetime
) -> PurchaseOrder:
    """Say yes or no to an answer that differs from what was ordered. Raises RuleBroken."""
    locked = locked_order(session, order)
    if locked.agreed is agreed:
        return locked
    if (
        locked.state is not PurchaseOrderState.CONFIRMED
        or not locked.differs
        or locked.agreed is not None
    ):
        raise RuleBroken(say("Tidak ada perubahan dari pemasok yang menunggu keputusan."))
    locked.agreed, locked.agreed_by, locked.agreed_at, locked.changed_at = agreed, by, at, at
    session.flush()
    tell(session, locked, "supply.po_decided", at)
    return locked


def tell(session: Session, order: PurchaseOrder, topic: str, at: datetime) -> None:
    """Tell others what became of an order."""
    outbox.tell(
        session,
        topic,
        at=at,
        cooperative=order.cooperative_id,
        order=str(order.id),
        number=order.number,
        way=order.sent_way.value if order.sent_way else None,
    )
