"""Take the README's pictures from the running demo.

``make run`` in one terminal, ``python -m tools.pictures`` in another; writes ``docs/pictures``.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import BrowserContext, Page, sync_playwright

from marketplace.demo import ACCOUNTS, PASSWORD
from tools.system import browser

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
PHONE, LAPTOP = (390, 844), (1280, 900)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
MANAGER = next(a for a in ACCOUNTS if a.role == "manager" and a.letter == "A")
BACK = f"/k/{MANAGER.cooperative}/kelola"


def keep(page: Page, name: str) -> None:
    """Save what is seen as a small WebP."""
    page.wait_for_timeout(300)
    picture = Image.open(BytesIO(page.screenshot()))
    picture.save(FOLDER / f"{name}.webp", quality=80, method=6)


def sign_in(page: Page, base: str) -> None:
    """Sign in as the chair of the first cooperative."""
    page.goto(f"{base}/masuk")
    page.fill("[name=login]", MANAGER.phone)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_load_state()


def walk(context: BrowserContext, base: str, size: str) -> None:
    """Visit the pages that tell the story."""
    page = context.new_page()
    for _ in range(2):  # the typeface shows from the second page on
        page.goto(base)
        page.wait_for_load_state("networkidle")
    keep(page, f"home-{size}")
    page.goto(f"{base}/cari?q=kripik+tmpe")
    keep(page, f"search-{size}")
    page.goto(page.url.split("/cari")[0] + page.locator(".pg a").first.get_attribute("href"))
    keep(page, f"product-{size}")
    sign_in(page, base)
    page.goto(f"{base}{BACK}/pesanan")
    keep(page, f"board-{size}")
    page.goto(f"{base}{BACK}/kulakan/1")
    keep(page, f"restock-{size}")


def main() -> int:
    """Take all pictures, phone and laptop."""
    base = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser(), args=FLAGS)
        for size, (width, height) in (("phone", PHONE), ("laptop", LAPTOP)):
            context = chromium.new_context(viewport={"width": width, "height": height})
            walk(context, base, size)
            context.close()
        chromium.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
