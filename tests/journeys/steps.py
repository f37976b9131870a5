"""What people do on the site, step by step."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, Page, expect

from marketplace.demo import ACCOUNTS, PASSWORD

PHONE = {"width": 390, "height": 844}
# What a page cannot help: answers that are errors on purpose.
EXPECTED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


def log_in(letter: str, role: str = "manager") -> str:
    return next(a.phone for a in ACCOUNTS if (a.role, a.letter) == (role, letter))


def slug(letter: str) -> str:
    found = next(a.cooperative for a in ACCOUNTS if a.letter == letter)
    assert found
    return found


@contextmanager
def phone(browser: Browser, **options: object) -> Iterator[Page]:
    """Open a page on a phone; what its console complains of fails the test."""
    context = browser.new_context(viewport=PHONE, **options)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    try:
        yield page
    finally:
        context.close()
    assert [said for said in wrong if not EXPECTED.match(said)] == []


def sign_in(page: Page, site: str, login: str) -> None:
    page.goto(f"{site}/masuk")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    expect(page).not_to_have_url(re.compile("/masuk"))


def seen_button(page: Page, name: str | re.Pattern[str]) -> Locator:
    """Find a button that a person can see and press."""
    return page.get_by_role("button", name=name).filter(visible=True)


def put_into_basket(page: Page, site: str, words: str, title: str) -> None:
    page.goto(f"{site}/cari?q={words}")
    page.locator(".pg a", has_text=title).first.click()
    expect(page).to_have_url(re.compile("/b/"))
    page.wait_for_load_state()  # before its styles are there, a page shows all its buttons
    seen_button(page, re.compile("eranjang")).click()
    expect(page).to_have_url(re.compile("/keranjang"))


def place_order(page: Page, name: str = "Nadia", mobile: str = "0812 3344 5566") -> str:
    """Say who fetches and place the order; gives the tracking address."""
    page.fill("[name=name]", name)
    page.fill("[name=phone]", mobile)
    seen_button(page, re.compile("^(Pesan|Buat)")).click()
    expect(page).to_have_url(re.compile("/p/KM-"))
    return page.url
