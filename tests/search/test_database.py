from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative, Standing
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.listings.models import ListingState
from marketplace.search import queries
from marketplace.search.engine import Document
from marketplace.search.rules import Query, Results, Sort
from tests.makers import (
    SATURDAY,
    make_category,
    make_cooperative,
    make_listing,
    make_member,
    make_variant,
)

TODAY = date(2026, 11, 28)
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def sanan(session: Session) -> Cooperative:
    return make_cooperative(session, slug="sanan")


@pytest.fixture
def dinoyo(session: Session) -> Cooperative:
    return make_cooperative(session, "Dinoyo", slug="dinoyo", region_code="35.07")


def described(session: Session, variant) -> Document:
    (document,) = queries.documents(session, [variant.listing_id], at=SATURDAY)
    return document


def test_a_listing_is_described_with_all_that_can_be_searched(session, sanan):
    maker = make_member(session, sanan, "Bu Lilik")
    variant = make_listing(
        session,
        sanan,
        "Keripik tempe",
        price=12_500,
        maker=maker,
        description="Gurih",
        sold_count=7,
    )

    document = described(session, variant)

    assert document == Document(
        id=to_text(variant.listing_id),
        title="Keripik tempe",
        description="Gurih",
        price=12_500,
        cooperative="sanan",
        cooperative_name="Sanan Tempe Muda",
        maker="Bu Lilik",
        category="makanan-minuman/makanan-ringan/keripik",
        category_names=("Makanan & minuman", "Makanan ringan", "Keripik"),
        region="35.73.01",
        region_name="Blimbing, Kota Malang",
        unit="bungkus",
        sold=7,
        published=int(SATURDAY.timestamp()),
        ready_on=TODAY,
    )


def test_a_listing_without_a_maker_or_time_is_described_too(session, sanan):
    document = described(session, make_listing(session, sanan, published_at=None))

    assert document.maker == ""
    assert document.published == 0


@pytest.mark.parametrize("state", [ListingState.DRAFT, ListingState.ARCHIVED])
def test_what_is_not_published_is_left_out(session, sanan, state):
    variant = make_listing(session, sanan, state=state)

    assert queries.documents(session, [variant.listing_id], at=SATURDAY) == []


@pytest.mark.parametrize("standing", [Standing.PREPARING, Standing.SUSPENDED])
def test_listings_of_a_cooperative_that_is_not_open_are_left_out(session, standing):
    closed = make_cooperative(session, standing=standing)
    variant = make_listing(session, closed)

    assert queries.documents(session, [variant.listing_id], at=SATURDAY) == []
    assert queries.search_database(session, Query()).total == 0


@pytest.mark.parametrize(
    ("facts", "ready_on"),
    [
        ({"stock_count": 3}, TODAY),
        ({"stock_count": 0}, None),
        ({"daily_limit": 5}, TODAY),
        ({"daily_limit": 0}, None),
        (
            {"stock_count": 0, "backorder_limit": 9, "ready_on": date(2026, 12, 5)},
            date(2026, 12, 5),
        ),
        ({"stock_count": 0, "backorder_limit": 9, "ready_on": date(2026, 11, 1)}, TODAY),
        ({"stock_count": 0, "backorder_limit": 9}, None),
    ],
)
def test_the_first_day_to_have_it_is_known(session, sanan, facts, ready_on):
    assert described(session, make_listing(session, sanan, **facts)).ready_on == ready_on


def test_what_is_made_daily_and_gone_for_today_is_ready_tomorrow(session, sanan):
    from marketplace.stock import service as stock
    from marketplace.stock.rules import Claim
    from tests.makers import cause

    variant = make_listing(session, sanan, daily_limit=2)
    claim = Claim(sanan.id, variant.id, cause(), 2, TODAY)
    stock.hold(session, [claim], at=SATURDAY)

    assert described(session, variant).ready_on == TOMORROW


def test_one_variant_that_can_be_had_is_enough(session, sanan):
    variant = make_listing(session, sanan, stock_count=0)
    listing = variant.listing_id
    assert described(session, variant).ready_on is None

    from marketplace.listings.models import Listing

    make_variant(session, session.get_one(Listing, (sanan.id, listing)), stock_count=1)

    assert described(session, variant).ready_on == TODAY


@pytest.mark.parametrize(
    ("closed_until", "ready_on"), [(date(2026, 12, 1), date(2026, 12, 2)), (None, None)]
)
def test_a_holiday_puts_off_the_day(session, closed_until, ready_on):
    away = make_cooperative(session, closed_from=TODAY, closed_until=closed_until)

    assert described(session, make_listing(session, away)).ready_on == ready_on


def test_listings_are_walked_through_in_pieces(session, sanan, dinoyo, monkeypatch):
    made = {
        make_listing(session, shop, f"Kopi {n}").listing_id
        for shop in (sanan, dinoyo)
        for n in range(4)
    }
    make_listing(session, sanan, state=ListingState.DRAFT)
    monkeypatch.setattr(queries.listings, "BATCH", 3)

    pieces, after = [], None
    while keys := queries.next_listings(session, after):
        pieces.append([id_ for _, id_ in keys])
        after = keys[-1]

    assert [len(piece) for piece in pieces] == [3, 3, 2]
    assert {id_ for piece in pieces for id_ in piece} == made


def test_listings_are_found_by_cooperative_and_by_variant(session, sanan, dinoyo):
    first = make_listing(session, sanan)
    second = make_listing(session, sanan, state=ListingState.DRAFT)
    make_listing(session, dinoyo)

    of_sanan = queries.listings_of_cooperative(session, sanan.id)

    assert set(of_sanan) == {first.listing_id, second.listing_id}
    assert queries.listings_of_variants(session, [first.id]) == [first.listing_id]


@pytest.fixture
def market(session, sanan, dinoyo) -> dict[str, str]:
    """Listings by a short name: their ids as the search gives them."""
    scarves = make_category(session, "busana/kerudung")
    made = {
        "tempe": make_listing(session, sanan, "Keripik tempe", price=15_000, sold_count=9),
        "usus": make_listing(session, sanan, "Kripik usus 100% ayam", price=9_000, sold_count=5),
        "segi": make_listing(
            session,
            dinoyo,
            "Jilbab segi_empat",
            price=35_000,
            category_id=scarves,
            published_at=SATURDAY + timedelta(days=1),
        ),
    }
    make_listing(session, sanan, "Keripik rahasia", state=ListingState.DRAFT)
    return {name: to_text(variant.listing_id) for name, variant in made.items()}


def named(found: Results, market: dict[str, str]) -> list[str]:
    names = {id_: name for name, id_ in market.items()}
    return [names[id_] for id_ in found.ids]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(), ["tempe", "usus", "segi"]),
        (Query(text="keripik"), ["tempe", "usus"]),
        (Query(text="KRIPIK ayam"), ["usus"]),
        (Query(text="kerudung"), ["segi"]),
        (Query(text="keripik kerudung"), []),
        (Query(text="rahasia"), []),
        (Query(text="%"), []),
        (Query(text="_"), []),
        (Query(text="???"), []),
        (Query(sort=Sort.CHEAPEST), ["usus", "tempe", "segi"]),
        (Query(sort=Sort.DEAREST), ["segi", "tempe", "usus"]),
        (Query(sort=Sort.NEWEST, limit=1), ["segi"]),
        (Query(sort=Sort.BEST_SOLD, offset=1), ["usus", "segi"]),
        (Query(category="busana"), ["segi"]),
        (Query(category="busana/kerudung"), ["segi"]),
        (Query(category="busan_"), []),
        (Query(region="35.73"), ["tempe", "usus"]),
        (Query(region="35.07"), ["segi"]),
        (Query(region="35.7"), []),
        (Query(cooperative="dinoyo"), ["segi"]),
        (Query(price_from=15_000), ["tempe", "segi"]),
        (Query(price_to=15_000), ["tempe", "usus"]),
        (Query(price_from=2**80), []),
        (Query(offset=-3, limit=-1), []),
        (Query(offset=2**80), []),
    ],
)
def test_the_database_answers_while_there_is_no_index(session, market, query, expected):
    assert named(queries.search_database(session, query), market) == expected


def test_the_database_counts_categories_and_cooperatives(session, market):
    found = queries.search_database(session, Query(limit=1))

    assert found.total == 3
    assert [(one.value, one.count) for one in found.facets["cooperative"]] == [
        ("sanan", 2),
        ("dinoyo", 1),
    ]
    assert [(one.value, one.label, one.count) for one in found.facets["category"]] == [
        ("makanan-minuman", "Makanan & minuman", 2),
        ("busana", "Busana", 1),
    ]


def test_the_database_counts_below_the_chosen_category(session, market):
    found = queries.search_database(session, Query(category="makanan-minuman"))

    assert [one.value for one in found.facets["category"]] == ["makanan-minuman/makanan-ringan"]


def test_the_database_offers_the_usual_spelling(session, market):
    assert (
        queries.search_database(session, Query(text="kripik tmpe")).did_you_mean == "keripik tempe"
    )
    assert queries.search_database(session, Query(text="keripik")).did_you_mean is None


@pytest.mark.parametrize(
    "text", ["\0", "\ud800", "'; DROP TABLE listings; --", "%' OR 1=1", "🙂🙂"]
)
def test_hostile_text_is_only_text_to_the_database(session, market, text):
    found = queries.search_database(
        session, Query(text=text, category=text, region=text, cooperative=text)
    )

    assert found.ids == ()


def test_a_price_changes_what_is_described(session, sanan):
    from marketplace.listings.models import Listing

    variant = make_listing(session, sanan)
    session.get_one(Listing, (sanan.id, variant.listing_id)).price_from = Rupiah(99_000)
    session.flush()

    assert described(session, variant).price == 99_000
