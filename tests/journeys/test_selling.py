"""A seller writes a listing with a photo, shows it to buyers, and a guest finds and buys it."""

from __future__ import annotations

import re
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.files.makers import make_photo
from tests.journeys.steps import log_in, phone, put_into_basket, seen_button, sign_in, slug

PATIENCE = 20.0  # the other tests share the cores
TITLE = "Sambal kecombrang pedas 150 g"


def write(page: Page, desk: str, photo: Path) -> None:
    """Fill in the editor; a price that can be read in two ways is asked about first."""
    page.goto(f"{desk}/baru")
    page.fill("[name=title]", TITLE)
    page.set_input_files("[name=photos]", photo)
    page.fill("[name=variants-0-price]", "18.50")
    page.fill("[name=variants-0-quantity]", "12")
    seen_button(page, re.compile("tayangkan")).first.click()
    expect(page.locator("body")).to_contain_text("bisa dibaca dua cara")
    page.fill("[name=variants-0-price]", "18.500")
    page.locator("[name=category]").first.check()
    seen_button(page, re.compile("tayangkan")).first.click()
    expect(page.locator("body")).to_contain_text(f"{TITLE} disimpan dan tayang")


def find(page: Page, address: str) -> None:
    """Search until the listing is there: the worker brings it into the index after a moment."""
    until = time.monotonic() + PATIENCE
    page.goto(address)
    while not page.locator(".pg a", has_text=TITLE).count() and time.monotonic() < until:
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator(".pg a", has_text=TITLE)).to_be_visible()


def test_what_a_seller_writes_is_found_and_bought(browser: Browser, site: str, tmp_path: Path):
    photo = tmp_path / "sambal.jpg"
    photo.write_bytes(make_photo(1600, 1200))
    with phone(browser) as page:
        sign_in(page, site, log_in("A", "seller"))
        write(page, f"{site}/k/{slug('A')}/kelola/barang", photo)

    with phone(browser) as page:
        find(page, f"{site}/cari?q=kecombrang")
        expect(page.locator(".pg img").first).to_be_visible()
        put_into_basket(page, site, "sambal+kecombrang", TITLE)
        expect(page.locator(".bar")).to_contain_text("18.500")
