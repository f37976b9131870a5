"""Money bound for something before it moves: it cannot be spent twice meanwhile."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.ledger.models import HoldState, LedgerAccount, LedgerEntry, LedgerHold
from marketplace.ledger.rules import Place, Posting, Unit
from marketplace.ledger.service.books import resolve, take_book
from marketplace.ledger.service.posting import BalanceTooSmall, KeyReused, free_of, post


class HoldEnded(RuleBroken):
    """Money that was held is not held any more."""

    code = "hold_ended"


def hold(
    session: Session,
    cooperative_id: int,
    unit: Unit,
    place: Place,
    amount: Rupiah,
    *,
    key: str,
    expires_at: datetime | None,
    at: datetime,
) -> LedgerHold:
    """Bind money of an account; the same key gives the first hold again.

    Overdue holds of the account are let go first, so nothing waits for a worker. Raises
    BalanceTooSmall, KeyReused.
    """
    book = take_book(session, cooperative_id, unit, at=at)
    account = resolve(session, book, [place])[place]
    known = session.scalar(
        select(LedgerHold).where(
            LedgerHold.cooperative_id == cooperative_id,
            LedgerHold.account_id == account.id,
            LedgerHold.key == key,
        )
    )
    if known is not None:
        if known.amount != amount:
            raise KeyReused(say("Formulir ini sudah dipakai untuk jumlah lain."))
        return known
    _expire(session, account, at)
    if amount > free_of(account):
        free = max(free_of(account), Rupiah(0))
        raise BalanceTooSmall(say("Saldo %(name)s tinggal %(free)s.", name=account.name, free=free))
    held = LedgerHold(
        cooperative_id=cooperative_id,
        account_id=account.id,
        key=key,
        amount=amount,
        expires_at=expires_at,
        created_at=at,
    )
    session.add(held)
    session.flush()
    session.expire(account, ["held"])
    return held


def hold_by_id(session: Session, cooperative_id: int, hold_id: UUID) -> LedgerHold:
    """Fetch what was held, for whoever keeps its id."""
    return session.get_one(LedgerHold, (cooperative_id, hold_id))


def post_hold(
    session: Session, held: LedgerHold, unit: Unit, posting: Posting, *, at: datetime
) -> LedgerEntry:
    """Turn held money into an entry. A second time gives the same entry. Raises HoldEnded."""
    take_book(session, held.cooperative_id, unit, at=at)
    session.refresh(held)
    if held.state not in (HoldState.PENDING, HoldState.POSTED):
        raise HoldEnded(say("Uang itu sudah tidak ditahan lagi."))
    if held.state is HoldState.PENDING:  # first, or the money would count twice
        _end(session, held, HoldState.POSTED, at)
    return post(session, held.cooperative_id, unit, posting, at=at)


def void_hold(session: Session, held: LedgerHold, unit: Unit, *, at: datetime) -> None:
    """Let held money go; one that has ended stays as it ended."""
    take_book(session, held.cooperative_id, unit, at=at)
    session.refresh(held)
    if held.state is HoldState.PENDING:
        _end(session, held, HoldState.VOIDED, at)


def _expire(session: Session, account: LedgerAccount, at: datetime) -> None:
    overdue = session.scalars(
        select(LedgerHold).where(
            LedgerHold.cooperative_id == account.cooperative_id,
            LedgerHold.account_id == account.id,
            LedgerHold.state == HoldState.PENDING,
            LedgerHold.expires_at <= at,
        )
    )
    for held in overdue.all():
        _end(session, held, HoldState.EXPIRED, at)
    session.refresh(account)


def _end(session: Session, held: LedgerHold, state: HoldState, at: datetime) -> None:
    held.state, held.ended_at = state, at
    session.flush()
