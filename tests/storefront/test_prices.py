"""Where a price goes, on the page of the goods and in the books, and what bringing them costs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from marketplace.delivery import service as delivery
from marketplace.delivery.rules import Terms
from marketplace.kernel.money import Rupiah
from marketplace.kernel.shares import Earned
from marketplace.ledger.rules import Purpose
from marketplace.listings import service as listings
from marketplace.listings.rules import Editor
from marketplace.storefront.rules import PriceParts, price_parts
from tests.makers import SATURDAY, make_account, make_listing
from tests.storefront.conftest import listing_of
from tests.storefront.test_views import text_of

KLOJEN, LOWOKWARU = "35.73.02", "35.73.05"


def buy(session, variant, quantity, cost):
    editor = Editor(make_account(session, "Bu Ratna").id, all_goods=True)
    listings.buy_stock(
        session, variant.cooperative_id, variant.id, quantity, Rupiah(cost),
        key=f"{quantity}", paid_from=Purpose.CASH, editor=editor, at=SATURDAY,
    )  # fmt: skip


def zone(session, shop, name, terms, code):
    made = delivery.add_zone(session, shop, name, terms, at=SATURDAY)
    delivery.add_area(session, shop, made.id, code, at=SATURDAY)
    return made


@pytest.mark.parametrize(
    ("earned", "cost", "parts"),
    [
        ((13_500, 1_500), 0, (13_500, 0, 1_500, 0)),
        ((0, 15_000), 9_001, (0, 9_001, 5_999, 0)),
        ((0, 15_000), 16_000, (0, 15_000, 0, 1_000)),
        ((13_500, 1_500), 1_000, (13_500, 1_000, 500, 0)),
    ],
)
def test_what_the_goods_had_cost_leaves_the_cooperative_less(earned, cost, parts):
    found = price_parts(Earned(*map(Rupiah, earned)), Rupiah(cost))

    assert found == PriceParts(*map(Rupiah, parts))


def test_goods_bought_outright_say_what_their_maker_was_paid_for_them(client, session, market):
    listing_of(session, market.sambal).share_basis_points = 10_000
    listing_of(session, market.sambal).maker_id = market.lilik.id
    buy(session, market.sambal, 3, 40_000)
    buy(session, market.sambal, 1, 15_000)

    words = text_of(client.get(market.path(session, market.sambal)))

    assert "Bu Lilik, dibayar saat dibeli Rp 13.750" in words
    assert "Koperasi Rp 8.250" in words


def test_goods_of_no_member_are_the_cooperative_s_own(client, session, market):
    words = text_of(client.get(market.path(session, market.cilok)))

    assert "Pembagian harga Koperasi Rp 10.000" in words


def test_goods_sold_for_less_than_they_cost_say_so(client, session, market):
    dear = make_listing(session, market.sanan, "Gula aren", price=10_000, stock_count=0)
    buy(session, dear, 2, 24_000)

    words = text_of(client.get(market.path(session, dear)))

    assert "Pemasok, dibayar saat dibeli Rp 10.000" in words
    assert "rugi Rp 2.000" in words


def test_a_product_says_what_bringing_it_costs(client, session, market):
    zone(session, market.sanan, "Klojen", Terms(Rupiah(8_000), Rupiah(20_000)), KLOJEN)

    words = text_of(client.get(market.path(session, market.keripik)))

    assert "Antar hari ini" in words
    assert "Belanja paling sedikit Rp 20.000. Rp 8.000" in words


def test_of_several_zones_the_cheapest_is_told(client, session, market):
    zone(session, market.sanan, "Klojen", Terms(Rupiah(8_000)), KLOJEN)
    zone(
        session, market.sanan, "Lowokwaru", Terms(Rupiah(5_000), free_from=Rupiah(75_000)),
        LOWOKWARU,
    )  # fmt: skip
    delivery.add_zone(session, market.sanan, "Belum", Terms(Rupiah(1_000)), at=SATURDAY)

    words = text_of(client.get(market.path(session, market.keripik)))

    assert "Gratis mulai belanja Rp 75.000. mulai Rp 5.000" in words


def test_a_shop_without_zones_says_nothing_of_bringing(client, session, market):
    made = zone(session, market.sanan, "Klojen", Terms(Rupiah(8_000)), KLOJEN)
    delivery.retire_zone(session, market.sanan, made.id, active=False, at=SATURDAY)

    words = text_of(client.get(market.path(session, market.keripik)))

    assert "Antar hari ini" not in words


def test_a_kept_page_is_made_anew_when_a_zone_changes(app, client, session, market):
    pages = app.extensions["pages"]
    path = market.path(session, market.keripik)
    made = zone(session, market.sanan, "Klojen", Terms(Rupiah(8_000)), KLOJEN)
    session.commit()
    client.get(path)
    delivery.change_zone(
        session, market.sanan, made.id, "Klojen", Terms(Rupiah(9_000)), at=datetime.now(UTC)
    )
    session.commit()
    pages._asked = float("-inf")  # the second until it is asked again is over

    words = text_of(client.get(path))

    assert "Rp 9.000" in words
