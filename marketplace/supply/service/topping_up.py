"""After a round closed: wishes may still grow, as long as that helps to fill a pack."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.text import say
from marketplace.supply import queries
from marketplace.supply.models import RequestLine, SupplyPool
from marketplace.supply.queries.rounds import packs_of, with_shelf
from marketplace.supply.rules import Wish, demand_of, shortage
from marketplace.supply.service.locks import locked_lines

NEW = UUID(int=0)


class OnlyFilling(RuleBroken):
    """A wish that shrinks, or that opens a further pack, while packs are only filled up."""

    code = "only_filling"

    def __init__(self) -> None:
        super().__init__(
            say("Sekarang hanya bisa menambah, sampai kemasan berikutnya genap. Tidak mengurangi.")
        )


def check_filling(
    session: Session, pool: SupplyPool, known: RequestLine | None, said: tuple[int, int, int]
) -> None:
    """Refuse what takes anything back, or leaves more lacking than before. Raises OnlyFilling."""
    least, want, most = said
    if known is not None and (want < known.want or most < known.flex_max):
        raise OnlyFilling
    packs, cap = packs_of(pool), pool.stock_cap
    before = {
        line.id: queries.wish_of(line, 0, pool.max_per_member)
        for line in locked_lines(session, pool)
    }
    key = known.id if known is not None else NEW
    after = {**before, key: Wish(key, least, want, most)}
    lacking = shortage(packs, with_shelf(pool, demand_of(before.values())), stock_cap=cap)
    if shortage(packs, with_shelf(pool, demand_of(after.values())), stock_cap=cap) > lacking:
        raise OnlyFilling
