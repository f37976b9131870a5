"""A guest pays by transfer and sends a picture; an officer finds the money on a statement."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from marketplace.kernel.calendar import local_day
from tests.files.makers import make_photo
from tests.journeys.steps import (
    log_in,
    phone,
    place_order,
    put_into_basket,
    seen_button,
    sign_in,
    slug,
)

NO_SCRIPT = {"java_script_enabled": False}
DIGITS = re.compile(r"[^0-9]")


def buy(page: Page, site: str, buyer: str) -> tuple[str, int]:
    """Order to be paid by transfer and send a proof; gives its address and the exact amount."""
    put_into_basket(page, site, "cilok", "Cilok kuah kacang")
    page.get_by_text("Hari lain di").first.click()
    later = page.locator("details").filter(has_text="Hari lain di")
    later.locator("input[name^=ambil-]").last.check()  # the money may take a day
    page.locator("input[value=transfer]").check()
    address = place_order(page, buyer)
    expect(page.get_by_role("heading", name="Transfer ke rekening ini")).to_be_visible()
    amount = int(DIGITS.sub("", page.locator(".money").inner_text()))
    page.get_by_text("Sudah transfer? Kirim bukti").click()
    photo = {"name": "bukti.jpg", "mimeType": "image/jpeg", "buffer": make_photo(400, 800)}
    page.set_input_files("[name=foto]", photo)
    seen_button(page, "Kirim bukti").click()
    expect(page.get_by_text("Buktimu sedang diperiksa")).to_be_visible()
    return address, amount


def find_money(page: Page, site: str, amount: int, buyer: str) -> None:
    """Bring a statement in, say what its columns mean if that is asked, and match the line."""
    sign_in(page, site, log_in("A"))
    page.goto(f"{site}/k/{slug('A')}/kelola/rekening")
    page.get_by_text("Masukkan mutasi dari bank").click()
    day = local_day(datetime.now(UTC))
    text = f"Jumlah;Tgl;Uraian {buyer}\n{amount}.00 CR;{day:%d/%m/%Y};TRSF {buyer}\n"
    sheet = {"name": "mutasi.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.set_input_files("[name=file]", sheet)
    seen_button(page, "Masukkan").click()
    expect(page).to_have_url(re.compile("/impor/"))
    seen_button(page, "Masukkan mutasi").click()
    line = page.locator(".rows > li", has_text=f"TRSF {buyer}")
    expect(line).to_contain_text(buyer)
    line.get_by_role("button", name=re.compile("^Cocok")).click()
    expect(page.get_by_role("status").first).to_contain_text("dicatat dari mutasi")


@pytest.mark.parametrize(("buyer", "options"), [("Wulan", {}), ("Ningsih", NO_SCRIPT)])
def test_money_by_transfer_is_found_by_its_amount(browser: Browser, site: str, buyer, options):
    with phone(browser, **options) as page:
        address, amount = buy(page, site, buyer)
        with phone(browser, **options) as office:
            find_money(office, site, amount, buyer)

        page.goto(address)

        expect(page.get_by_role("heading", level=1)).to_have_text(
            "Pesanan masuk, menunggu disiapkan"
        )
