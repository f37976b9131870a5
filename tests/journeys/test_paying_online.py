"""A guest pays on the page of a gateway and comes back; or breaks off and comes back later."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.gateways.stub import Stub
from tests.journeys.steps import phone, place_order, put_into_basket, seen_button

NO_SCRIPT = {"java_script_enabled": False}
TRIES = 5


@pytest.fixture
def telling(gateway: Stub, site: str) -> Iterator[Stub]:
    """The gateway sends its news to the site."""
    gateway.site = site
    yield gateway
    gateway.site = ""


def order_online(page: Page, site: str, buyer: str) -> str:
    """Order to be paid online, and have the gateway's page made; gives the tracking address."""
    put_into_basket(page, site, "cilok", "Cilok kuah kacang")
    page.locator("input[value=gateway]").check()
    address = place_order(page, buyer)
    pay, go_on = seen_button(page, "Bayar online"), way_to_gateway(page)
    expect(pay.or_(go_on)).to_be_visible()
    for _ in range(TRIES):  # the worker may be faster than the buyer, or so slow as to say so
        if not pay.count():
            break
        with page.expect_navigation():
            pay.click()
    expect(go_on).to_be_visible()
    return address


def way_to_gateway(page: Page) -> Locator:
    return page.get_by_role("link", name=re.compile("^Lanjut bayar"))


def go_to_pay(page: Page, gateway: Stub) -> None:
    way_to_gateway(page).click()
    expect(page).to_have_url(re.compile(re.escape(gateway.url)))
    expect(page.get_by_role("heading", level=1)).to_have_text("Bayar Rp 10000")


def expect_paid(page: Page, address: str) -> None:
    expect(page).to_have_url(re.compile(re.escape(address.partition("?")[0])))
    expect(page.get_by_role("heading", level=1)).to_have_text("Pesanan masuk, menunggu disiapkan")


@pytest.mark.parametrize(("buyer", "options"), [("Laras", {}), ("Kinanti", NO_SCRIPT)])
def test_who_pays_online_comes_back_to_an_order_that_is_paid(
    browser: Browser, site: str, telling: Stub, buyer, options
):
    with phone(browser, **options) as page:
        address = order_online(page, site, buyer)
        go_to_pay(page, telling)

        page.get_by_role("button", name="Bayar sekarang").click()

        expect_paid(page, address)


def test_who_breaks_off_may_come_back_later_and_is_believed_by_asking(
    browser: Browser, site: str, gateway: Stub
):
    with phone(browser) as page:
        address = order_online(page, site, "Ratih")
        go_to_pay(page, gateway)
        page.get_by_role("link", name="Kembali ke toko").click()
        seen_button(page, "Sudah bayar? Periksa").click()
        expect(page.locator("body")).to_contain_text("Uangnya belum terlihat")
    with phone(browser) as page:
        page.goto(address)
        go_to_pay(page, gateway)
        page.get_by_role("button", name="Bayar sekarang").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Bayar")

        seen_button(page, "Sudah bayar? Periksa").click()

        expect_paid(page, address)
