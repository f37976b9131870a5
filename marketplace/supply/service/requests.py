"""Asking for supplies, and changing one's mind while it costs nobody anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.errors import Invalid, NotAllowed, RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.members.models import Member
from marketplace.outbox import service as outbox
from marketplace.supply import queries
from marketplace.supply.models import (
    RequestLine,
    SupplyItem,
    SupplyPool,
    UnitRung,
)
from marketplace.supply.rules import (
    HIGHEST_PRICE,
    BadPriceCap,
    MixedUnits,
    PoolState,
    RequestState,
    Wish,
    step,
)
from marketplace.supply.service.history import note, said
from marketplace.supply.service.locks import locked_line, locked_lines, locked_pool
from marketplace.supply.service.promises import keep_room, let_go
from marketplace.supply.service.quota import check_quota
from marketplace.supply.service.topping_up import OnlyFilling, check_filling

LARGEST = 10**9


class NotAMember(NotAllowed):
    """Supplies are bought for members only."""

    def __init__(self) -> None:
        super().__init__(say("Hanya anggota koperasi yang bisa ikut kulakan."))


class TooLate(RuleBroken):
    """The round takes no more wishes."""

    code = "too_late"


class Binding(RuleBroken):
    """A wish that may only grow, because a lower price was reached with it."""

    code = "binding"


class WishTooLarge(Invalid):
    """A quantity that no cooperative could buy."""


class BadSecond(Invalid):
    """A second choice that is none."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """At least, wanted, at most, in base units. Without a minimum any part is welcome.

    ``rung`` is the unit it was said in, if not the good's main one; ``second`` is wanted as
    much of, should the good not be bought. ``price_cap`` is the most that one such unit may
    cost without being asked first.
    """

    want: int
    accept_min: int = 0
    flex_max: int | None = None
    needed_by: date | None = None
    rung: UnitRung | None = None
    second: SupplyItem | None = None
    price_cap: Rupiah | None = None

    def check_units(self, item: SupplyItem | None) -> None:
        """Refuse a unit of another good, and parts of what is handed out whole.

        Raises MixedUnits, NotWhole, BadSecond, BadPriceCap.
        """
        if self.price_cap is not None:
            _check_cap(self.price_cap, item)
        if self.rung is not None:
            if item is None or self.rung.item_id != item.id:
                raise MixedUnits
            if item.counted:
                self.rung.rule.check_whole(self.want)
        if self.second is not None:
            if item is None or self.second.id == item.id:
                told = say("Pilihan kedua harus barang lain dari daftar.")
                raise BadSecond(told, fields={"second": told})
            if self.second.base_unit is not item.base_unit:
                raise MixedUnits("second")

    def checked(self) -> tuple[int, int, int]:
        """Return (at least, wanted, at most), or refuse what is out of order."""
        most = self.want if self.flex_max is None else self.flex_max
        if not 0 < self.want <= most <= LARGEST:
            raise WishTooLarge(say("Jumlah yang dibutuhkan harus masuk akal."))
        wish = Wish("check", self.accept_min, self.want, most)
        return wish.accept_min, wish.want, wish.flex_max


def _check_cap(cap: Rupiah, item: SupplyItem | None) -> None:
    told = None
    if item is None:
        told = say("Harga tertinggi hanya untuk barang di daftar.")
    elif not 0 < cap.amount <= HIGHEST_PRICE:
        told = say("Isi harga tertinggi untuk satu satuan.")
    if told is not None:
        raise BadPriceCap(told, fields={"price_cap": told})


def ask(
    session: Session,
    member: Member,
    wanted: Wanted,
    *,
    item: SupplyItem | None,
    words: str | None = None,
    entered_by: UUID,
    at: datetime,
) -> RequestLine:
    """Ask for a good of the list, or in words, before there is a round for it.

    Asking again for the same good changes the wish that waits, instead of doubling it.
    """
    _check_member(member)
    wanted.check_units(item)
    known = _waiting_line(session, member, item, words)
    if known is not None:
        return _change(session, known, wanted, entered_by, at)
    least, want, most = wanted.checked()
    line = RequestLine(
        cooperative_id=member.cooperative_id,
        member_id=member.id,
        item_id=item.id if item else None,
        words=None if item else (words or "").strip(),
        rung_id=wanted.rung.id if wanted.rung else None,
        second_item_id=wanted.second.id if wanted.second else None,
        accept_min=least,
        want=want,
        flex_max=most,
        price_cap=wanted.price_cap,
        needed_by=wanted.needed_by,
        state=RequestState.OPEN,
        entered_by=entered_by,
        asked_at=at,
        changed_at=at,
    )
    session.add(line)
    session.flush()
    note(session, line, {}, entered_by, at)
    outbox.tell(
        session, "supply.asked", at=at, cooperative=member.cooperative_id, line=str(line.id)
    )
    return line


def _waiting_line(
    session: Session, member: Member, item: SupplyItem | None, words: str | None
) -> RequestLine | None:
    query = select(RequestLine).where(
        RequestLine.cooperative_id == member.cooperative_id,
        RequestLine.member_id == member.id,
        RequestLine.pool_id.is_(None),
        RequestLine.state == RequestState.OPEN,
    )
    same = RequestLine.item_id == item.id if item else RequestLine.words == (words or "").strip()
    return session.scalars(query.where(same).limit(1)).first()


def join(
    session: Session,
    pool: SupplyPool,
    member: Member,
    wanted: Wanted,
    *,
    entered_by: UUID,
    by_officer: bool = False,
    on_account: bool = False,
    at: datetime,
) -> RequestLine:
    """Take part in an open pool, or change what one wants of it.

    Once a lower price is reached, only an officer makes a wish smaller. ``on_account`` keeps
    room of the member's credit. Raises NotAMember, TooLate, Binding, CreditTooSmall.
    """
    _check_member(member)
    wanted.check_units(session.get_one(SupplyItem, (pool.cooperative_id, pool.item_id)))
    locked = locked_pool(session, pool)
    _check_open(locked, at)
    known = session.scalar(
        select(RequestLine).where(
            RequestLine.cooperative_id == locked.cooperative_id,
            RequestLine.pool_id == locked.id,
            RequestLine.member_id == member.id,
        )
    )
    check_quota(session, locked, wanted.want, wanted.flex_max or 0)
    if locked.state is PoolState.TOP_UP:
        check_filling(session, locked, known, wanted.checked())
    if known is not None:
        if not by_officer and wanted.want < known.want:
            _check_free(session, locked)
        changed = _change(session, known, wanted, entered_by, at, on_account=on_account)
        keep_room(session, locked, changed, member, at=at)
        return changed
    least, want, most = wanted.checked()
    line = RequestLine(
        cooperative_id=locked.cooperative_id,
        member_id=member.id,
        item_id=locked.item_id,
        pool_id=locked.id,
        rung_id=wanted.rung.id if wanted.rung else None,
        second_item_id=wanted.second.id if wanted.second else None,
        accept_min=least,
        want=want,
        flex_max=most,
        price_cap=wanted.price_cap,
        on_account=on_account,
        state=RequestState.OPEN,
        entered_by=entered_by,
        asked_at=at,
        changed_at=at,
    )
    session.add(line)
    session.flush()
    note(session, line, {}, entered_by, at)
    if on_account:
        keep_room(session, locked, line, member, at=at)
    return line


def _change(
    session: Session,
    line: RequestLine,
    wanted: Wanted,
    actor_id: UUID,
    at: datetime,
    *,
    on_account: bool = False,
) -> RequestLine:
    before = said(line)
    line.on_account = on_account
    line.accept_min, line.want, line.flex_max = wanted.checked()
    line.rung_id = wanted.rung.id if wanted.rung else None
    line.second_item_id = wanted.second.id if wanted.second else None
    line.price_cap = wanted.price_cap
    line.needed_by = wanted.needed_by or line.needed_by
    line.changed_at = at
    session.flush()
    if said(line) != before:
        note(session, line, before, actor_id, at)
    return line


def withdraw(
    session: Session,
    line: RequestLine,
    *,
    actor_id: UUID,
    by_officer: bool = False,
    at: datetime,
) -> None:
    """Take a wish back before its pool is locked; withdrawing twice changes nothing.

    Raises TooLate, and Binding as ``join`` does.
    """
    if line.pool_id is not None:
        pool = session.get_one(SupplyPool, (line.cooperative_id, line.pool_id))
        _check_open(locked_pool(session, pool), at)
        if pool.state is PoolState.TOP_UP:
            raise OnlyFilling
        if not by_officer:
            _check_free(session, pool)
    locked = locked_line(session, line)
    if locked.state is RequestState.CANCELLED:
        return
    before = said(locked)
    locked.state = step(locked.state, RequestState.CANCELLED)
    let_go(session, [locked], at=at)
    locked.pool_id = None  # the place in the pool is free, should the member come back
    locked.changed_at = at
    session.flush()
    note(session, locked, before, actor_id, at)


def name_item(
    session: Session, line: RequestLine, item: SupplyItem, *, actor_id: UUID, at: datetime
) -> list[RequestLine]:
    """Say which good of the list is meant by a wish in words, and by all that mean the same."""
    named = queries.said_alike(session, line)
    for wish in named:
        before = said(wish)
        wish.item_id, wish.changed_at = item.id, at
        session.flush()
        note(session, wish, before, actor_id, at)
    return named


def _check_member(member: Member) -> None:
    if member.left_on is not None:
        raise NotAMember


def _check_free(session: Session, pool: SupplyPool) -> None:
    """Refuse to make a wish smaller that helped all to the price they see."""
    tiers = [int(start) for start, _ in pool.main.tiers]
    want = sum(line.want for line in locked_lines(session, pool)) if tiers else 0
    if any(start <= want // pool.main.pack_size for start in tiers):
        raise Binding(
            say("Harga sudah turun berkat permintaan ini. Mengurangi hanya lewat pengurus.")
        )


def _check_open(pool: SupplyPool, at: datetime) -> None:
    if not pool.takes_wishes(at):
        raise TooLate(say("Putaran ini sudah ditutup."))
