"""Goods that members brought back after they had fetched them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.database import Base, CooperativeId, TenantId, enum_column, tenant_key
from marketplace.kernel.money import Rupiah
from marketplace.supply.rules import Charge, PaidWith, ReturnedPart, ReturnedTo


class SupplyReturn(Base):
    """A part of what was handed over, brought back against its exact price; or undone.

    ``paid`` is what that part had cost, ``rounded`` what of it had been let off; the rest went
    back. What was fetched stays fetched: the share and its price do not change.
    """

    __tablename__ = "supply_returns"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    hand_id: Mapped[UUID]
    key: Mapped[str]
    quantity: Mapped[int]
    paid: Mapped[Rupiah]
    goods: Mapped[Rupiah]
    discount: Mapped[Rupiah]
    costs: Mapped[Rupiah]
    margin: Mapped[Rupiah]
    rounded: Mapped[Rupiah]
    way: Mapped[PaidWith] = mapped_column(enum_column(PaidWith))
    goes_to: Mapped[ReturnedTo] = mapped_column(enum_column(ReturnedTo))
    reason: Mapped[str]
    by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
    undone_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    undone_at: Mapped[datetime | None]

    @property
    def part(self) -> ReturnedPart:
        """Give what was returned as the rules take it."""
        price = Charge(
            self.goods.amount, self.discount.amount, self.costs.amount, self.margin.amount
        )
        return ReturnedPart(self.quantity, price, self.rounded.amount)

    @property
    def back(self) -> Rupiah:
        """Say how much money went back."""
        return self.paid - self.rounded

    __table_args__ = (
        tenant_key("hand_id", "supply_hand_overs"),
        Index(None, "cooperative_id", "hand_id"),
        Index(None, "cooperative_id", "key", unique=True),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint(
            "paid = goods - discount + costs + margin", name="paid_is_the_sum_of_its_parts"
        ),
        CheckConstraint("0 <= rounded AND rounded <= paid", name="rounded_within_price"),
        CheckConstraint("way <> 'qris'", name="not_back_by_code"),
        CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone_by_somebody"),
    )
