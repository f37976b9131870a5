"""Goods the cooperative owns. Sources: JRN-06, JRN-07, JRN-14, STOCK-AVG-01."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.kernel.access import Role
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries as books
from marketplace.ledger.rules import Purpose, Unit
from marketplace.listings import service
from marketplace.listings.rules import BadListing, Editor
from marketplace.listings.rules.pricing import MEMBER_MARGIN, PUBLIC_MARGIN, price_from_cost
from marketplace.stock.models import StockItem
from tests.makers import SATURDAY, make_cooperative, make_listing, make_member, make_officer


@pytest.fixture
def sanan(session):
    return make_cooperative(session, "Sanan Tempe Muda")


@pytest.fixture
def oil(session, sanan):
    return make_listing(session, sanan, "Minyak goreng 1 L", price=18_000, stock_count=0)


@pytest.fixture
def editor(session, sanan):
    return Editor(make_officer(session, sanan).id, all_goods=True)


@pytest.fixture
def buy(session, sanan, oil, editor):
    def go(quantity=20, cost=298_000, *, key="1", paid_from=Purpose.CASH, **facts):
        return service.buy_stock(
            session, sanan.id, oil.id, quantity, Rupiah(cost), key=key, paid_from=paid_from,
            editor=editor, at=SATURDAY, **facts,
        )  # fmt: skip

    return go


def standing(session, sanan) -> dict[str, int]:
    book = books.book_of(session, sanan.id, Unit.SHOP)
    return {b.code: b.balance.amount for b in books.trial_balance(session, book) if b.balance}


def shelf(session, oil) -> tuple[int, int]:
    session.expire_all()
    item = session.scalars(select(StockItem).where(StockItem.id == oil.id)).one()
    return item.on_hand, item.value.amount


def test_goods_bought_for_cash_are_stock_once(session, sanan, oil, buy):
    buy()
    buy()

    assert shelf(session, oil) == (20, 298_000)
    assert standing(session, sanan) == {"1-1100": -298_000, "1-1500": 298_000}


def test_goods_bought_from_a_member_are_owed_to_that_member(session, sanan, buy):
    lilik = make_member(session, sanan, "Bu Lilik")

    buy(10, 350_000, paid_from=None, seller_id=lilik.id)

    book = books.book_of(session, sanan.id, Unit.SHOP)
    owed = books.balance_of(session, book, Purpose.PURCHASE_PAYABLE, member_id=lilik.id)
    assert standing(session, sanan) == {"1-1500": 350_000, "2-1310": 350_000}
    assert owed == Rupiah(350_000)


def test_goods_bought_on_account_are_owed_to_the_supplier(session, sanan, buy):
    buy(10, 350_000, paid_from=None)

    assert standing(session, sanan) == {"1-1500": 350_000, "2-1400": 350_000}


def test_goods_that_are_missing_at_a_count_are_written_off_at_their_average(
    session, sanan, oil, buy, editor
):
    buy(3, 100)

    service.set_stock(session, sanan.id, oil.id, 2, editor=editor, at=SATURDAY)
    assert shelf(session, oil) == (2, 67)
    assert standing(session, sanan)["5-2300"] == 33

    service.set_stock(session, sanan.id, oil.id, 5, editor=editor, at=SATURDAY)
    service.set_stock(session, sanan.id, oil.id, 0, editor=editor, at=SATURDAY)
    assert shelf(session, oil) == (0, 0)
    assert standing(session, sanan) == {"1-1100": -100, "5-2300": 100}


@pytest.mark.parametrize(("quantity", "cost"), [(0, 5), (1_000_001, 5), (5, 0), (5, 10**13)])
def test_nothing_impossible_is_bought(buy, quantity, cost):
    with pytest.raises(BadListing):
        buy(quantity, cost)


def test_goods_made_each_day_are_not_bought_into_stock(session, sanan, editor):
    cilok = make_listing(session, sanan, "Cilok", daily_limit=50)

    with pytest.raises(service.NotCounted):
        service.buy_stock(
            session, sanan.id, cilok.id, 5, Rupiah(5), key="1", paid_from=Purpose.CASH,
            editor=editor, at=SATURDAY,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("cost", "member", "public"),
    [(14_250, 15_000, 16_000), (7_999, 8_400, 9_000), (63_400, 66_600, 71_100)],
)
def test_a_fair_price_is_the_cost_with_a_margin_rounded_up(cost, member, public):
    assert price_from_cost(Rupiah(cost), MEMBER_MARGIN) == Rupiah(member)
    assert price_from_cost(Rupiah(cost), PUBLIC_MARGIN) == Rupiah(public)


@pytest.fixture
def treasurer(session, sanan, sign_in):
    return sign_in(make_officer(session, sanan, Role.TREASURER, "Bu Wati"))


def test_a_treasurer_buys_stock_through_the_page(session, sanan, oil, treasurer):
    address = f"/k/{sanan.slug}/kelola/barang/{to_text(oil.listing_id)}/beli"
    form = {
        "key": "b", "variant": to_text(oil.id), "quantity": "20", "cost": "285.000",
        "paid_from": "cash", "seller": "",
    }  # fmt: skip

    asked = treasurer.get(address)
    wrong = treasurer.post(address, data={**form, "cost": "0"})
    told = treasurer.post(address, data=form, follow_redirects=True).text
    treasurer.post(address, data=form)

    assert "Beli stok" in asked.text
    assert wrong.status_code == 422
    assert "Modalnya Rp\xa014.250, harga jual yang wajar Rp\xa016.000" in told
    assert shelf(session, oil) == (20, 285_000)


def test_goods_bought_from_a_member_through_the_page_are_owed_to_them(
    session, sanan, oil, treasurer
):
    lilik = make_member(session, sanan, "Bu Lilik")
    address = f"/k/{sanan.slug}/kelola/barang/{to_text(oil.listing_id)}/beli"

    treasurer.post(
        address,
        data={
            "key": "b", "variant": to_text(oil.id), "quantity": "2", "cost": "30.000",
            "paid_from": "", "seller": to_text(lilik.id),
        },
    )  # fmt: skip

    assert standing(session, sanan) == {"1-1500": 30_000, "2-1310": 30_000}
