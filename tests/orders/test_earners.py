"""The page of an order and its books say the same of where the price goes."""

from __future__ import annotations

import pytest

from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries as books
from marketplace.orders import queries, service
from marketplace.orders.models import Purchase
from marketplace.orders.rules import OrderState
from marketplace.orders.service.booking import ORDER_SALE
from tests.makers import SATURDAY, make_listing, make_member
from tests.orders.conftest import first, make_request
from tests.storefront.test_views import text_of

MAKERS, COMMISSION, SALES = "2-1300", "4-2300", "4-2200"
STEPS = (OrderState.IN_PREPARATION, OrderState.READY_FOR_PICKUP)


@pytest.fixture
def mixed(session, sanan, keripik):
    """Of Bu Lilik two consigned things, of Dewi one bought outright, one of no member."""
    sanan.share_basis_points = 1_250
    lilik = make_member(session, sanan, "Bu Lilik")
    dewi = make_member(session, sanan, "Dewi")
    goods = [
        (make_listing(session, sanan, "Keripik pedas", price=17_500, maker=lilik), 3),
        (make_listing(session, sanan, "Sambal", price=9_999, maker=lilik), 1),
        (
            make_listing(
                session, sanan, "Gula", price=8_000, maker=dewi, share_basis_points=10_000
            ),
            2,
        ),
        (keripik, 1),
    ]
    return first(session, service.place(session, make_request(*goods), at=SATURDAY).id)


def test_an_order_says_who_earns_it(mixed):
    found = queries.earners(mixed)

    assert found.makers == [("Bu Lilik", Rupiah(45_938 + 8_750))]
    assert found.cooperative == Rupiah(6_562 + 1_249 + 16_000 + 15_000)
    assert found.delivery == Rupiah(0)


def test_an_order_that_was_handed_over_is_booked_as_its_page_said(session, mixed):
    said = queries.earners(mixed)
    for step in STEPS:
        service.advance(session, mixed, step, actor_id=None, at=SATURDAY)

    service.hand_over(session, mixed, actor_id=None, at=SATURDAY)

    entries = books.entries_of_source(session, mixed.cooperative_id, ORDER_SALE, mixed.id)
    lines = books.lines_of(session, entries)[entries[0].id]
    booked = {line.account.code.partition("/")[0]: line.credit for line in lines if line.credit}
    assert booked[MAKERS] == said.makers[0][1]
    assert booked[COMMISSION] + booked[SALES] == said.cooperative


def test_the_buyer_reads_where_the_price_goes(client, session, mixed):
    purchase = session.get_one(Purchase, mixed.purchase_id)
    session.commit()

    words = text_of(client.get(f"/p/{purchase.number}/{purchase.key}"))

    assert "Pembagian harga Bu Lilik Rp 54.688 Koperasi Rp 38.811" in words
