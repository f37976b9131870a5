"""What is printed: slips one to a page, the list of shares, an order; and nothing to press."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.journeys.steps import log_in, phone, place_order, put_into_basket, sign_in, slug

TO_PRESS = ".top, .bnav, .bar, .side, .foot, .toast, .no-print, .skip"


def sheets(page: Page) -> int:
    """Print what is open; counts the sheets of paper."""
    paper = page.pdf(prefer_css_page_size=True)
    return len(re.findall(rb"/Type\s*/Page[^s]", paper))


def nothing_to_press(page: Page) -> None:
    page.emulate_media(media="print")
    expect(page.locator(TO_PRESS).filter(visible=True)).to_have_count(0)


def test_every_slip_has_a_page_of_its_own(browser: Browser, site: str):
    with phone(browser) as page:
        sign_in(page, site, log_in("A"))
        page.goto(f"{site}/k/{slug('A')}/kelola/pesanan/slip")
        slips = page.locator(".slip")

        nothing_to_press(page)

        assert slips.count() > 1
        for slip in slips.all():
            expect(slip).to_contain_text(re.compile(r"LUNAS|TAGIH"))
            expect(slip.locator(".code-xl")).to_be_visible()
        assert sheets(page) == slips.count()


def test_the_list_of_shares_fits_one_sheet(browser: Browser, site: str):
    with phone(browser) as page:
        sign_in(page, site, log_in("A"))
        page.goto(f"{site}/k/{slug('A')}/kelola/kulakan/1/daftar")

        nothing_to_press(page)

        expect(page.get_by_role("columnheader", name="Paraf")).to_be_visible()
        assert sheets(page) == 1


def test_an_order_is_printed_with_its_total(browser: Browser, site: str):
    with phone(browser) as page:
        put_into_basket(page, site, "kripik+tmpe", "Keripik tempe daun jeruk")
        page.locator("input[value=cod]").check()
        place_order(page, "Ratna")

        nothing_to_press(page)

        expect(page.locator("body")).to_contain_text("16.500")
        expect(page.locator("body")).to_contain_text("Keripik tempe daun jeruk")
