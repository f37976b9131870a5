"""What members ask for, the rounds that buy it, and who got what.

All quantities are integers of the item's base unit; the price of one base unit is
never stored, because a bill is shared out exactly instead.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, and_, text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from marketplace.database import Base, CooperativeId, TenantId, enum_column, tenant_key
from marketplace.kernel.money import Rupiah
from marketplace.supply.models.items import SupplyItem
from marketplace.supply.models.packs import SupplyPack
from marketplace.supply.rules import (
    Charge,
    PaidWith,
    PoolState,
    RequestState,
    SharingPolicy,
    in_words,
)

STILL_OPEN = text("state IN ('draf', 'dibuka', 'isi_kekurangan')")
TAKES_WISHES = (PoolState.OPEN, PoolState.TOP_UP)


class SupplyRound(Base):
    """One purchase for many members: goods that are asked for together and fetched together.

    Each good is a pool of its own (``SupplyPool``), because one may come earlier, from
    another supplier, or not at all; how far a round is follows from its pools. Until
    ``opens_at`` it is a draft; from ``closes_at`` until ``top_up_until`` wishes may only grow,
    and only if that helps to fill a pack. ``policy`` says how too little is shared.
    """

    __tablename__ = "supply_rounds"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    number: Mapped[int]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime]
    top_up_until: Mapped[datetime | None]
    pickup_from: Mapped[datetime | None]
    pickup_until: Mapped[datetime | None]
    pickup_place: Mapped[str]
    policy: Mapped[SharingPolicy] = mapped_column(
        enum_column(SharingPolicy), default=SharingPolicy.PROPORTIONAL
    )
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    opened_at: Mapped[datetime]

    __table_args__ = (
        Index(None, "cooperative_id", "number", unique=True),
        Index(None, "closes_at"),
    )


class SupplyPool(Base):
    """One good of a round, bought from one supplier in packs of one size or several.

    Terms are copied here and into its packs; a locked pool reads no live catalogue row.
    ``stock_want`` is how many base units the cooperative takes for its own shelf,
    ``stock_cap`` how many more it may keep so that a pack gets full, ``max_per_member`` how many
    one member may have; ``legal_price`` is the most one unit of the good may cost by law.
    ``pack_costs`` is what other costs than the goods are expected for its first pack;
    ``margin`` is the cooperative's part on top, in basis points.
    ``short_since``: its time is over, but too little is wanted for anything to be bought.
    """

    __tablename__ = "supply_pools"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    round_id: Mapped[UUID]
    place: Mapped[int]
    item_id: Mapped[UUID]
    item_name: Mapped[str]
    state: Mapped[PoolState] = mapped_column(enum_column(PoolState))
    supplier: Mapped[str]
    goal_packs: Mapped[int] = mapped_column(default=0)
    stock_cap: Mapped[int] = mapped_column(default=0)
    stock_want: Mapped[int] = mapped_column(default=0)
    max_per_member: Mapped[int | None]
    legal_price: Mapped[Rupiah | None]
    ordered_cost: Mapped[Rupiah | None]
    pack_costs: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    margin: Mapped[int] = mapped_column(default=0)
    arrives_on: Mapped[date | None]
    added_at: Mapped[datetime]
    locked_at: Mapped[datetime | None]
    short_since: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    cancel_reason: Mapped[str | None]
    round: Mapped[SupplyRound] = relationship(lazy="joined", viewonly=True)
    item: Mapped[SupplyItem] = relationship(lazy="raise", viewonly=True)
    packs: Mapped[list[SupplyPack]] = relationship(
        order_by=SupplyPack.place, lazy="selectin", viewonly=True
    )

    @property
    def main(self) -> SupplyPack:
        """Give the pack in which its progress is counted."""
        return self.packs[0]

    @property
    def ordered_packs(self) -> int | None:
        """Count all packs that are bought; None as long as that is open."""
        counts = [pack.ordered for pack in self.packs if pack.ordered is not None]
        return sum(counts) if counts else None

    @property
    def bought(self) -> str:
        """Write down how many of which packs are bought: ``1 sak + 4 kantong``."""
        return in_words(
            [pack.ordered or 0 for pack in self.packs], [pack.pack_name for pack in self.packs]
        )

    @property
    def ordered_quantity(self) -> int:
        """Count the base units that are bought."""
        return sum((pack.ordered or 0) * pack.pack_size for pack in self.packs)

    @property
    def number(self) -> int:
        """Give the number of its round."""
        return self.round.number

    @property
    def closes_at(self) -> datetime:
        """Say until when wishes are taken, as of all goods of its round."""
        return self.round.closes_at

    @property
    def takes_until(self) -> datetime:
        """Say until when wishes are taken now, also those that only fill a pack."""
        until = self.round.top_up_until if self.state is PoolState.TOP_UP else None
        return until or self.closes_at

    def takes_wishes(self, at: datetime) -> bool:
        """Say whether wishes are taken at this time."""
        return self.state in TAKES_WISHES and self.takes_until > at

    @property
    def pickup_place(self) -> str:
        """Say where members fetch all goods of its round."""
        return self.round.pickup_place

    __table_args__ = (
        tenant_key("round_id", "supply_rounds"),
        tenant_key("item_id", "supply_items"),
        Index(None, "cooperative_id", "round_id", "place", unique=True),
        Index(None, "cooperative_id", "state"),
        Index(
            "ix_supply_pools_open",
            "cooperative_id",
            "round_id",
            sqlite_where=STILL_OPEN,
            postgresql_where=STILL_OPEN,
        ),
        CheckConstraint("place > 0", name="place_positive"),
        CheckConstraint("pack_costs >= 0", name="pack_costs_not_negative"),
        CheckConstraint("margin BETWEEN 0 AND 10000", name="margin_is_a_share"),
        CheckConstraint("max_per_member > 0", name="max_per_member_positive"),
        CheckConstraint("legal_price > 0", name="legal_price_positive"),
    )


class RequestLine(Base):
    """One member's wish: at least, wanted, at most. Without a pool it waits for a round.

    ``on_account``: room of the member's credit is kept for it at the highest price announced.
    ``words`` holds what was asked for when the cooperative's list did not have it; ``rung_id``
    is the unit it was said in, if not the good's main one. ``second_item_id`` is what is
    wanted as much of, should the first not be bought; it is forgotten once it is turned to.
    ``price_cap`` is what one unit, as it was said, may cost at most without being asked.
    """

    __tablename__ = "supply_request_lines"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    member_id: Mapped[UUID]
    item_id: Mapped[UUID | None]
    pool_id: Mapped[UUID | None]
    words: Mapped[str | None]
    rung_id: Mapped[UUID | None]
    second_item_id: Mapped[UUID | None]
    accept_min: Mapped[int] = mapped_column(default=0)
    want: Mapped[int]
    flex_max: Mapped[int]
    price_cap: Mapped[Rupiah | None]
    needed_by: Mapped[date | None]
    on_account: Mapped[bool] = mapped_column(default=False)
    state: Mapped[RequestState] = mapped_column(enum_column(RequestState))
    entered_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    asked_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    second: Mapped[SupplyItem | None] = relationship(
        primaryjoin=lambda: and_(
            RequestLine.cooperative_id == SupplyItem.cooperative_id,
            foreign(RequestLine.second_item_id) == SupplyItem.id,
        ),
        lazy="raise",
        viewonly=True,
    )

    __table_args__ = (
        tenant_key("member_id", "members"),
        tenant_key("item_id", "supply_items"),
        tenant_key("pool_id", "supply_pools"),
        tenant_key("rung_id", "supply_units"),
        tenant_key("second_item_id", "supply_items"),
        Index(None, "cooperative_id", "pool_id", "member_id", unique=True),
        Index(None, "cooperative_id", "state", "item_id"),
        Index(None, "cooperative_id", "member_id", "state"),
        CheckConstraint(
            "0 <= accept_min AND accept_min <= want AND want <= flex_max", name="wish_in_order"
        ),
        CheckConstraint("want > 0", name="want_positive"),
        CheckConstraint("price_cap > 0", name="price_cap_positive"),
        CheckConstraint("second_item_id <> item_id", name="second_is_another"),
        CheckConstraint("item_id IS NOT NULL OR words IS NOT NULL", name="names_something"),
    )


class RequestLineEvent(Base):
    """A change to a wish, by whom and from what to what; append only."""

    __tablename__ = "supply_request_events"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    line_id: Mapped[UUID]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    at: Mapped[datetime]

    __table_args__ = (
        tenant_key("line_id", "supply_request_lines"),
        Index(None, "cooperative_id", "line_id", "id"),
    )


class AllocationRun(Base):
    """One sharing-out of all that has arrived so far; the newest one counts.

    ``cost`` is what the supplier gets for the goods, ``costs`` what else it cost, ``margin`` what
    members pay on top; they make what members are charged and what the cooperative bears.
    ``shrunk`` is what members had fetched beyond what came, since a delivery was taken back.
    ``manual_reason`` is why officers shared otherwise than the round's policy says.
    """

    __tablename__ = "supply_allocation_runs"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    pool_id: Mapped[UUID]
    number: Mapped[int]
    available: Mapped[int]
    cost: Mapped[Rupiah]
    costs: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    margin: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    to_stock: Mapped[int]
    stock_cost: Mapped[Rupiah]
    shrunk: Mapped[int] = mapped_column(default=0)
    shrunk_cost: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    inputs_hash: Mapped[str]
    manual_reason: Mapped[str | None]
    manual_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]

    __table_args__ = (
        tenant_key("pool_id", "supply_pools"),
        Index(None, "cooperative_id", "pool_id", "number", unique=True),
        CheckConstraint("shrunk >= 0", name="shrunk_not_negative"),
        CheckConstraint("(manual_reason IS NULL) = (manual_by IS NULL)", name="manual_by_somebody"),
        CheckConstraint("shrunk_cost >= 0", name="shrunk_cost_not_negative"),
    )


class Allocation(Base):
    """What one wish got in one run, and what exactly it costs, part by part.

    ``fetched`` of it was fetched by then, and could not be given to anybody else.
    """

    __tablename__ = "supply_allocations"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    run_id: Mapped[UUID]
    line_id: Mapped[UUID]
    given: Mapped[int]
    dropped: Mapped[bool] = mapped_column(default=False)
    fetched: Mapped[int] = mapped_column(default=0)
    goods: Mapped[Rupiah]
    discount: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    costs: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    margin: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    charge: Mapped[Rupiah]

    @property
    def parts(self) -> Charge:
        """Give what it costs as the rules take it."""
        return Charge(
            self.goods.amount, self.discount.amount, self.costs.amount, self.margin.amount
        )

    __table_args__ = (
        tenant_key("run_id", "supply_allocation_runs"),
        tenant_key("line_id", "supply_request_lines"),
        Index(None, "cooperative_id", "run_id", "line_id", unique=True),
        Index(None, "cooperative_id", "line_id"),
        CheckConstraint("given >= 0", name="given_not_negative"),
        CheckConstraint("fetched BETWEEN 0 AND given", name="fetched_within_share"),
        CheckConstraint("charge >= 0", name="charge_not_negative"),
        CheckConstraint(
            "charge = goods - discount + costs + margin", name="charge_is_the_sum_of_its_parts"
        ),
    )


class SupplyHandOver(Base):
    """Goods handed to a member against money: a whole share or a part of it, each a row.

    ``paid`` is the exact price, in parts as a share has them; ``rounded`` of it was let off,
    because cash is asked for in whole steps. One that was undone stays and counts no more.
    """

    __tablename__ = "supply_hand_overs"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    line_id: Mapped[UUID]
    quantity: Mapped[int]
    paid: Mapped[Rupiah]
    goods: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    discount: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    costs: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    margin: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    way: Mapped[PaidWith] = mapped_column(enum_column(PaidWith), default=PaidWith.CASH)
    rounded: Mapped[Rupiah] = mapped_column(default=Rupiah(0))
    by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]

    @property
    def parts(self) -> Charge:
        """Give what it cost as the rules take it."""
        return Charge(
            self.goods.amount, self.discount.amount, self.costs.amount, self.margin.amount
        )

    __table_args__ = (
        tenant_key("line_id", "supply_request_lines"),
        Index(None, "cooperative_id", "line_id"),
        CheckConstraint(
            "paid = goods - discount + costs + margin", name="paid_is_the_sum_of_its_parts"
        ),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("0 <= rounded AND rounded <= paid", name="rounded_within_price"),
        CheckConstraint("0 <= margin AND margin <= paid", name="margin_within_price"),
    )
