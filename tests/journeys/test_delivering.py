"""A guest has an order brought and pays at the door; the courier's cash comes to the treasurer."""

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

BUYER = "Bu Yuni"


def order_to_the_door(page: Page, site: str, *, script: bool) -> str:
    put_into_basket(page, site, "cilok", "Cilok kuah kacang")
    put_into_basket(page, site, "bakso", "Bakso Malang")
    page.goto(f"{site}/keranjang")
    page.locator("input[value=antar]").check()
    if not script:
        page.locator("summary", has_text="Alamat antar").click()
    area = page.get_by_label("Kecamatan atau kelurahan")
    expect(area).to_be_visible()
    area.select_option(label=_label(page, "Klojen"))
    if not script:
        page.get_by_role("button", name="Hitung ongkos antar").click()
    expect(page.locator("aside")).to_contain_text("Ongkos antar")
    page.get_by_label("Jalan, nomor, RT/RW").fill("Jl. Ijen 25")
    page.get_by_label("Patokan").fill("sebelah gereja")
    page.locator("input[value=cod]").check()
    return place_order(page, BUYER)


def _label(page: Page, part: str) -> str:
    options = page.locator("select[name^=wilayah] option").all_inner_texts()
    return next(text for text in options if part in text)


def open_order(page: Page, site: str) -> str:
    page.goto(f"{site}/k/{slug('A')}/kelola/pesanan/riwayat")
    page.locator(".rows a", has_text=BUYER).first.click()
    expect(page).to_have_url(re.compile(r"/pesanan/KM-"))
    return page.url


def deliver(browser: Browser, site: str, *, script: bool) -> None:
    with phone(browser, java_script_enabled=script) as page:
        tracking = order_to_the_door(page, site, script=script)

    with phone(browser, java_script_enabled=script) as page:
        sign_in(page, site, log_in("A"))
        for button in ("Terima pesanan", "Tandai siap"):
            open_order(page, site)
            seen_button(page, re.compile(f"^{button}")).first.click()
            expect(page).to_have_url(re.compile(r"/kelola/pesanan(\?|$)"))
        open_order(page, site)
        page.get_by_label("Atau nama kurir lain").fill("Mas Bagus")
        page.get_by_label("Nomor WhatsApp kurir").fill("0812 3450 0001")
        seen_button(page, "Kirim").click()
        expect(page.locator("#kirim")).to_contain_text("Mas Bagus")
        link = page.get_by_role("link", name="Halaman kurir").get_attribute("href")
        assert link is not None
        page.goto(f"{site}/k/{slug('A')}/kelola/pesanan?kolom=siap")

    with phone(browser, java_script_enabled=script) as page:
        page.goto(tracking)
        expect(page.locator("h1")).to_contain_text("Sedang diantar oleh Mas Bagus")
        page.goto(site + link[link.index("/k/") :])
        expect(page.locator("body")).to_contain_text("Jl. Ijen 25 (sebelah gereja)")
        seen_button(page, re.compile("^Sudah diterima, uang")).click()
        expect(page.locator("body")).to_contain_text("ke bendahara koperasi")
        page.goto(tracking)
        expect(page.locator("h1")).to_contain_text("Sudah sampai")

    with phone(browser, java_script_enabled=script) as page:
        sign_in(page, site, log_in("A", "treasurer"))
        page.goto(f"{site}/k/{slug('A')}/kelola/uang-antar")
        row = page.locator(".rows li", has_text="Mas Bagus").first
        row.get_by_role("button", name="Catat setoran").click()
        expect(page.locator("body")).to_contain_text("masuk kas")
        page.goto(f"{site}/k/{slug('A')}/kelola/buku")
        expect(page.locator("body")).to_contain_text("Pendapatan antar")
        page.goto(f"{site}/k/{slug('A')}/kelola/antar")


@pytest.mark.journey
@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_guest_pays_at_the_door_and_the_treasurer_gets_the_cash(
    browser: Browser, site: str, *, script: bool
) -> None:
    deliver(browser, site, script=script)
