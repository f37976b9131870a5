"""Officers share goods otherwise than the policy of the round says, and write down why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.text import say
from marketplace.outbox import service as outbox
from marketplace.supply import queries
from marketplace.supply.models import AllocationRun, SupplyPool
from marketplace.supply.rules import PoolState
from marketplace.supply.service.locks import locked_pool
from marketplace.supply.service.settling import settle_if_done
from marketplace.supply.service.sharing_out import (
    Decided,
    decide,
    is_decided,
)

LONGEST_REASON = 200


class SharesChanged(RuleBroken):
    """Goods were shared anew since the officer looked."""

    code = "changed"


def share_manually(
    session: Session,
    pool: SupplyPool,
    given: Mapping[UUID, int],
    *,
    reason: str,
    seen: int,
    by: UUID,
    at: datetime,
) -> AllocationRun:
    """Give each wish that was not fetched what officers say; the rest is the cooperative's.

    ``seen`` is the number of the sharing-out that they changed, so that sending it again does
    nothing. A later delivery is shared by the policy again. Raises SharesChanged, BadShare,
    Invalid.
    """
    why = reason.strip()
    if not 0 < len(why) <= LONGEST_REASON:
        wrong = say("Isi alasannya, paling panjang 200 huruf.")
        raise Invalid(wrong, fields={"reason": wrong})
    locked = locked_pool(session, pool)
    run = queries.last_run(session, locked)
    decided = Decided(why, by)
    if run is not None and run.number == seen + 1 and is_decided(session, run, given, decided):
        return run
    if run is None or run.number != seen or locked.state is not PoolState.READY:
        raise SharesChanged(say("Pembagiannya sudah berubah. Muat ulang halaman ini."))
    run = decide(session, locked, given, decided, at=at)
    locked.changed_at = at
    settle_if_done(session, locked, at)
    outbox.tell(
        session, "supply.shared_by_hand", at=at, cooperative=locked.cooperative_id,
        pool=str(locked.id), run=run.number,
    )  # fmt: skip
    return run
