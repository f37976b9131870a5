"""Every page in a real browser: nothing for axe to find, nothing too wide or too small.

The pages are found by following all links from where each visitor starts, one page of
each kind; what no link leads to is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.journeys.steps import (
    PHONE,
    log_in,
    phone,
    place_order,
    put_into_basket,
    seen_button,
    sign_in,
    slug,
)

NARROW = {"width": 320, "height": 700}
# Only what is wrong is worked out in full.
ALL = {"resultTypes": ["violations"]}
CONTRAST = {**ALL, "runOnly": ["color-contrast"]}
SCRIPT = Axe().axe_script
# No page: a file, a way out, or somebody else's site.
NO_PAGE = re.compile(
    r"\.(csv|xlsx|xml|jpg|webp|svg|json|txt|png|pdf|beancount)(?:\?|$)|/keluar|/bahasa/|/static/|/foto/"
)

# Links and fields smaller than a finger, except links within a sentence.
SMALL = """() => {
  const found = [];
  const inSentence = (link) => {
    if (getComputedStyle(link).display !== "inline") return false;
    const around = link.closest("p, li, dd, td, label, div") || link.parentElement;
    return around.textContent.replace(link.textContent, "").trim() !== "";
  };
  const box = (target) => {
    if (target.matches("input[type=checkbox], input[type=radio], input[type=file]")) {
      target = target.closest("label") || target;
    }
    for (const pseudo of ["::after", "::before"]) {
      const style = getComputedStyle(target, pseudo);
      if (style.content !== "none" && style.position === "absolute" && style.inset === "0px") {
        let parent = target;
        while (getComputedStyle(parent).position === "static") parent = parent.parentElement;
        return parent.getBoundingClientRect();
      }
    }
    return target.getBoundingClientRect();
  };
  const targets = "a[href], button, select, textarea, summary, input:not([type=hidden])";
  for (const target of document.querySelectorAll(targets)) {
    if (!target.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    if (target.closest(".vh, [aria-hidden=true]")) continue;
    const { width, height } = box(target);
    if (width <= 1 || height <= 1) continue;
    if (target.tagName === "A" && inSentence(target)) continue;
    if (width < 43.5 || height < 43.5) {
      found.push(`${target.outerHTML.slice(0, 90)} ${Math.round(width)}x${Math.round(height)}`);
    }
  }
  return found;
}"""


def kind_of(path: str) -> str:
    """Name the kind of page: ids, numbers and names of things are all alike."""
    path = re.sub(r"[0-9a-z]{26}[^/]*", "…", urlsplit(path).path)
    path = re.sub(r"/p/KM-[^/]+/[^/]+", "/p/…", path)
    path = re.sub(r"KM-[0-9A-Z-]+", "…", path)
    path = re.sub(r"^/kategori/.*", "/kategori/…", path)
    return re.sub(r"^/k/[^/]+", "/k/…", path)


def violations(page: Page, options: Mapping[str, object]) -> list[dict[str, Any]]:
    """Ask axe, which the page has loaded once; its own run() would load it each time."""
    found: dict[str, Any] = page.evaluate("options => axe.run(options)", options)
    return found["violations"]


def faults(page: Page) -> Iterator[str]:
    """Say what is wrong with the page that is open, in light and dark, narrow and wide."""
    page.evaluate(SCRIPT)
    for found in violations(page, ALL):
        yield f"{found['id']} {found['nodes'][0]['target']} {found['nodes'][0]['html'][:80]}"
    page.emulate_media(color_scheme="dark")
    for found in violations(page, CONTRAST):
        yield f"in the dark: {found['id']} {found['nodes'][0]['target']}"
    page.emulate_media(color_scheme="light")
    yield from (f"too small: {one}" for one in page.evaluate(SMALL))
    yield from _too_wide(page)


def _too_wide(page: Page) -> Iterator[str]:
    page.set_viewport_size(NARROW)
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        yield "scrolls sideways"
    page.set_viewport_size(PHONE)


def in_english(page: Page) -> Iterator[str]:
    page.context.add_cookies([{"name": "bahasa", "value": "en", "url": page.url}])
    page.reload()
    if page.locator("html").get_attribute("lang") != "en":
        yield "is not English"
    yield from (f"in English: {fault}" for fault in _too_wide(page))
    page.context.add_cookies([{"name": "bahasa", "value": "id", "url": page.url}])


def walk(page: Page, site: str, *starts: str, but: re.Pattern[str] | None = None) -> list[str]:
    """Follow all links, one page of each kind but some; gives what is wrong, and where."""
    wrong: list[str] = []
    waiting, known = [site + start for start in starts], {kind_of(start) for start in starts}
    while waiting:
        address = waiting.pop(0)
        page.goto(address)
        wrong += [f"{address.removeprefix(site)}: {fault}" for fault in faults(page)]
        for href in page.eval_on_selector_all("a[href]", "links => links.map(a => a.href)"):
            there = urljoin(address, href).partition("#")[0]
            if not there.startswith(site + "/") or NO_PAGE.search(urlsplit(there).path):
                continue
            if kind_of(there) not in known and not (but and but.match(kind_of(there))):
                known.add(kind_of(there))
                waiting.append(there)
        wrong += [f"{address.removeprefix(site)}: {fault}" for fault in in_english(page)]
    return wrong


STARTS = {
    "guest": ("/", "/komponen", "/tidak-ada", "/cari?q=zzzz", "/keranjang", "/api/v1/docs"),
    "seller": ("/akun", "{back}/"),
    "officer": ("{back}/",),
    "operator": ("/operator/koperasi", "/operator/koperasi/baru?wilayah=35.73.01"),
}
# Shops and goods look the same to all: it is the guest who opens them.
SHOWN_TO_ALL = "/$|/cari|/kategori/|/b/|/koperasi$|/rintis|/k/…$"
# Where officers work, a seller sees less of the same; what is a seller's own stays.
BUT = {
    "seller": re.compile(f"{SHOWN_TO_ALL}|/k/…/kelola/(?!barang|kulakan|setoran)"),
    "officer": re.compile(SHOWN_TO_ALL),
    "operator": re.compile(SHOWN_TO_ALL),
}
LOGINS = {"seller": ("A", "seller"), "officer": ("A", "manager"), "operator": ("", "operator")}


@pytest.mark.parametrize("who", STARTS)
def test_every_page_is_fit_for_everybody(browser: Browser, site: str, who: str):
    back = f"/k/{slug('A')}/kelola"
    with phone(browser, reduced_motion="reduce") as page:
        if who in LOGINS:
            sign_in(page, site, log_in(*LOGINS[who]))
        starts = [start.format(back=back) for start in STARTS[who]]
        wrong = walk(page, site, *starts, but=BUT.get(who))

    assert wrong == []


def test_a_checkout_is_fit_from_its_mistakes_to_its_code(browser: Browser, site: str):
    with phone(browser, reduced_motion="reduce") as page:
        put_into_basket(page, site, "kripik+tmpe", "Keripik tempe daun jeruk")
        page.locator("input[value=qris]").check()
        wrong = [f"basket: {fault}" for fault in faults(page)]
        seen_button(page, re.compile("^(Pesan|Buat)")).click()
        page.get_by_role("alert").first.wait_for()
        wrong += [f"mistakes: {fault}" for fault in faults(page)]
        place_order(page, "Dewi")
        wrong += [f"tracking: {fault}" for fault in [*faults(page), *in_english(page)]]
        page.goto(page.url)
        page.on("dialog", lambda dialog: dialog.accept())
        seen_button(page, re.compile("^Batal")).first.click()
        page.get_by_text("dibatalkan").first.wait_for()
        wrong += [f"cancelled: {fault}" for fault in faults(page)]

    assert wrong == []


def test_an_invitation_and_a_refused_form_are_fit(browser: Browser, site: str):
    back = f"{site}/k/{slug('A')}/kelola"
    with phone(browser, reduced_motion="reduce") as page:
        sign_in(page, site, log_in("A"))
        page.goto(f"{back}/barang/baru")
        seen_button(page, re.compile("tayangkan")).first.click()
        page.get_by_role("alert").first.wait_for()
        wrong = [f"editor: {fault}" for fault in [*faults(page)]]
        page.goto(f"{back}/pengurus")
        page.fill("[name=name]", "Bu Tamu")
        seen_button(page, re.compile("undangan", re.IGNORECASE)).first.click()
        link = page.locator("text=/undangan/").first
        link.wait_for()
        wrong += [f"posts: {fault}" for fault in faults(page)]
        found = re.search(r"https?://\S+/undangan/[\w-]+", page.content())
    assert found

    with phone(browser, reduced_motion="reduce") as page:
        page.goto(found[0])
        wrong += [f"invitation: {fault}" for fault in [*faults(page), *in_english(page)]]

    assert wrong == []
