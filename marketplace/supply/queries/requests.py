"""What members ask for before there is a round for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, joinedload, lazyload

from marketplace.kernel.errors import NotFound
from marketplace.kernel.text import say
from marketplace.members.models import Member
from marketplace.supply.models import RequestLine, SupplyItem, SupplyPool, UnitRung
from marketplace.supply.rules import RequestState, same_words

WHO_ASKED = and_(
    Member.cooperative_id == RequestLine.cooperative_id, Member.id == RequestLine.member_id
)
WHAT_GOOD = and_(
    SupplyItem.cooperative_id == RequestLine.cooperative_id, SupplyItem.id == RequestLine.item_id
)
# What was more than a wish: a round has taken it on.
WENT_ON = (
    RequestState.LOCKED,
    RequestState.ALLOCATED,
    RequestState.DROPPED,
    RequestState.HANDED_OVER,
    RequestState.RETURNED,
)


@dataclass(slots=True)
class Asked:
    """All that waits for one good (or for the same words), with who asked."""

    item: SupplyItem | None
    words: str | None
    lines: list[tuple[RequestLine, Member]] = field(default_factory=list)

    @property
    def want(self) -> int:
        """Add up what is wanted, in base units."""
        return sum(line.want for line, _ in self.lines)


def items(session: Session, cooperative_id: int) -> Sequence[SupplyItem]:
    """List the goods of the cooperative's list by name."""
    wanted = (
        select(SupplyItem)
        .where(SupplyItem.cooperative_id == cooperative_id, SupplyItem.retired_at.is_(None))
        .order_by(SupplyItem.name)
        .options(joinedload(SupplyItem.rungs))
    )
    return session.scalars(wanted).unique().all()


def waiting(session: Session, cooperative_id: int) -> list[Asked]:
    """List what waits for a round: per good, and where none is named, per wording of the same."""
    rows = session.execute(
        select(RequestLine, Member, SupplyItem)
        .join(Member, WHO_ASKED)
        .outerjoin(SupplyItem, WHAT_GOOD)
        .where(
            RequestLine.cooperative_id == cooperative_id,
            RequestLine.state == RequestState.OPEN,
            RequestLine.pool_id.is_(None),
        )
        .order_by(SupplyItem.name, RequestLine.words, RequestLine.id)
    )
    found: dict[UUID | tuple[str, ...], Asked] = {}
    for wish, member, good in rows:
        key = good.id if good else same_words(wish.words or "")
        asked = found.setdefault(key, Asked(good, None if good else wish.words))
        asked.lines.append((wish, member))
    return list(found.values())


def waiting_for(session: Session, cooperative_id: int, item_id: UUID) -> Sequence[RequestLine]:
    """List the wishes for one good that no pool has taken yet, oldest first."""
    return session.scalars(
        select(RequestLine)
        .where(
            RequestLine.cooperative_id == cooperative_id,
            RequestLine.item_id == item_id,
            RequestLine.pool_id.is_(None),
            RequestLine.state == RequestState.OPEN,
        )
        .order_by(RequestLine.id)
    ).all()


def said_alike(session: Session, wish: RequestLine) -> list[RequestLine]:
    """Lock and list all wishes in words that wait and mean the same as one of them."""
    rows = session.scalars(
        select(RequestLine)
        .where(
            RequestLine.cooperative_id == wish.cooperative_id,
            RequestLine.item_id.is_(None),
            RequestLine.pool_id.is_(None),
            RequestLine.state == RequestState.OPEN,
        )
        .order_by(RequestLine.id)
        .with_for_update()
    )
    meant = same_words(wish.words or "")
    return [row for row in rows if same_words(row.words or "") == meant]


def line(session: Session, cooperative_id: int, line_id: UUID) -> RequestLine:
    """Fetch one wish of this cooperative."""
    found = session.get(RequestLine, (cooperative_id, line_id))
    if found is None:
        raise NotFound(say("Permintaan ini tidak ada."))
    return found


def item(session: Session, cooperative_id: int, item_id: UUID) -> SupplyItem:
    """Fetch one good of this cooperative's list."""
    found = session.get(SupplyItem, (cooperative_id, item_id))
    if found is None:
        raise NotFound(say("Barang ini tidak ada di daftar."))
    return found


def rung(session: Session, item: SupplyItem, rung_id: UUID) -> UnitRung:
    """Fetch one unit of a good."""
    found = session.get(UnitRung, (item.cooperative_id, rung_id))
    if found is None or found.item_id != item.id:
        raise NotFound(say("Satuan ini tidak ada."))
    return found


def my_lines(
    session: Session, cooperative_id: int, member_id: UUID, *, limit: int = 30
) -> list[tuple[RequestLine, SupplyItem | None, SupplyPool | None]]:
    """List one member's wishes with their good and pool, newest first.

    Units of goods are those that ``items`` has read: asking for them again would cost a query.
    """
    rows = session.execute(
        select(RequestLine, SupplyItem, SupplyPool)
        .outerjoin(
            SupplyItem,
            and_(
                SupplyItem.cooperative_id == RequestLine.cooperative_id,
                SupplyItem.id == RequestLine.item_id,
            ),
        )
        .outerjoin(
            SupplyPool,
            and_(
                SupplyPool.cooperative_id == RequestLine.cooperative_id,
                SupplyPool.id == RequestLine.pool_id,
            ),
        )
        .where(
            RequestLine.cooperative_id == cooperative_id,
            RequestLine.member_id == member_id,
            RequestLine.state != RequestState.CANCELLED,
        )
        .options(joinedload(RequestLine.second), lazyload(SupplyItem.rungs))
        .order_by(RequestLine.id.desc())
        .options(lazyload(SupplyPool.packs))  # which nobody looks at here
        .limit(limit)
    )
    return [(wish, good, pool) for wish, good, pool in rows]


def asked_before(
    session: Session, cooperative_id: int, member_id: UUID, *, limit: int = 6
) -> list[tuple[RequestLine, SupplyItem]]:
    """List what a member asked for last of each good that is still on the list, newest first."""
    place = func.row_number().over(partition_by=RequestLine.item_id, order_by=RequestLine.id.desc())
    last = (
        select(RequestLine.id, place.label("place"))
        .where(
            RequestLine.cooperative_id == cooperative_id,
            RequestLine.member_id == member_id,
            RequestLine.item_id.is_not(None),
            RequestLine.state.in_(WENT_ON),
        )
        .subquery()
    )
    rows = session.execute(
        select(RequestLine, SupplyItem)
        .join(last, last.c.id == RequestLine.id)
        .join(SupplyItem, WHAT_GOOD)
        .where(
            RequestLine.cooperative_id == cooperative_id,
            last.c.place == 1,
            SupplyItem.retired_at.is_(None),
        )
        .order_by(RequestLine.id.desc())
        .limit(limit)
    )
    return [(wish, good) for wish, good in rows]
