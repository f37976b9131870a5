"""Choosing the amount by which a transfer is known again."""

from __future__ import annotations

from datetime import datetime
from secrets import SystemRandom
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.payments.models import PaymentIntent, Transfer
from marketplace.payments.rules import CodesUsedUp, free_amounts, held_until

_chance = SystemRandom()


def reserve(
    session: Session,
    intent: PaymentIntent,
    account_id: UUID,
    total: Rupiah,
    *,
    due: datetime,
    at: datetime,
) -> Rupiah:
    """Reserve an amount below the total for one intent, and give it.

    The unique key decides between two that want the same at once; the loser tries another.
    Raises CodesUsedUp.
    """
    _release_overdue(session, intent.cooperative_id, account_id, at)
    free = free_amounts(total, _taken(session, intent.cooperative_id, account_id, total))
    _chance.shuffle(free)
    for amount in free:
        if _take(session, intent, account_id, amount, total - amount, held_until(due)):
            return amount
    raise CodesUsedUp(
        say("Kode unik untuk jumlah ini sedang habis. Pilih cara bayar lain, atau coba besok.")
    )


def _release_overdue(session: Session, cooperative_id: int, account_id: UUID, at: datetime) -> None:
    session.execute(
        update(Transfer)
        .where(
            Transfer.cooperative_id == cooperative_id,
            Transfer.account_id == account_id,
            Transfer.released_at.is_(None),
            Transfer.held_until <= at,
        )
        .values(released_at=at)
        .execution_options(synchronize_session=False)
    )


def _taken(session: Session, cooperative_id: int, account_id: UUID, total: Rupiah) -> list[Rupiah]:
    return list(
        session.scalars(
            select(Transfer.amount).where(
                Transfer.cooperative_id == cooperative_id,
                Transfer.account_id == account_id,
                Transfer.released_at.is_(None),
                Transfer.amount < total,
            )
        )
    )


def _take(
    session: Session,
    intent: PaymentIntent,
    account_id: UUID,
    amount: Rupiah,
    discount: Rupiah,
    until: datetime,
) -> bool:
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    row = (sqlite_insert if on_sqlite else postgresql_insert)(Transfer).values(
        cooperative_id=intent.cooperative_id,
        id=new_id(),
        intent_id=intent.id,
        account_id=account_id,
        amount=amount,
        discount=discount,
        held_until=until,
    )
    return session.scalar(row.on_conflict_do_nothing().returning(Transfer.id)) is not None
