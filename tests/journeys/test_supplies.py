"""Three members ask for cooking oil; one round buys it, arrives two short and is shared out."""

from __future__ import annotations

import re
from urllib.parse import unquote

from playwright.sync_api import Browser, Page, expect

from tests.journeys.steps import log_in, phone, sign_in, slug

GOOD = "Minyak curah 18 L"


def ask_for_three(page: Page, desk: str) -> None:
    page.goto(f"{desk}/barang")
    page.fill("[name=name]", GOOD)
    page.fill("[name=unit]", "jeriken")
    page.get_by_role("button", name="Tambah barang").click()
    expect(page.locator("body")).to_contain_text(f"{GOOD} masuk daftar")
    for place, want in ((1, "4"), (2, "3"), (3, "5")):
        page.goto(f"{desk}/minta")
        page.locator("[name=item]").select_option(label=f"{GOOD} (jeriken)")
        page.fill("[name=want]", want)
        page.locator("[name=member]").select_option(index=place)
        page.get_by_role("button", name="Catat permintaan").click()
        expect(page.locator("body")).to_contain_text("Dicatat.")


def open_round(page: Page, desk: str) -> None:
    page.goto(f"{desk}/buka")
    page.locator("[name=item]").select_option(label=f"{GOOD} (jeriken)")
    for name, value in (
        ("supplier", "Grosir Gadang"), ("pack_name", "karton"), ("pack_size", "4"),
        ("pack_price", "400.000"), ("pickup_place", "Velodrome"),
    ):  # fmt: skip
        page.fill(f"[name={name}]", value)
    page.get_by_role("button", name="Buka putaran").click()
    expect(page.locator("h1")).to_contain_text(GOOD)
    expect(page.locator("body")).to_contain_text("3 anggota ikut")


def order_and_let_the_supplier_answer(browser: Browser, page: Page, site: str) -> None:
    """Who locked may not approve; the treasurer does, and the supplier needs no account."""
    good = page.url
    page.get_by_role("link", name="Buka pesanan ke pemasok").click()
    expect(page.locator("body")).to_contain_text("Pengurus lain yang menyetujui")
    with phone(browser) as treasurer:
        sign_in(treasurer, site, log_in("A", "treasurer"))
        treasurer.goto(page.url)
        treasurer.get_by_role("button", name="Setujui pesanan").click()
        expect(treasurer.locator("body")).to_contain_text("Pesanan disetujui")
    page.reload()
    page.get_by_role("button", name="Kirim lewat WhatsApp").click()
    message = unquote(page.get_by_role("link", name="Buka WhatsApp").get_attribute("href") or "")
    link = re.search(r"/k/\S+/pemasok/\S+", message)
    assert link
    with phone(browser) as supplier:
        supplier.goto(f"{site}{link[0]}")
        supplier.fill("[name=note]", "Siap jam 8")
        supplier.get_by_role("button", name="Kirim jawaban").click()
        expect(supplier.locator("body")).to_contain_text("Jawabanmu sampai ke koperasi")
    page.reload()
    expect(page.locator("body")).to_contain_text("Siap jam 8")
    page.goto(good)


def receive_two_short(page: Page) -> None:
    page.fill("[name=quantity]", "10")
    page.fill("[name=cost]", "999.999")
    page.get_by_text("Potongan, alasan, dan foto nota").click()
    page.fill("[name=reason]", "Kurang 2 jeriken")
    page.get_by_role("button", name="Catat dan bagi").click()
    expect(page.locator("body")).to_contain_text("Barang dibagi.")


def test_three_requests_become_one_round_that_comes_short(browser: Browser, site: str):
    with phone(browser) as page:
        sign_in(page, site, log_in("A"))
        desk = f"{site}/k/{slug('A')}/kelola/kulakan"
        ask_for_three(page, desk)
        open_round(page, desk)
        page.get_by_role("button", name="Kunci putaran").click()
        expect(page.locator("body")).to_contain_text("Beli dari Grosir Gadang: 3 karton")
        order_and_let_the_supplier_answer(browser, page, site)
        receive_two_short(page)

        for left in (2, 1, 0):
            page.get_by_role("button", name=re.compile("^Serahkan ke")).first.click()
            expect(page.locator(".toast")).to_contain_text("Diserahkan dan dibayar")
            expect(page.get_by_role("button", name=re.compile("^Serahkan ke"))).to_have_count(left)
        expect(page.locator("body")).to_contain_text("Putaran ini sudah selesai")
        page.goto(f"{page.url.rpartition('/')[0]}/daftar")
        shares = page.locator("td.num:nth-child(3)").all_inner_texts()
        assert sum(int(share.split()[0]) for share in shares) == 10
