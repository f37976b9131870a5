"""Which wishes turn to their second choice when too little of the first can be bought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic

from marketplace.supply.rules.outlook import Demand, demand_of, plan_for
from marketplace.supply.rules.packs import Pack
from marketplace.supply.rules.sharing import K, SharingPolicy, Wish, share_out


@dataclass(frozen=True, slots=True)
class Good(Generic[K]):
    """A good of a round that is about to be bought, by its place in the round.

    ``seconds`` names the places to which its wishes may turn, ``owners`` whose they are.
    ``shelf`` is what the cooperative takes itself.
    """

    packs: Sequence[Pack]
    wishes: Mapping[K, Wish[K]]
    owners: Mapping[K, Any]
    seconds: Mapping[K, int]
    stock_cap: int = 0
    shelf: int = 0
    policy: SharingPolicy = SharingPolicy.PROPORTIONAL
    quota: int | None = None

    def shares(self) -> dict[K, int]:
        """Say who would get how much if it were bought now and all of it came."""
        wanted = demand_of(self.wishes.values())
        demand = Demand(wanted.want + self.shelf, wanted.most + self.shelf)
        plan = plan_for(self.packs, demand, stock_cap=self.stock_cap)
        return share_out(plan.total, self.wishes.values(), self.policy).given

    def without(self, keys: set[K]) -> Good[K]:
        """Give the good as it is when some wishes have left."""
        return replace(self, wishes={k: v for k, v in self.wishes.items() if k not in keys})

    def joined_by(self, others: Good[K], keys: set[K]) -> Good[K]:
        """Give the good as it is when wishes for another one have come."""
        more = {key: _within(others.wishes[key], self.quota) for key in keys}
        theirs = {key: others.owners[key] for key in keys}
        return replace(self, wishes={**self.wishes, **more}, owners={**self.owners, **theirs})


def _within(wish: Wish[K], quota: int | None) -> Wish[K]:
    if quota is None:
        return wish
    most = min(wish.flex_max, quota)
    return replace(wish, want=min(wish.want, most), flex_max=most)


def turns(goods: Mapping[int, Good[K]], closing: Sequence[int]) -> list[tuple[K, int, int]]:
    """Say which wishes turn, from which place to which, before the closing goods are bought.

    A wish turns when it would get nothing, once, and only to where it gets something and nobody
    gets less for it. Goods are looked at by their places until nothing turns any more.
    """
    now, found = dict(goods), list[tuple[K, int, int]]()
    while step := _next(now, sorted(closing)):
        keys, here, there = step
        now[there] = now[there].joined_by(now[here], keys)
        now[here] = now[here].without(keys)
        found += [(key, here, there) for key in sorted(keys)]
    return found


def _next(goods: Mapping[int, Good[K]], closing: Sequence[int]) -> tuple[set[K], int, int] | None:
    for here in closing:
        good = goods[here]
        given = good.shares() if good.seconds else {}
        left_out = [key for key, part in given.items() if not part and key in good.seconds]
        for there in sorted({good.seconds[key] for key in left_out} & goods.keys() - {here}):
            owners = {goods[there].owners[key] for key in goods[there].wishes}
            keys = {
                key
                for key in left_out
                if good.seconds[key] == there and good.owners[key] not in owners
            }
            keys = _who_gets_some(goods[there], good, keys)
            if keys:
                return keys, here, there
    return None


def _who_gets_some(there: Good[K], here: Good[K], keys: set[K]) -> set[K]:
    """Leave out who would get nothing there either; nobody turns where others would get less."""
    before = there.shares()
    while keys:
        after = there.joined_by(here, keys).shares()
        nothing = {key for key in keys if not after[key]}
        if not nothing:
            return keys if all(after[key] >= part for key, part in before.items()) else set()
        keys = keys - nothing
    return keys
