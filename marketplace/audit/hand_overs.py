"""Whether what members fetched is what was shared out to them, paid for, and promised."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.audit.supply import is_last, last_numbers
from marketplace.credit.models import CreditHold
from marketplace.database import total_of
from marketplace.ledger.models import LedgerAccount, LedgerEntry, LedgerLine
from marketplace.ledger.queries.entries import ENTRY_OF_LINE
from marketplace.ledger.rules import MemberAccount, Purpose
from marketplace.supply.models import (
    Allocation,
    AllocationRun,
    RequestLine,
    SupplyHandOver,
    UnfetchedDecision,
)
from marketplace.supply.rules import FREES, RequestState, place_of
from marketplace.supply.service.booking import HAND_OVER
from marketplace.supply.service.promises import REQUEST

Rows = Iterator[tuple[str, str]]
Source = tuple[int, UUID | None]
# What paid, and whose part of that account it was.
Payments = Counter[tuple[Purpose | None, UUID | None]]
IN_FORCE = SupplyHandOver.undone_at.is_(None)
OF_LINE = and_(
    RequestLine.cooperative_id == SupplyHandOver.cooperative_id,
    RequestLine.id == SupplyHandOver.line_id,
)
OF_SHARE = and_(
    RequestLine.cooperative_id == Allocation.cooperative_id,
    RequestLine.id == Allocation.line_id,
)
RUN_OF_SHARE = and_(
    AllocationRun.cooperative_id == Allocation.cooperative_id,
    AllocationRun.id == Allocation.run_id,
)
ASKED = (RequestState.OPEN, RequestState.LOCKED)
EARNED = (Purpose.MEMBER_SALES, Purpose.MEMBER_SERVICES)
STILL_TO_PAY = (*ASKED, RequestState.ALLOCATED, RequestState.PRICE_ASKED)
ALL_FETCHED = (RequestState.HANDED_OVER, RequestState.RETURNED)


def shares(session: Session, _at: datetime) -> Rows:
    """Find who fetched more than their newest share, or paid another price for all of it."""
    fetched = (
        select(
            SupplyHandOver.cooperative_id,
            SupplyHandOver.line_id,
            func.sum(SupplyHandOver.quantity).label("quantity"),
            total_of(SupplyHandOver.paid).label("paid"),
        )
        .where(IN_FORCE)
        .group_by(SupplyHandOver.cooperative_id, SupplyHandOver.line_id)
        .subquery()
    )
    last = last_numbers()
    rows = session.execute(
        select(Allocation, fetched.c.quantity, fetched.c.paid)
        .join(
            fetched,
            and_(
                fetched.c.cooperative_id == Allocation.cooperative_id,
                fetched.c.line_id == Allocation.line_id,
            ),
        )
        .join(RequestLine, OF_SHARE)
        .join(AllocationRun, RUN_OF_SHARE)
        .join(last, is_last(last))
        .where(
            or_(
                Allocation.given < fetched.c.quantity,
                Allocation.charge < fetched.c.paid,
                and_(
                    or_(RequestLine.state.in_(ALL_FETCHED), Allocation.given == fetched.c.quantity),
                    or_(
                        Allocation.given != fetched.c.quantity, Allocation.charge != fetched.c.paid
                    ),
                ),
            )
        )
    )
    for share, quantity, paid in rows:
        yield (
            f"supply_request_lines {share.cooperative_id}/{share.line_id}",
            f"{quantity} for {paid}, the share says {share.given} for {share.charge}",
        )


def sales(session: Session, _at: datetime) -> Rows:
    """Compare each handing over with its entry, which is mirrored when it was taken back."""
    booked, mirrored = _booked(session)
    for hand, member_id in session.execute(
        select(SupplyHandOver, RequestLine.member_id).join(RequestLine, OF_LINE)
    ):
        source = (hand.cooperative_id, hand.id)
        said, found = _paid_with(hand, member_id), booked.pop(source, Counter())
        row = f"supply_hand_overs {hand.cooperative_id}/{hand.id}"
        if found != said:
            yield row, f"paid {hand.paid} by {hand.way.value}, its entry says otherwise"
        if said and (source in mirrored) is not (hand.undone_at is not None):
            yield row, "was taken back without a mirror, or has one without being taken back"
    for shop, hand_id in booked:
        yield f"supply_hand_overs {shop}/{hand_id}", "has an entry and was never handed over"


def released(session: Session, _at: datetime) -> Rows:
    """Match shares that were taken away with a decision, and see that nothing is left of them."""
    taken = exists().where(
        UnfetchedDecision.cooperative_id == RequestLine.cooperative_id,
        UnfetchedDecision.line_id == RequestLine.id,
        UnfetchedDecision.undone_at.is_(None),
        UnfetchedDecision.what.in_(FREES),
    )
    closed = RequestLine.state.in_((RequestState.NOT_FETCHED, *ALL_FETCHED))
    rows = session.execute(
        select(RequestLine.cooperative_id, RequestLine.id).where(
            or_(
                and_(RequestLine.state == RequestState.NOT_FETCHED, ~taken),
                and_(~closed, taken),
            )
        )
    )
    for shop, line_id in rows:
        yield f"supply_request_lines {shop}/{line_id}", "was taken away without a decision, or not"
    last = last_numbers()
    kept = session.execute(
        select(Allocation.cooperative_id, Allocation.line_id, Allocation.given)
        .join(RequestLine, OF_SHARE)
        .join(AllocationRun, RUN_OF_SHARE)
        .join(last, is_last(last))
        .where(RequestLine.state == RequestState.NOT_FETCHED, Allocation.given > 0)
    )
    for shop, line_id, given in kept:
        yield f"supply_request_lines {shop}/{line_id}", f"was not fetched and still has {given}"


def _paid_with(hand: SupplyHandOver, member_id: UUID) -> Payments:
    place = place_of(hand.way, member_id)
    whose = (place.purpose, place.member_id) if isinstance(place, MemberAccount) else (place, None)
    asked = hand.paid - hand.rounded
    paid: Payments = Counter({whose: asked.amount, (Purpose.ROUNDING, None): hand.rounded.amount})
    return +paid  # without what is nought


def _booked(session: Session) -> tuple[dict[Source, Payments], set[Source]]:
    """Read what sold supplies by the books, and which of these entries were mirrored."""
    debit, credit, mirror = aliased(LedgerAccount), aliased(LedgerAccount), aliased(LedgerEntry)
    rows = session.execute(
        select(
            LedgerEntry.cooperative_id,
            LedgerEntry.source_id,
            debit.purpose,
            debit.member_id,
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
                debit.cooperative_id == LedgerLine.cooperative_id,
                debit.id == LedgerLine.debit_id,
            ),
        )
        .join(
            credit,
            and_(
                credit.cooperative_id == LedgerLine.cooperative_id,
                credit.id == LedgerLine.credit_id,
            ),
        )
        .where(LedgerEntry.source_type == HAND_OVER, credit.purpose.in_(EARNED))
    )
    booked: dict[Source, Payments] = defaultdict(Counter)
    mirrored: set[Source] = set()
    for shop, hand_id, purpose, member_id, amount, undone in rows:
        booked[shop, hand_id][purpose, member_id] += amount.amount
        if undone:
            mirrored.add((shop, hand_id))
    return booked, mirrored


def promises(session: Session, _at: datetime) -> Rows:
    """Match room that is kept of members' credit with what they asked for on account."""
    of_line = and_(
        CreditHold.cooperative_id == RequestLine.cooperative_id,
        CreditHold.source_type == REQUEST,
        CreditHold.source_id == RequestLine.id,
        CreditHold.released_at.is_(None),
    )
    without = session.execute(
        select(RequestLine.cooperative_id, RequestLine.id)
        .outerjoin(CreditHold, of_line)
        .where(
            RequestLine.on_account,
            RequestLine.state.in_(ASKED),
            or_(CreditHold.id.is_(None), CreditHold.member_id != RequestLine.member_id),
        )
    )
    for shop, line_id in without:
        yield f"supply_request_lines {shop}/{line_id}", "is on account, and no room is kept for it"
    needless = session.execute(
        select(CreditHold.cooperative_id, CreditHold.id)
        .outerjoin(RequestLine, of_line)
        .where(
            CreditHold.source_type == REQUEST,
            CreditHold.released_at.is_(None),
            or_(
                RequestLine.id.is_(None),
                RequestLine.on_account.is_(False),
                RequestLine.state.not_in(STILL_TO_PAY),
            ),
        )
    )
    for shop, hold_id in needless:
        yield f"credit_holds {shop}/{hold_id}", "keeps room for nothing that is asked for"
