"""A guest buys from two cooperatives, with and without script, on both databases."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.steps import (
    log_in,
    phone,
    place_order,
    put_into_basket,
    seen_button,
    sign_in,
    slug,
)


def order_from_two(page: Page, site: str, buyer: str) -> str:
    """Buy at two cooperatives, QRIS at one and cash at the other; gives the tracking address."""
    put_into_basket(page, site, "kripik+tmpe", "Keripik tempe daun jeruk")
    put_into_basket(page, site, "cilok", "Cilok kuah kacang")
    for letter, method in (("B", "qris"), ("A", "cod")):
        shop = page.locator(f"h2 a[href='/k/{slug(letter)}']")
        part = page.locator("#keranjang section", has=shop)
        part.locator(f"input[value={method}]").check()
    return place_order(page, buyer)


def open_order(page: Page, site: str, letter: str, buyer: str) -> None:
    page.goto(f"{site}/k/{slug(letter)}/kelola/pesanan/riwayat")
    page.locator(".rows a", has_text=buyer).first.click()
    expect(page).to_have_url(re.compile(r"/pesanan/KM-"))


def press(page: Page, name: str) -> None:
    """Press a button of an order and wait for the board it leads to."""
    seen_button(page, re.compile(f"^{name}")).first.click()
    expect(page).to_have_url(re.compile(r"/kelola/pesanan(\?|$)"))


def prepare(page: Page, site: str, letter: str, buyer: str) -> str:
    """Accept an order and say that it is ready; gives the code the buyer will say."""
    for button in ("Terima pesanan", "Tandai siap"):
        open_order(page, site, letter, buyer)
        press(page, button)
    open_order(page, site, letter, buyer)
    return page.locator("h1").inner_text()


def hand_over(page: Page, code: str) -> None:
    page.fill("[name=kode]", code)
    press(page, "Serahkan")
    expect(page.locator(".toast")).to_contain_text(f"{code} diserahkan")


def buy_and_fetch(browser: Browser, site: str, buyer: str, *, script: bool = True) -> None:
    with phone(browser, java_script_enabled=script) as page:
        tracking = order_from_two(page, site, buyer)
        page.goto(f"{tracking.partition('?')[0]}?pesanan=B")
        expect(page.locator(".qr svg")).to_be_visible()

    with phone(browser, java_script_enabled=script) as page:
        sign_in(page, site, log_in("B"))
        open_order(page, site, "B", buyer)
        page.fill("[name=received]", "16.500")
        press(page, "Catat uang masuk")
        code = prepare(page, site, "B", buyer)
        hand_over(page, code)
        page.locator(".toast").get_by_role("button", name="Urungkan").click()
        expect(page.locator("body")).to_contain_text(f"{code} dikembalikan")
        open_order(page, site, "B", buyer)
        hand_over(page, code)

    with phone(browser, java_script_enabled=script) as page:
        sign_in(page, site, log_in("A"))
        hand_over(page, prepare(page, site, "A", buyer))

    with phone(browser) as page:
        for part in "AB":
            page.goto(f"{tracking.partition('?')[0]}?pesanan={part}")
            expect(page.locator("h1")).to_contain_text("Sudah diambil")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_guest_buys_and_an_officer_hands_over(browser: Browser, site: str, *, script: bool):
    buy_and_fetch(browser, site, "Nadia" if script else "Sekar", script=script)


def test_the_same_happens_on_postgresql(browser: Browser, site_on_postgresql: str):
    buy_and_fetch(browser, site_on_postgresql, "Nadia")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_amounts_are_changed_in_the_basket(browser: Browser, site: str, *, script: bool):
    with phone(browser, java_script_enabled=script) as page:
        put_into_basket(page, site, "kripik+tmpe", "Keripik tempe daun jeruk")
        amount = page.locator("[name^=jumlah-]")

        page.get_by_role("button", name=re.compile("^Tambah")).click()
        expect(amount).to_have_value("2")
        amount.fill("3")
        amount.press("Enter")
        expect(page.locator(".bar")).to_contain_text("49.500")
        amount.fill("1.50")
        amount.press("Enter")
        expect(page.locator(".emsg").first).to_contain_text("bisa dibaca dua cara")
        expect(amount).to_have_value("1.50")
        page.get_by_role("button", name=re.compile("^Keluarkan")).click()
        expect(page.locator("body")).to_contain_text("Keranjang masih kosong")
