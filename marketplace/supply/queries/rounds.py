"""Rounds of buying together, as members and officers see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from marketplace.kernel.errors import NotFound
from marketplace.kernel.text import say
from marketplace.members.models import Member
from marketplace.supply.models import (
    Allocation,
    AllocationRun,
    GoodsReceipt,
    RequestLine,
    SupplyHandOver,
    SupplyItem,
    SupplyRound,
)
from marketplace.supply.queries.requests import WHO_ASKED
from marketplace.supply.rules import (
    Gap,
    Outlook,
    Pack,
    RequestState,
    RoundState,
    Wish,
    gap,
    next_tier,
    outlook,
)

RUNNING = (
    RoundState.DRAFT,
    RoundState.OPEN,
    RoundState.LOCKED,
    RoundState.ORDERED,
    RoundState.RECEIVING,
    RoundState.READY,
)
MOST_ROUNDS = 50
IN_ROUND = [state for state in RequestState if state is not RequestState.CANCELLED]


@dataclass(frozen=True, slots=True)
class RoundLine:
    """One member's wish in a round, with what it got so far."""

    line: RequestLine
    member: Member
    allocation: Allocation | None


@dataclass(frozen=True, slots=True)
class RoundView:
    """A round with everything its page shows. ``outlook`` is as if it were closed now."""

    round: SupplyRound
    item: SupplyItem
    lines: list[RoundLine]
    outlook: Outlook[UUID]
    pack: Pack
    run: AllocationRun | None

    @property
    def next_tier(self) -> tuple[int, int] | None:
        """Give the next step of price as (from packs, price)."""
        return next_tier(self.pack, max(self.outlook.packs, self.outlook.filled))

    @property
    def gap(self) -> Gap | None:
        """Give what reaching the next step of price would cost the cooperative."""
        return gap(self.pack, max(self.outlook.packs, self.outlook.filled))

    @property
    def goal(self) -> int:
        """Give how many packs the bar shows: the next step of price, else the officers' goal."""
        tier = self.next_tier
        least = max(self.outlook.filled, self.outlook.packs, 1)
        return max(tier[0] if tier else self.round.goal_packs, least)

    def of_member(self, member_id: UUID | None) -> RoundLine | None:
        """Find one member's wish."""
        return next((row for row in self.lines if row.member.id == member_id), None)


def pack_of(round_: SupplyRound) -> Pack:
    """Give the terms that were copied into a round."""
    return Pack(
        size=round_.pack_size,
        price=round_.pack_price.amount,
        step=round_.pack_step,
        min_packs=round_.pack_minimum,
        tiers=tuple((int(start), int(price)) for start, price in round_.tiers),
    )


def wish_of(line: RequestLine, shortage_score: int) -> Wish[UUID]:
    """Give a line as the rules of sharing out take it."""
    return Wish(line.id, line.accept_min, line.want, line.flex_max, shortage_score)


def of_cooperative(session: Session, cooperative_id: int, number: int) -> SupplyRound:
    """Fetch one round of this cooperative by its number."""
    found = session.scalar(
        select(SupplyRound).where(
            SupplyRound.cooperative_id == cooperative_id, SupplyRound.number == number
        )
    )
    if found is None:
        raise NotFound(say("Putaran kulakan ini tidak ada."))
    return found


def open_rounds(
    session: Session, cooperative_id: int, *, known: Sequence[SupplyItem] = ()
) -> list[RoundView]:
    """Fetch all running rounds, the one that closes first on top.

    ``known`` are goods that were fetched already.
    """
    rounds = session.scalars(
        select(SupplyRound)
        .where(SupplyRound.cooperative_id == cooperative_id, SupplyRound.state.in_(RUNNING))
        .order_by(SupplyRound.closes_at, SupplyRound.id)
        .limit(MOST_ROUNDS)
    ).all()
    return views(session, cooperative_id, rounds, known=known)


def view_among_others(
    session: Session, cooperative_id: int, number: int
) -> tuple[RoundView, list[RoundView]]:
    """Fetch one round of this cooperative, and the other running ones."""
    rounds = session.scalars(
        select(SupplyRound)
        .where(
            SupplyRound.cooperative_id == cooperative_id,
            or_(SupplyRound.number == number, SupplyRound.state.in_(RUNNING)),
        )
        .order_by(SupplyRound.number != number, SupplyRound.closes_at, SupplyRound.id)
        .limit(MOST_ROUNDS)
    ).all()
    if not rounds or rounds[0].number != number:
        raise NotFound(say("Putaran kulakan ini tidak ada."))
    found = views(session, cooperative_id, rounds)
    return found[0], found[1:]


def past_rounds(
    session: Session, cooperative_id: int, *, page: int, size: int = 20
) -> tuple[Sequence[SupplyRound], int]:
    """List settled and cancelled rounds, newest first; also says how many pages there are."""
    past = and_(SupplyRound.cooperative_id == cooperative_id, SupplyRound.state.not_in(RUNNING))
    total = session.scalar(select(func.count()).select_from(SupplyRound).where(past)) or 0
    rounds = session.scalars(
        select(SupplyRound)
        .where(past)
        .order_by(SupplyRound.number.desc())
        .limit(size)
        .offset((page - 1) * size)
    ).all()
    return rounds, max(1, -(-total // size))


def view(session: Session, round_: SupplyRound) -> RoundView:
    """Fetch everything that a round's page shows."""
    return views(session, round_.cooperative_id, [round_])[0]


def views(
    session: Session,
    cooperative_id: int,
    rounds: Sequence[SupplyRound],
    *,
    known: Sequence[SupplyItem] = (),
) -> list[RoundView]:
    """Fetch what several rounds show, with a fixed number of queries."""
    ids = [round_.id for round_ in rounds]
    lines = _lines(session, cooperative_id, ids)
    items = _items(session, cooperative_id, {round_.item_id for round_ in rounds}, known)
    runs, given = _shared_out(session, cooperative_id, ids)
    found = []
    for round_ in rounds:
        rows = [RoundLine(line, m, given.get(line.id)) for line, m in lines.get(round_.id, [])]
        pack = pack_of(round_)
        wishes = [wish_of(row.line, row.member.shortage_score) for row in rows]
        look = outlook(pack, wishes, stock_cap=round_.stock_cap)
        found.append(
            RoundView(round_, items[round_.item_id], rows, look, pack, runs.get(round_.id))
        )
    return found


def _lines(
    session: Session, cooperative_id: int, round_ids: Sequence[UUID]
) -> dict[UUID, list[tuple[RequestLine, Member]]]:
    rows = session.execute(
        select(RequestLine, Member)
        .join(Member, WHO_ASKED)
        .where(
            RequestLine.cooperative_id == cooperative_id,
            RequestLine.round_id.in_(list(round_ids)),
            RequestLine.state.in_(IN_ROUND),
        )
        .order_by(RequestLine.want.desc(), RequestLine.id)
    )
    found: dict[UUID, list[tuple[RequestLine, Member]]] = {}
    for line, member in rows:
        if line.round_id is not None:
            found.setdefault(line.round_id, []).append((line, member))
    return found


def _items(
    session: Session, cooperative_id: int, ids: set[UUID], known: Sequence[SupplyItem]
) -> dict[UUID, SupplyItem]:
    """Give goods by their ids; asks only for those that are not known."""
    found = {item.id: item for item in known}
    missing = ids - found.keys()
    if missing:
        wanted = select(SupplyItem).where(
            SupplyItem.cooperative_id == cooperative_id, SupplyItem.id.in_(missing)
        )
        found |= {item.id: item for item in session.scalars(wanted)}
    return found


def _shared_out(
    session: Session, cooperative_id: int, round_ids: Sequence[UUID]
) -> tuple[dict[UUID, AllocationRun], dict[UUID, Allocation]]:
    """Give the sharing-out that counts now by round, and what each line got in it."""
    rows = session.execute(
        select(AllocationRun, Allocation)
        .outerjoin(
            Allocation,
            and_(
                Allocation.cooperative_id == AllocationRun.cooperative_id,
                Allocation.run_id == AllocationRun.id,
            ),
        )
        .where(
            AllocationRun.cooperative_id == cooperative_id,
            AllocationRun.round_id.in_(list(round_ids)),
        )
        .order_by(AllocationRun.number)
    ).all()
    runs = {run.round_id: run for run, _ in rows}
    given = {
        share.line_id: share
        for run, share in rows
        if share is not None and runs[run.round_id] is run
    }
    return runs, given


def last_run(session: Session, round_: SupplyRound) -> AllocationRun | None:
    """Fetch the sharing-out that counts now."""
    return session.scalars(
        select(AllocationRun)
        .where(
            AllocationRun.cooperative_id == round_.cooperative_id,
            AllocationRun.round_id == round_.id,
        )
        .order_by(AllocationRun.number.desc())
        .limit(1)
    ).first()


def receipts(session: Session, round_: SupplyRound) -> Sequence[GoodsReceipt]:
    """List all deliveries of a round, oldest first."""
    return session.scalars(
        select(GoodsReceipt)
        .where(
            GoodsReceipt.cooperative_id == round_.cooperative_id,
            GoodsReceipt.round_id == round_.id,
        )
        .order_by(GoodsReceipt.id)
    ).all()


def handed_over(session: Session, round_: SupplyRound) -> dict[UUID, SupplyHandOver]:
    """Fetch what was handed over and not taken back, by line."""
    rows = session.scalars(
        select(SupplyHandOver)
        .join(
            RequestLine,
            and_(
                RequestLine.cooperative_id == SupplyHandOver.cooperative_id,
                RequestLine.id == SupplyHandOver.line_id,
            ),
        )
        .where(
            SupplyHandOver.cooperative_id == round_.cooperative_id,
            RequestLine.round_id == round_.id,
            SupplyHandOver.undone_at.is_(None),
        )
    )
    return {row.line_id: row for row in rows}
