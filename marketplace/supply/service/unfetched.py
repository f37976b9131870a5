"""What was not fetched in time: members are reminded, then officers decide what becomes of it."""

from __future__ import annotations

from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.credit import service as credit
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.text import say
from marketplace.members.models import Member
from marketplace.outbox import service as outbox
from marketplace.supply import queries
from marketplace.supply.models import (
    AllocationRun,
    FetchReminder,
    RequestLine,
    SupplyPool,
    UnfetchedDecision,
)
from marketplace.supply.queries import Unfetched
from marketplace.supply.rules import (
    FREES,
    BadDecision,
    DecisionFixed,
    LeftOver,
    NotUnfetched,
    PoolState,
    RequestState,
    check_kept,
    reminder_now,
    step,
)
from marketplace.supply.service.history import note as note_history
from marketplace.supply.service.history import said
from marketplace.supply.service.locks import locked_line, locked_lines, locked_pool
from marketplace.supply.service.promises import REQUEST, let_go
from marketplace.supply.service.settling import settle_if_done
from marketplace.supply.service.sharing_out import charge_anew, share_freed

LONGEST_REASON = 200


class LeftChanged(RuleBroken):
    """Another quantity is left than was seen, or something else was decided meanwhile."""

    code = "changed"


def remind_unfetched(session: Session, *, at: datetime) -> int:
    """Remind each member of what they did not fetch in time: once, and once more before the end.

    What they did not fetch of one round is told together; gives how many shares.
    """
    due = [
        (one, number)
        for one in queries.to_remind_of(session, at=at)
        if (number := reminder_now(one.until, one.told(), at=at)) is not None
    ]
    for one, number in due:
        session.add(
            FetchReminder(
                cooperative_id=one.line.cooperative_id, line_id=one.line.id, until=one.until,
                number=number, at=at,
            )
        )  # fmt: skip
    session.flush()
    for (shop, round_id, member_id), told in groupby(sorted(due, key=_whose), key=_whose):
        number = max(number for _, number in told)
        outbox.tell(
            session, "supply.not_fetched", at=at, cooperative=shop, round=str(round_id),
            member=str(member_id), number=number,
        )  # fmt: skip
    return len(due)


def _whose(due: tuple[Unfetched, int]) -> tuple[int, UUID, UUID]:
    line, pool = due[0].line, due[0].pool
    return line.cooperative_id, pool.round_id, line.member_id


def decide_unfetched(
    session: Session,
    line: RequestLine,
    what: LeftOver,
    *,
    reason: str,
    seen: int,
    keep_until: date | None = None,
    by: UUID,
    at: datetime,
) -> UnfetchedDecision:
    """Decide of the quantity that was ``seen`` to be left; saying it again does nothing.

    A member pays nothing for what they did not fetch. What is offered goes to wishes of the
    same good that would take more, what they leave to the cooperative, at what it cost. Raises
    NotUnfetched, LeftChanged, BadDecision.
    """
    pool = locked_pool(session, _pool_of(session, line))
    locked = locked_line(session, line)
    why = _checked(reason)
    until = check_kept(keep_until, at=at) if what is LeftOver.KEEP else None
    last = queries.decision_on(session, locked)
    if last is not None and _is_said(last, what, why, seen, until, by):
        return last
    there = queries.still_there(session, locked)
    if there is None:
        raise NotUnfetched(say("Tidak ada lagi yang menunggu diambil."))
    if there.time_until > at:
        raise NotUnfetched(say("Masih ada waktu untuk mengambilnya. Putuskan sesudahnya."))
    if there.left != seen:
        raise LeftChanged(say("Sisanya sudah berubah. Muat ulang halaman ini."))
    decision = UnfetchedDecision(
        cooperative_id=locked.cooperative_id,
        line_id=locked.id,
        what=what,
        quantity=seen,
        keep_until=until,
        reason=why,
        reopened=[],
        by=by,
        at=at,
    )
    more = _set_free(session, pool, there, decision, at) if what in FREES else []
    session.add(decision)
    session.flush()
    if what in FREES:
        settle_if_done(session, pool, at)
    outbox.tell(
        session, "supply.unfetched_decided", at=at, cooperative=locked.cooperative_id,
        decision=str(decision.id), more=[str(line_id) for line_id in more],
    )  # fmt: skip
    return decision


def _pool_of(session: Session, line: RequestLine) -> SupplyPool:
    if line.pool_id is None:
        raise NotUnfetched(say("Tidak ada lagi yang menunggu diambil."))
    return session.get_one(SupplyPool, (line.cooperative_id, line.pool_id))


def _checked(reason: str) -> str:
    why = reason.strip()
    if not 0 < len(why) <= LONGEST_REASON:
        wrong = say("Isi alasannya, paling panjang 200 huruf.")
        raise BadDecision(wrong, fields={"reason": wrong})
    return why


def _is_said(
    last: UnfetchedDecision, what: LeftOver, why: str, seen: int, until: date | None, by: UUID
) -> bool:
    known = (last.what, last.reason, last.quantity, last.keep_until, last.by)
    return known == (what, why, seen, until, by)


def _set_free(
    session: Session,
    pool: SupplyPool,
    there: Unfetched,
    decision: UnfetchedDecision,
    at: datetime,
) -> list[UUID]:
    """Take the share away; gives the wishes that got more of it."""
    line, before = there.line, queries.last_run(session, pool)
    if before is None:  # nothing was shared out, so there is nothing to take away
        raise NotUnfetched(say("Tidak ada lagi yang menunggu diambil."))
    earlier, told = _given_in(session, before), said(line)
    closed = RequestState.HANDED_OVER if there.fetched else RequestState.NOT_FETCHED
    line.state, line.changed_at = step(line.state, closed), at
    session.flush()
    note_history(session, line, told, decision.by, at)
    let_go(session, [line], at=at)
    if decision.what is LeftOver.OFFER:
        reopened = _reopen(session, pool, earlier)
        run = share_freed(session, pool, before, there.left, at=at)
        _close(session, reopened, at)
        decision.reopened = [str(one.id) for one in reopened]
    else:
        run = charge_anew(session, pool, at=at) or before
    decision.run_id, decision.before_id = run.id, before.id
    pool.changed_at = at
    session.flush()
    return [key for key, given in _given_in(session, run).items() if given > earlier[key]]


def _given_in(session: Session, run: AllocationRun) -> dict[UUID, int]:
    return {row.line_id: row.given for row in queries.shares_in(session, run)}


def _reopen(session: Session, pool: SupplyPool, had: dict[UUID, int]) -> list[RequestLine]:
    """Let wishes take part again that were fetched, and would have taken more."""
    fetched = [
        line
        for line in locked_lines(session, pool)
        if line.state is RequestState.HANDED_OVER and had.get(line.id, 0) < line.flex_max
    ]
    decided = queries.decisions_on(session, fetched)
    gave_up = {line_id for line_id, one in decided.items() if one.what in FREES}
    found = [line for line in fetched if line.id not in gave_up]
    for line in found:
        line.state = RequestState.ALLOCATED  # only while what somebody left is shared out
    session.flush()
    return found


def _close(session: Session, lines: list[RequestLine], at: datetime) -> None:
    """Close wishes again of which all was fetched."""
    shares, fetched = queries.shares_now(session, lines), queries.fetched_of(session, lines)
    for line in lines:
        had = fetched.get(line.id, queries.NOTHING_FETCHED).quantity
        if line.state is RequestState.ALLOCATED and shares[line.id].given == had:
            line.state, line.changed_at = step(line.state, RequestState.HANDED_OVER), at
    session.flush()


def undo_unfetched(
    session: Session, line: RequestLine, *, by: UUID, at: datetime
) -> UnfetchedDecision | None:
    """Take the last decision of a share back, as long as nothing followed from it; twice is once.

    Raises DecisionFixed, and CreditTooSmall when a bon has no room any more for what comes back.
    """
    pool = locked_pool(session, _pool_of(session, line))
    locked = locked_line(session, line)
    decision = queries.decision_on(session, locked)
    if decision is None:
        return None
    if decision.what in FREES:
        _give_back(session, pool, locked, decision, by, at)
    decision.undone_by, decision.undone_at = by, at
    session.flush()
    outbox.tell(
        session, "supply.unfetched_undone", at=at, cooperative=locked.cooperative_id,
        decision=str(decision.id),
    )  # fmt: skip
    return decision


def _give_back(
    session: Session,
    pool: SupplyPool,
    line: RequestLine,
    decision: UnfetchedDecision,
    by: UUID,
    at: datetime,
) -> None:
    """Let the sharing-out before a decision hold again."""
    before = session.get_one(AllocationRun, (decision.cooperative_id, decision.before_id))
    last = queries.last_run(session, pool)
    fetched = queries.fetched_in(session, pool)
    earlier = _given_in(session, before)
    gone = any(had.quantity > earlier.get(line_id, 0) for line_id, had in fetched.items())
    if last is None or last.id != decision.run_id or gone:
        raise DecisionFixed(
            say("Sesudah keputusan ini sudah ada yang berubah, jadi tidak bisa diurungkan.")
        )
    told = said(line)
    line.state, line.changed_at = RequestState.ALLOCATED, at  # the one way back
    if pool.state is PoolState.SETTLED:
        pool.state = PoolState.READY
    pool.changed_at = at
    session.flush()
    note_history(session, line, told, by, at)
    charge_anew(session, pool, as_in=before, at=at)
    _close(session, _named(session, decision), at)
    _keep_room(session, line, at)


def _named(session: Session, decision: UnfetchedDecision) -> list[RequestLine]:
    ids = [UUID(line_id) for line_id in decision.reopened]
    wanted = select(RequestLine).where(
        RequestLine.cooperative_id == decision.cooperative_id, RequestLine.id.in_(ids)
    )
    return list(session.scalars(wanted)) if ids else []


def _keep_room(session: Session, line: RequestLine, at: datetime) -> None:
    """Keep room again for what a member wanted to owe."""
    there = queries.still_there(session, line)
    if line.on_account and there is not None and there.to_pay:
        member = session.get_one(Member, (line.cooperative_id, line.member_id))
        credit.hold(session, member, REQUEST, line.id, there.to_pay, at=at)
