"""What happens when a round's time is over: it is locked, or its officers decide what next."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.text import say
from marketplace.outbox import service as outbox
from marketplace.supply.models import SupplyRound
from marketplace.supply.rules import RoundState
from marketplace.supply.service.buying import BadTerms, NotEnough, lock
from marketplace.supply.service.locks import locked_round

MOST_AT_ONCE = 50


def close_due(session: Session, *, at: datetime) -> int:
    """Lock rounds whose time is over; gives how many were looked at.

    One for which too little is wanted stays as it is and is told of once, until it is kept
    open for longer.
    """
    due = session.scalars(
        select(SupplyRound)
        .where(
            SupplyRound.state == RoundState.OPEN,
            SupplyRound.closes_at <= at,
            SupplyRound.short_since.is_(None),
        )
        .order_by(SupplyRound.closes_at)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for round_ in due:
        try:
            lock(session, round_, at=at)
        except NotEnough:
            _note_shortage(session, round_, at)
    return len(due)


def _note_shortage(session: Session, round_: SupplyRound, at: datetime) -> None:
    round_.short_since = round_.changed_at = at
    session.flush()
    outbox.tell(
        session,
        "supply.too_little",
        at=at,
        cooperative=round_.cooperative_id,
        round=str(round_.id),
        number=round_.number,
    )


def extend(session: Session, round_: SupplyRound, closes_at: datetime, *, at: datetime) -> None:
    """Keep a round open for longer, also one whose time is over. Raises BadTerms."""
    locked = locked_round(session, round_)
    if locked.state is not RoundState.OPEN:
        raise BadTerms(say("Putaran ini sudah ditutup."))
    if closes_at <= at:
        told = say("Waktu tutup harus di depan.")
        raise BadTerms(told, fields={"closes_at": told})
    locked.closes_at, locked.short_since, locked.changed_at = closes_at, None, at
    session.flush()
    outbox.tell(
        session,
        "supply.extended",
        at=at,
        cooperative=locked.cooperative_id,
        round=str(locked.id),
        number=locked.number,
    )
