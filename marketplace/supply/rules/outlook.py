"""What a round would bring if it were closed now, and what the next step of price would change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from marketplace.supply.rules.charges import charge_out
from marketplace.supply.rules.mixing import choose_packs
from marketplace.supply.rules.packs import Pack, PackPlan
from marketplace.supply.rules.sharing import SharingPolicy, Sortable, Wish, share_out

K = TypeVar("K", bound=Sortable)


@dataclass(frozen=True, slots=True)
class Bill(Generic[K]):
    """Who gets how much and pays what, and what the cooperative keeps. Sums are exact."""

    given: dict[K, int]
    dropped: list[K]
    charges: dict[K, int]
    to_stock: int
    stock_cost: int


@dataclass(frozen=True, slots=True)
class Demand:
    """What all wishes for a good add up to, in base units: wanted, and at most."""

    want: int
    most: int


def demand_of(wishes: Iterable[Wish[K]]) -> Demand:
    """Add wishes up."""
    pairs = [(wish.want, wish.flex_max) for wish in wishes]
    return Demand(sum(want for want, _ in pairs), sum(most for _, most in pairs))


@dataclass(frozen=True, slots=True)
class Outlook:
    """A good of a round as it stands: what would be bought, at what price of the first pack.

    ``filled`` counts whole first packs' worth of wishes; ``missing``, in base units, is what
    more has to be wanted until packs hold exactly what is wanted, ``short`` what of it not
    even those who would take more can fill.
    """

    plan: PackPlan
    price: int
    filled: int
    missing: int
    short: int

    @property
    def packs(self) -> int:
        """Count the packs of all kinds that would be bought."""
        return sum(self.plan.counts)

    @property
    def main(self) -> int:
        """Count how many first packs are bought or filled: what steps of price go by."""
        return max(self.plan.counts[0], self.filled)

    @property
    def cost(self) -> int:
        """Give what all of it would cost."""
        return self.plan.cost


def bill(
    cost: int,
    available: int,
    wishes: Sequence[Wish[K]],
    policy: SharingPolicy = SharingPolicy.PROPORTIONAL,
) -> Bill[K]:
    """Share out what there is, and its cost by what each got; the cooperative pays for the rest.

    Nothing is lost: given and kept make what there is, charges and stock cost make the cost.
    """
    shares = share_out(available, list(wishes), policy)
    charged = charge_out(cost, shares.given, shares.left)
    charges = {key: part.total for key, part in charged.members.items()}
    return Bill(shares.given, shares.dropped, charges, shares.left, charged.kept.total)


def outlook(packs: Sequence[Pack], demand: Demand, *, stock_cap: int = 0) -> Outlook:
    """Say what would be bought if the round were closed now; the first pack gives the price."""
    first = packs[0]
    plan = plan_for(packs, demand, stock_cap=stock_cap)
    filled = demand.want // first.size
    return Outlook(
        plan=plan,
        price=first.price_at(max(plan.counts[0], filled)),
        filled=filled,
        missing=least_total(packs, max(demand.want, 1)) - demand.want,
        short=shortage(packs, demand, stock_cap=stock_cap),
    )


def plan_for(packs: Sequence[Pack], demand: Demand, *, stock_cap: int = 0) -> PackPlan:
    """Choose what to buy; nothing as long as nobody wants anything."""
    if not demand.want:
        return PackPlan([0] * len(packs), 0, 0)
    return choose_packs(packs, demand.want, demand.most + stock_cap)


def shortage(packs: Sequence[Pack], demand: Demand, *, stock_cap: int = 0) -> int:
    """Say what is lacking for the next whole pack when all take as much as they would."""
    return max(0, least_total(packs, max(demand.want, 1)) - demand.most - stock_cap)


def least_total(packs: Sequence[Pack], want: int) -> int:
    """Give the least total of whole packs that holds so much."""
    by_size = [replace(pack, price=pack.size, tiers=()) for pack in packs]
    reach = min(-(-max(1, pack.min_packs) // pack.step) * pack.step * pack.size for pack in packs)
    return choose_packs(by_size, want, want + reach).total


def next_tier(pack: Pack, packs: int) -> tuple[int, int] | None:
    """Give the next step of price as (from packs, price), or None on the last one."""
    further = [tier for tier in sorted(pack.tiers) if tier[0] > packs]
    return further[0] if further else None


@dataclass(frozen=True, slots=True)
class Gap:
    """What it costs to reach the next step of price with packs for the cooperative's stock."""

    packs: int
    extra_cost: int
    value: int
    cost_now: int
    cost_then: int


def gap(pack: Pack, packs: int) -> Gap | None:
    """Compute the gap for officers: the missing packs often cost less than they are worth."""
    tier = next_tier(pack, packs)
    if tier is None or packs == 0:
        return None
    start, price = tier
    now, then = packs * pack.price_at(packs), start * price
    missing = start - packs
    return Gap(missing, then - now, missing * price, now, then)
