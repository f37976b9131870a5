"""A member pays too much, leaves it with the cooperative as titipan, and spends it."""

from __future__ import annotations

import os
import re
from pathlib import Path

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

WIDE = {"width": 1280, "height": 900}
PICTURES = os.environ.get("JOURNEY_PICTURES")  # a folder, to look at what was seen


def look(page: Page, name: str) -> None:
    """Keep a picture on a phone and on a laptop, and see that nothing runs out of the page."""
    narrow = page.viewport_size
    assert narrow is not None
    for size in (narrow, WIDE):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{name}-{size['width']}.png", full_page=True)
    page.set_viewport_size(narrow)


def buy(page: Page, site: str, way: str) -> str:
    put_into_basket(page, site, "cilok", "Cilok kuah kacang")
    page.locator(f"input[value={way}]").check()
    return place_order(page, "Bu Lilik")


def pay_too_much(page: Page, site: str, number: str) -> None:
    sign_in(page, site, log_in("A"))
    page.goto(f"{site}/k/{slug('A')}/kelola/pesanan/{number}-A")
    page.fill("[name=received]", "60.000")
    seen_button(page, "Catat uang masuk").click()
    expect(page.get_by_text("Lunas QRIS").first).to_be_visible()


def test_a_member_leaves_what_was_too_much_and_spends_it(browser: Browser, site: str) -> None:
    with phone(browser) as page:
        sign_in(page, site, log_in("A", "member"))
        address = buy(page, site, "qris")
        with phone(browser) as office:
            pay_too_much(office, site, address.rstrip("/").split("/")[-2])

        page.goto(address)
        look(page, "lacak")
        seen_button(page, re.compile("^Jadikan titipan")).click()
        expect(page.get_by_text("Uangnya sudah menjadi titipanmu.")).to_be_visible()
        page.goto(f"{site}/akun")
        look(page, "akun")
        page.get_by_role("link", name=re.compile("Titipanku")).click()
        look(page, "titipanku")
        page.locator(".rows a").first.click()
        expect(page.get_by_text("Uang kembali").first).to_be_visible()
        look(page, "titipan")
        put_into_basket(page, site, "cilok", "Cilok kuah kacang")
        look(page, "keranjang")
        page.goto(f"{site}/keranjang")
        page.locator("input[value=balance]").check()
        spent = place_order(page, "Bu Lilik")

        expect(page.get_by_role("heading", level=1)).to_have_text(
            "Pesanan masuk, menunggu disiapkan"
        )
        with phone(browser) as office:
            sign_in(office, site, log_in("A"))
            office.goto(f"{site}/k/{slug('A')}/kelola/titipan")
            look(office, "kelola")
            office.locator(".rows a").first.click()
            look(office, "kelola-anggota")
        page.goto(spent)
        seen_button(page, "Batalkan pesanan").click()
        expect(page.get_by_text("Uangnya sudah kembali ke titipanmu.")).to_be_visible()
