"""Members fetch a part of their share now and the rest later; what was fetched is a floor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from marketplace.kernel.allocation import largest_remainder
from marketplace.kernel.errors import Invalid
from marketplace.kernel.text import say
from marketplace.supply.rules.charges import Charge, margin_on
from marketplace.supply.rules.sharing import K, Shares, SharingPolicy, Wish, share_out


class BadPart(Invalid):
    """More is to be fetched than is left, or nothing at all."""


def part_of(
    share: Charge, given: int, fetched: Charge, had: int, *, taking: int, margin: int
) -> Charge:
    """Say what a part of a share costs, after ``fetched`` was paid for what one ``had``.

    Each part of the price is split by quantity; the margin is that on all that was fetched by
    then, less what was paid of it. So the last part makes the share exact. Raises BadPart.

    >>> part_of(Charge(goods=100), 3, Charge(), 0, taking=1, margin=250)
    Charge(goods=33, discount=0, costs=0, margin=1)
    """
    left = given - had
    if not 0 < taking <= left:
        raise BadPart(say("Yang diambil tidak bisa lebih dari sisanya, dan tidak bisa kosong."))
    rest = share - fetched
    if taking == left:
        return rest
    goods, discount, costs = (
        largest_remainder(amount, [taking, left - taking])[0]
        for amount in (rest.goods, rest.discount, rest.costs)
    )
    landed = fetched.landed + goods - discount + costs
    return Charge(goods, discount, costs, margin_on(landed, margin) - fetched.margin)


def share_above(
    available: int,
    wishes: Sequence[Wish[K]],
    floors: Mapping[K, int],
    policy: SharingPolicy = SharingPolicy.PROPORTIONAL,
) -> Shares[K]:
    """Share by a policy, but give nobody less than what they have fetched already.

    Who would get less keeps what they have, and the others share what is left. When more was
    fetched than there is, everybody keeps what they have and nobody gets more.
    """
    kept: dict[K, int] = {}
    while True:
        free = [wish for wish in wishes if wish.key not in kept]
        shares = share_out(max(0, available - sum(kept.values())), free, policy)
        below = {
            key: floors[key] for key, part in shares.given.items() if part < floors.get(key, 0)
        }
        if not below:
            return Shares({**shares.given, **kept}, shares.left, shares.dropped)
        kept |= below
