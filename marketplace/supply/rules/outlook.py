"""What a round would bring if it were closed now, and what the next step of price would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from marketplace.supply.rules.charges import charge_out
from marketplace.supply.rules.packs import Pack, choose_packs
from marketplace.supply.rules.sharing import Sortable, Wish, share_out

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
class Outlook(Generic[K]):
    """A round as it stands. Packs are whole packs; ``missing`` is in base units."""

    packs: int
    cost: int
    price: int
    filled: int
    missing: int
    bill: Bill[K]


def bill(cost: int, available: int, wishes: Sequence[Wish[K]]) -> Bill[K]:
    """Share out what there is, and its cost by what each got; the cooperative pays for the rest.

    Nothing is lost: given and kept make what there is, charges and stock cost make the cost.
    """
    shares = share_out(available, list(wishes))
    charged = charge_out(cost, shares.given, shares.left)
    charges = {key: part.total for key, part in charged.members.items()}
    return Bill(shares.given, shares.dropped, charges, shares.left, charged.kept.total)


def outlook(pack: Pack, wishes: Sequence[Wish[K]], *, stock_cap: int = 0) -> Outlook[K]:
    """Say what would be bought if the round were closed now.

    ``filled`` counts whole packs' worth of wishes, ``missing`` what is still needed for one
    more pack when nothing can be bought with what is wanted so far.
    """
    want = sum(wish.want for wish in wishes)
    ceiling = sum(wish.flex_max for wish in wishes) + stock_cap
    plan = choose_packs([pack], want, ceiling) if want else None
    packs = plan.counts[0] if plan else 0
    cost = plan.cost if plan else 0
    next_total = _next_total(pack, want)
    return Outlook(
        packs=packs,
        cost=cost,
        price=pack.price_at(max(packs, want // pack.size)),
        filled=want // pack.size,
        missing=max(0, next_total - want),
        bill=bill(cost, packs * pack.size, wishes),
    )


def _next_total(pack: Pack, want: int) -> int:
    """Give the least total, in base units, that buys more than is wanted now or exactly it."""
    packs = -(-want // pack.size) or 1
    packs = max(packs, pack.min_packs)
    return -(-packs // pack.step) * pack.step * pack.size


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
