"""Opening, locking and ordering a round."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.outbox import service as outbox
from marketplace.supply import queries
from marketplace.supply.models import RequestLine, SupplyItem, SupplyRound
from marketplace.supply.queries.rounds import pack_of
from marketplace.supply.rules import PackTerms, RequestState, RoundState, choose_packs, step
from marketplace.supply.service.locks import locked_lines, locked_round


class NotEnough(RuleBroken):
    """What is wanted does not fill what the supplier sells. ``missing`` is in base units."""

    code = "not_enough"

    def __init__(self, missing: int) -> None:
        super().__init__(
            say("Belum cukup untuk satu pembelian. Perpanjang, ambil untuk stok, atau batalkan.")
        )
        self.missing = missing


class BadTerms(Invalid):
    """Terms that no round could have."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a supplier offers for a round. Sizes in base units, prices in whole rupiah."""

    supplier: str
    pack_name: str
    pack_size: int
    pack_price: Rupiah
    closes_at: datetime
    pickup_place: str
    pack_step: int = 1
    pack_minimum: int = 0
    tiers: tuple[tuple[int, int], ...] = ()
    goal_packs: int = 0
    stock_cap: int = 0
    arrives_on: date | None = None

    def check(self, at: datetime) -> None:
        """Refuse terms that make no sense."""
        PackTerms(
            self.pack_name,
            self.pack_size,
            self.pack_price,
            self.pack_step,
            self.pack_minimum,
            tuple(sorted(self.tiers)),
        ).checked(local_day(at))
        if self.closes_at <= at:
            told = say("Waktu tutup harus di depan.")
            raise BadTerms(told, fields={"closes_at": told})


def open_round(
    session: Session, item: SupplyItem, terms: Terms, *, opened_by: UUID, at: datetime
) -> SupplyRound:
    """Open a round for one good; all wishes that wait for it join, one per member.

    The supplier's terms are copied: a change of the list never touches a running round.
    """
    terms.check(at)
    round_ = SupplyRound(
        cooperative_id=item.cooperative_id,
        number=_next_number(session, item.cooperative_id),
        item_id=item.id,
        item_name=item.name,
        state=RoundState.OPEN,
        supplier=terms.supplier,
        pack_name=terms.pack_name,
        pack_size=terms.pack_size,
        pack_price=terms.pack_price,
        pack_step=terms.pack_step,
        pack_minimum=terms.pack_minimum,
        tiers=[list(tier) for tier in sorted(terms.tiers)],
        goal_packs=terms.goal_packs,
        stock_cap=terms.stock_cap,
        closes_at=terms.closes_at,
        arrives_on=terms.arrives_on,
        pickup_place=terms.pickup_place,
        opened_by=opened_by,
        opened_at=at,
        changed_at=at,
    )
    session.add(round_)
    session.flush()
    taken: set[UUID] = set()
    for line in queries.waiting_for(session, item.cooperative_id, item.id):
        if line.member_id not in taken:
            taken.add(line.member_id)
            line.round_id = round_.id
            line.changed_at = at
    session.flush()
    _tell(session, round_, "supply.opened", at)
    return round_


def _next_number(session: Session, cooperative_id: int) -> int:
    """Count rounds per cooperative, under the lock of the cooperative's row."""
    session.execute(
        select(Cooperative.id).where(Cooperative.id == cooperative_id).with_for_update()
    )
    last = session.scalar(
        select(func.max(SupplyRound.number)).where(SupplyRound.cooperative_id == cooperative_id)
    )
    return (last or 0) + 1


def widen(
    session: Session,
    round_: SupplyRound,
    *,
    stock_cap: int,
    at: datetime,
) -> None:
    """Let the cooperative itself take so many base units of an open round. Raises BadTerms."""
    locked = locked_round(session, round_)
    if locked.state is not RoundState.OPEN:
        raise BadTerms(say("Putaran ini sudah ditutup."))
    locked.stock_cap = max(0, stock_cap)
    locked.short_since = None  # what is wanted may be enough now
    locked.changed_at = at
    session.flush()


def lock(session: Session, round_: SupplyRound, *, at: datetime) -> SupplyRound:
    """Close a round and fix how many packs are bought; locking twice changes nothing."""
    locked = locked_round(session, round_)
    if locked.state is RoundState.LOCKED:
        return locked
    wanted_state = step(locked.state, RoundState.LOCKED)
    lines = locked_lines(session, locked)
    want = sum(line.want for line in lines)
    ceiling = sum(line.flex_max for line in lines) + locked.stock_cap
    plan = choose_packs([pack_of(locked)], want, ceiling) if want else None
    if plan is None or plan.total == 0:
        raise NotEnough(max(locked.pack_size - want, 0))
    for line in lines:
        line.state = step(line.state, RequestState.LOCKED)
        line.changed_at = at
    locked.ordered_packs = plan.counts[0]
    locked.ordered_cost = Rupiah(plan.cost)
    locked.locked_at = locked.changed_at = at
    locked.state = wanted_state
    session.flush()
    _tell(session, locked, "supply.locked", at)
    return locked


def order(session: Session, round_: SupplyRound, *, at: datetime) -> SupplyRound:
    """Note that the packs were ordered from the supplier."""
    locked = locked_round(session, round_)
    if locked.state is not RoundState.ORDERED:
        locked.state = step(locked.state, RoundState.ORDERED)
        locked.changed_at = at
        session.flush()
        _tell(session, locked, "supply.ordered", at)
    return locked


def cancel_round(
    session: Session,
    round_: SupplyRound,
    *,
    reason: str | None,
    carry_over: bool = True,
    at: datetime,
) -> SupplyRound:
    """Give a round up before goods came: nobody is charged.

    Wishes of an open round wait for the next one, unless they are not to be carried over;
    those of a locked round end with it.
    """
    locked = locked_round(session, round_)
    if locked.state is RoundState.CANCELLED:
        return locked
    carried = carry_over and locked.state is RoundState.OPEN
    locked.state = step(locked.state, RoundState.CANCELLED)
    locked.cancel_reason = reason
    locked.changed_at = at
    for line in locked_lines(session, locked):
        _let_go(line, back_in_line=carried, at=at)
    session.flush()
    _tell(session, locked, "supply.cancelled", at)
    return locked


def _let_go(line: RequestLine, *, back_in_line: bool, at: datetime) -> None:
    line.changed_at = at
    if back_in_line:
        line.round_id = None
    else:
        line.state = step(line.state, RequestState.CANCELLED)


def _tell(session: Session, round_: SupplyRound, topic: str, at: datetime) -> None:
    outbox.tell(
        session,
        topic,
        at=at,
        cooperative=round_.cooperative_id,
        round=str(round_.id),
        number=round_.number,
    )
