"""Whole walks through the site, as people take them, in a real browser."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from marketplace.demo import ACCOUNTS, PASSWORD
from tests.journeys.conftest import flask

pytestmark = [
    pytest.mark.journey,
    pytest.mark.slow,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.timeout(900),
]
expect.set_options(timeout=20_000)  # the other tests share the cores
PHONE = {"width": 390, "height": 844}


def log_in(letter: str, role: str = "manager") -> str:
    return next(a.phone for a in ACCOUNTS if (a.role, a.letter) == (role, letter))


def slug(letter: str) -> str:
    found = next(a.cooperative for a in ACCOUNTS if a.letter == letter)
    assert found
    return found


def open_page(browser: Browser, **options: object) -> tuple[BrowserContext, Page, list[str]]:
    """A page on a phone, and the list of what its console complains of."""
    context = browser.new_context(viewport=PHONE, **options)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    return context, page, wrong


def sign_in(page: Page, site: str, login: str) -> None:
    page.goto(f"{site}/masuk")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    expect(page).not_to_have_url(re.compile("/masuk"))


def put_into_basket(page: Page, site: str, words: str, title: str) -> None:
    page.goto(f"{site}/cari?q={words}")
    page.locator(".pg a", has_text=title).first.click()
    page.get_by_role("button", name=re.compile("eranjang")).locator("visible=true").first.click()
    expect(page).to_have_url(re.compile("/keranjang"))


def order_from_two(page: Page, site: str) -> str:
    """Buy at two cooperatives, QRIS at one and cash at the other; gives the tracking address."""
    put_into_basket(page, site, "kripik+tmpe", "Keripik tempe daun jeruk")
    put_into_basket(page, site, "gantungan+topeng", "Gantungan kunci")
    parts = page.locator("#keranjang section[aria-labelledby^=kop-]")
    parts.nth(0).locator("input[value=qris]").check()
    parts.nth(1).locator("input[value=cod]").check()
    page.fill("[name=name]", "Nadia")
    page.fill("[name=phone]", "0812 3344 5566")
    page.locator("button[type=submit]:has-text('esan')").locator("visible=true").last.click()
    expect(page).to_have_url(re.compile("/p/KM-"))
    return page.url


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_guest_buys_and_an_officer_hands_over(browser: Browser, site: str, *, script: bool):
    context, page, wrong = open_page(browser, java_script_enabled=script)
    tracking = order_from_two(page, site)
    expect(page.locator(".qr svg")).to_be_visible()
    number = re.search(r"/p/(KM-\d+-\d+)/", tracking)[1]
    context.close()

    context, page, wrong_desk = open_page(browser, java_script_enabled=script)
    sign_in(page, site, log_in("B"))
    board = f"{site}/k/{slug('B')}/kelola/pesanan"
    page.goto(f"{board}/{number}-A")
    page.fill("[name=received]", "16.500")
    page.get_by_role("button", name="Catat uang masuk").click()
    for button in ("Terima pesanan", "Tandai siap"):
        page.goto(f"{board}/{number}-A")
        page.get_by_role("button", name=button).click()
    page.goto(f"{board}/{number}-A")
    code = page.locator("h1").inner_text()
    page.fill("[name=kode]", code)
    page.get_by_role("button", name="Serahkan").click()
    expect(page.locator(".toast")).to_contain_text(f"{code} diserahkan")
    page.locator(".toast").get_by_role("button", name="Urungkan").click()
    page.goto(f"{board}/{number}-A")
    page.get_by_role("button", name="Serahkan").click()
    context.close()

    context, page, _ = open_page(browser)
    page.goto(tracking + "?pesanan=A")
    expect(page.locator("h1")).to_contain_text("Sudah diambil")
    context.close()
    assert wrong + wrong_desk == []


def test_three_requests_become_one_round_that_comes_short(browser: Browser, site: str):
    context, page, wrong = open_page(browser)
    sign_in(page, site, log_in("A"))
    desk = f"{site}/k/{slug('A')}/kelola/kulakan"
    page.goto(f"{desk}/barang")
    page.fill("[name=name]", "Minyak curah 18 L")
    page.fill("[name=unit]", "jeriken")
    page.get_by_role("button", name="Tambah barang").click()
    for place, want in ((1, "4"), (2, "3"), (3, "5")):
        page.goto(f"{desk}/minta")
        page.locator("[name=item]").select_option(label="Minyak curah 18 L (jeriken)")
        page.fill("[name=want]", want)
        page.locator("[name=member]").select_option(index=place)
        page.get_by_role("button", name="Catat permintaan").click()
    page.goto(f"{desk}/buka")
    page.locator("[name=item]").select_option(label="Minyak curah 18 L (jeriken)")
    for name, value in (
        ("supplier", "Grosir Gadang"), ("pack_name", "karton"), ("pack_size", "4"),
        ("pack_price", "400.000"), ("pickup_place", "Velodrome"),
    ):  # fmt: skip
        page.fill(f"[name={name}]", value)
    page.get_by_role("button", name="Buka putaran").click()
    expect(page.locator("h1")).to_contain_text("Minyak curah")
    page.get_by_role("button", name="Kunci putaran").click()
    page.get_by_role("button", name="Sudah dipesan").click()
    page.fill("[name=quantity]", "10")
    page.fill("[name=cost]", "1.000.001")
    page.fill("[name=reason]", "Kurang 2 jeriken")
    page.get_by_role("button", name="Catat dan bagi").click()
    for _ in range(3):
        page.get_by_role("button", name=re.compile("^Serahkan ke")).first.click()
        expect(page.locator(".toast")).to_be_visible()
    expect(page.locator("body")).to_contain_text("Putaran ini sudah selesai")
    context.close()
    assert wrong == []


def pages(site: str) -> list[tuple[str, str]]:
    """Every kind of page, as (who, address)."""
    back = f"{site}/k/{slug('A')}/kelola"
    public = ["/", "/cari?q=keripik", "/koperasi", f"/k/{slug('A')}", "/kategori/makanan-minuman",
              "/keranjang", "/masuk", "/daftar", "/rintis", "/tidak-ada"]  # fmt: skip
    office = ["/", "/pesanan", "/barang", "/barang/baru", "/kulakan", "/kulakan/1", "/kulakan/buka",
              "/anggota", "/pembayaran", "/pengaturan", "/profil", "/jam"]  # fmt: skip
    return [("guest", site + path) for path in public] + [
        ("officer", back + path) for path in office
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(browser: Browser, site: str, scheme: str):
    context, page, _ = open_page(browser, color_scheme=scheme)
    problems: list[str] = []
    signed_in = False
    for who, address in pages(site):
        if who == "officer" and not signed_in:
            sign_in(page, site, log_in("A"))
            signed_in = True
        page.goto(address)
        found = Axe().run(page).response["violations"]
        problems += [f"{address}: {v['id']} {v['nodes'][0]['target']}" for v in found]
        page.set_viewport_size({"width": 320, "height": 700})
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            problems.append(f"{address}: scrolls sideways at 320 px")
        page.set_viewport_size(PHONE)
    context.close()

    assert problems == []


def test_the_audit_is_clean_after_all_of_it(site: str, environment: dict[str, str]):
    flask(environment, "jobs", "drain")

    flask(environment, "audit")
