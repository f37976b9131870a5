"""Room of members' credit that is kept for what they asked for, until it is paid or given up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.credit import service as credit
from marketplace.kernel.money import Rupiah
from marketplace.members.models import Member
from marketplace.supply.models import RequestLine, SupplyPool
from marketplace.supply.rules import ceiling_of

REQUEST = "supply_request"


def keep_room(
    session: Session, pool: SupplyPool, line: RequestLine, member: Member, *, at: datetime
) -> None:
    """Keep room for the most a wish can cost, or let go of it. Raises CreditTooSmall."""
    if line.on_account:
        most = announced(pool, line.flex_max)
        credit.hold(session, member, REQUEST, line.id, most, at=at)
    else:
        let_go(session, [line], at=at)


def announced(pool: SupplyPool, quantity: int) -> Rupiah:
    """Say what a quantity costs at most by what was announced when the pool was opened."""
    return ceiling_of(
        quantity,
        pool.pack_price.amount,
        pool.pack_size,
        pack_costs=pool.pack_costs.amount,
        margin=pool.margin,
    )


def keep_price(
    session: Session,
    lines: Sequence[RequestLine],
    charges: Mapping[UUID, int],
    *,
    at: datetime,
) -> None:
    """Keep no more than what each wish really costs, once goods are shared out."""
    promised = {line.id: Rupiah(charges[line.id]) for line in lines if line.on_account}
    if promised:
        credit.lower(session, lines[0].cooperative_id, REQUEST, promised, at=at)


def let_go(session: Session, lines: Sequence[RequestLine], *, at: datetime) -> None:
    """Let go of what is kept for wishes that were paid, given up or taken back."""
    if lines:
        ids = [line.id for line in lines]
        credit.release(session, lines[0].cooperative_id, REQUEST, *ids, at=at)
