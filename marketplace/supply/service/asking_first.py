"""A member, or an officer for them, says yes or no to a price above what was allowed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.outbox import service as outbox
from marketplace.supply import queries
from marketplace.supply.models import (
    Allocation,
    PriceAnswer,
    RequestLine,
    SupplyPool,
    SupplyRound,
)
from marketplace.supply.rules import RequestState, step
from marketplace.supply.service.history import note as note_history
from marketplace.supply.service.history import said
from marketplace.supply.service.locks import locked_line, locked_pool
from marketplace.supply.service.promises import let_go
from marketplace.supply.service.requests import TooLate
from marketplace.supply.service.settling import settle_if_done
from marketplace.supply.service.sharing_out import charge_anew, share_anew

LONGEST_NOTE = 200


class NotAsked(RuleBroken):
    """Nothing is asked about this wish, or it was answered otherwise."""

    code = "not_asked"


class ShareChanged(RuleBroken):
    """The share costs something else than what was seen."""

    code = "changed"


def answered_until(round_: SupplyRound) -> datetime | None:
    """Say until when members answer themselves; after that, officers decide."""
    return round_.pickup_until or round_.pickup_from


def answer_price(
    session: Session,
    line: RequestLine,
    *,
    accept: bool,
    seen: Rupiah,
    note: str | None = None,
    by: UUID,
    for_member: bool = False,
    at: datetime,
) -> RequestLine:
    """Say yes to the price that was ``seen``, or give the share up; saying it again does nothing.

    An officer who answers ``for_member`` writes a note, and may do so when time is over. What
    is given up is shared among the others, unless officers had shared by hand: then it is the
    cooperative's. Raises NotAsked, ShareChanged, TooLate, Invalid.
    """
    if line.pool_id is None:
        raise _not_asked()
    pool = locked_pool(session, session.get_one(SupplyPool, (line.cooperative_id, line.pool_id)))
    locked = locked_line(session, line)
    share = queries.shares_now(session, [locked]).get(locked.id)
    if _is_said(session, locked, share, accept=accept):
        return locked
    if locked.state is not RequestState.PRICE_ASKED or share is None:
        raise _not_asked()
    if seen != share.charge:
        raise ShareChanged(
            say("Harganya sudah berubah jadi %(charge)s. Periksa lagi.", charge=share.charge)
        )
    why = _checked(note, for_member=for_member)
    _check_time(pool, for_member=for_member, at=at)
    before = said(locked)
    session.add(
        PriceAnswer(
            cooperative_id=locked.cooperative_id,
            line_id=locked.id,
            given=share.given,
            charge=share.charge,
            accepted=accept,
            note=why,
            by=by,
            at=at,
        )
    )
    wanted = RequestState.ALLOCATED if accept else RequestState.DECLINED
    locked.state, locked.changed_at = step(locked.state, wanted), at
    session.flush()
    note_history(session, locked, before, by, at)
    if not accept:
        _set_free(session, pool, locked, at)
    outbox.tell(
        session, "supply.price_answered", at=at, cooperative=locked.cooperative_id,
        line=str(locked.id), accepted=accept,
    )  # fmt: skip
    return locked


def _not_asked() -> NotAsked:
    return NotAsked(say("Tidak ada harga yang ditanyakan untuk permintaan ini."))


def _is_said(
    session: Session, line: RequestLine, share: Allocation | None, *, accept: bool
) -> bool:
    """Say whether this very answer is known already."""
    if line.state is not (RequestState.ALLOCATED if accept else RequestState.DECLINED):
        return False
    known = queries.price_answers(session, [line])
    if not known or known[-1].accepted is not accept:
        return False
    return not accept or (share is not None and known[-1].charge == share.charge)


def _checked(note: str | None, *, for_member: bool) -> str | None:
    why = (note or "").strip()
    if len(why) > LONGEST_NOTE or (for_member and not why):
        wrong = say("Tulis apa kata anggotanya, paling panjang 200 huruf.")
        raise Invalid(wrong, fields={"note": wrong})
    return why or None


def _check_time(pool: SupplyPool, *, for_member: bool, at: datetime) -> None:
    until = answered_until(pool.round)
    if not for_member and until is not None and at > until:
        raise TooLate(say("Waktunya menjawab sudah lewat. Sekarang pengurus yang memutuskan."))


def _set_free(session: Session, pool: SupplyPool, line: RequestLine, at: datetime) -> None:
    let_go(session, [line], at=at)
    run = queries.last_run(session, pool)
    if run is not None and run.manual_reason is not None:
        charge_anew(session, pool, at=at)
    else:
        share_anew(session, pool, at=at)
    pool.changed_at = at
    session.flush()
    settle_if_done(session, pool, at)
