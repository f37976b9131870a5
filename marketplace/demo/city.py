"""The large demo: 148 cooperatives, 12,000 listings and a year of trade, for trying out size.

The small demo is part of it. Each further cooperative comes in a transaction of its own, so
a load that stops goes on where it stopped. Everything is drawn from the name of the
cooperative and comes out the same each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice, product
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.cooperatives import service as cooperatives
from marketplace.cooperatives.models import Cooperative
from marketplace.demo import trade
from marketplace.demo.load import found_shop
from marketplace.demo.neighbourhoods import BUYERS, CRAFTS, KELURAHAN, MEMBERS, WRITTEN, Craft
from marketplace.demo.world import SHOPS, Shop
from marketplace.kernel.allocation import largest_remainder
from marketplace.listings.models import Variant
from marketplace.listings.service.market import Market
from marketplace.members import service as members
from marketplace.members.service import Entry
from marketplace.orders.rules import OrderState
from marketplace.orders.service import Buyer, Choice
from marketplace.outbox import service as outbox
from marketplace.payments.rules import PaymentMethod
from marketplace.stock.rules import OutOfStock

COOPERATIVES = 148
LISTINGS = 12_000
WEEKS = 52
FEWEST_MEMBERS = 9
MOST_OF_A_KIND = 2
CANCELLED, EXPIRED = 0.06, 0.04
_MORE = COOPERATIVES - len(SHOPS)
_VILLAGES = [(code, name) for code, names in KELURAHAN.items() for name in names.split()]


def shops() -> Iterator[tuple[Shop, Craft]]:
    """List the cooperatives that the small demo does not have, each with what it makes."""
    for number in range(_MORE):
        code, village = _VILLAGES[number % len(_VILLAGES)]
        craft = CRAFTS[(number + number // len(_VILLAGES)) % len(CRAFTS)]
        yield _shop(number, code, village, craft), craft


def _shop(number: int, code: str, village: str, craft: Craft) -> Shop:
    name = f"{WRITTEN.get(village, village)} {craft.name} Bersama"
    rng = Random(name)  # noqa: S311 - the same each time, that is the point
    called = rng.sample(MEMBERS, rng.randint(FEWEST_MEMBERS, len(MEMBERS)))
    return Shop(
        slug=name.lower().replace(" ", "-"),
        name=name,
        word=f"{village[:8].upper()}{chr(ord('A') + CRAFTS.index(craft))}",
        region=code,
        tagline=craft.tagline,
        story=f"Tetangga di {WRITTEN.get(village, village)} yang membuat {craft.tagline} sendiri, "
        "membeli bahan bersama, dan menjualnya dengan satu nama.",
        point=f"Balai {WRITTEN.get(village, village)}",
        address=f"Jl. {WRITTEN.get(village, village)} Raya {number + 1}",
        motif=(rng.randrange(5), rng.randrange(7)),
        members=tuple((one, craft.tagline) for one in called),
        goods=(),
        share=rng.choice((500, 800, 1000, 1200)),
    )


def missing(session: Session) -> list[tuple[Shop, Craft]]:
    """List the cooperatives that are not in the database yet."""
    known = set(session.scalars(select(Cooperative.slug)))
    return [(shop, craft) for shop, craft in shops() if shop.slug not in known]


def load(session: Session, shop: Shop, craft: Craft, *, at: datetime) -> None:
    """Found one cooperative a year ago, fill its shelves, and trade until yesterday."""
    begun = at - timedelta(weeks=WEEKS + 1)
    with outbox.as_history(session):
        cooperative = found_shop(session, shop, str, begun)
        for called, trade_ in shop.members:
            entry = Entry(name=called, called=called, trade=trade_)
            members.admit(session, cooperative.id, entry, admitted_on=date(2025, 3, 1), at=begun)
        Market(session, [cooperative.id]).load(session, goods(shop, craft), at=begun)
        cooperatives.open_shop(session, cooperative, at=begun)
        _trade(session, cooperative, Random(shop.slug), at)  # noqa: S311 - as above


def goods(shop: Shop, craft: Craft) -> list[dict[str, str | None]]:
    """Write a cooperative's shelves in the format of the market's file."""
    number = next(place for place, (one, _) in enumerate(shops()) if one.slug == shop.slug)
    count = largest_remainder(LISTINGS, [1] * _MORE)[number]
    everything = product(enumerate(craft.things), craft.kinds, craft.sizes)
    return [
        {
            "ref": f"{shop.slug}-{place}",
            "title": f"{thing} {kind} {size}",
            "category": craft.category,
            "price": str((craft.price + dearer * craft.dearer) * hundredths // 100 // 100 * 100),
            "list_price": "",
            "seller": shop.slug,
            "sold": "0",
        }
        for place, ((dearer, thing), kind, (size, hundredths)) in enumerate(
            islice(everything, count)
        )
    ]


def _trade(session: Session, cooperative: Cooperative, rng: Random, at: datetime) -> None:
    variants = list(
        session.scalars(
            select(Variant.id)
            .where(Variant.cooperative_id == cooperative.id)
            .order_by(Variant.listing_id)
        )
    )
    for week in range(WEEKS, 0, -1):
        day = at - timedelta(weeks=week) + timedelta(days=rng.randrange(6))
        moment = day.replace(hour=rng.randrange(2, 11), minute=rng.randrange(60))
        _order(session, cooperative, variants, rng, moment)


def _order(
    session: Session, cooperative: Cooperative, variants: list[UUID], rng: Random, at: datetime
) -> None:
    """Place one order and bring it to its end; what is sold out by now is not bought."""
    wanted = rng.sample(variants, rng.randint(1, 3))
    basket = {one: rng.randint(1, MOST_OF_A_KIND) for one in wanted}
    buyer = Buyer(rng.choice(BUYERS), f"+62812{rng.randrange(10**8):08d}")
    fate = rng.random()
    method = rng.choice((PaymentMethod.COD, PaymentMethod.QRIS))
    state = OrderState.FINISHED
    if fate < CANCELLED:
        state = OrderState.CANCELLED
    elif fate < CANCELLED + EXPIRED and method is PaymentMethod.QRIS:
        state = OrderState.EXPIRED
    try:
        with session.begin_nested():
            choices = {cooperative.id: Choice(method=method)}
            order = trade.place(session, basket, buyer, choices, at)
    except OutOfStock:
        return
    trade.bring(session, order, state, at)
