"""The operator invites a chair, who registers and takes over the cooperative."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.journeys.steps import log_in, phone, seen_button, sign_in, slug

PASSWORD = "wajan-besar-lowokwaru-91"


def invite(page: Page, site: str) -> str:
    """Ask for a chair's invitation to cooperative A; gives its link."""
    page.goto(f"{site}/operator/koperasi?q={slug('A').split('-')[0]}")
    page.get_by_role("button", name=re.compile("^Undang ketua")).first.click()
    link = page.locator("code").inner_text()
    assert "/undangan/" in link
    return link


def register(page: Page, link: str) -> None:
    """Follow the link, make an account and sign in; leads back to the invitation."""
    page.goto(link)
    page.get_by_role("link", name="Daftar").first.click()
    page.fill("[name=name]", "Bu Wulan")
    page.fill("[name=login]", "0813 5566 7788")
    page.fill("[name=password]", PASSWORD)
    seen_button(page, "Buat akun").click()
    expect(page).to_have_url(re.compile("/masuk"))
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    expect(page).to_have_url(link)


def test_an_invited_chair_registers_and_takes_the_post(browser: Browser, site: str):
    with phone(browser) as page:
        sign_in(page, site, log_in("", "operator"))
        link = invite(page, site)

    with phone(browser) as page:
        register(page, link)
        seen_button(page, "Terima undangan").click()
        expect(page).to_have_url(re.compile(f"/k/{slug('A')}/kelola"))
        expect(page.locator("body")).to_contain_text("Selamat datang")
