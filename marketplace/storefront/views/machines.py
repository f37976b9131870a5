"""What machines read: sitemaps, robots.txt, the manifest of the installed app."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

from flask import Response, abort, jsonify
from flask_babel import gettext

from marketplace.storefront.queries import sitemap
from marketplace.storefront.seo.things import absolute, site_name
from marketplace.storefront.views import storefront
from marketplace.web.components import static_url
from marketplace.web.guards import public
from marketplace.web.pages import kept
from marketplace.web.transactions import reader

HOUR = 3600
XML = "application/xml"
SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
ICONS = (("guyub-192.png", 192), ("guyub-512.png", 512), ("guyub-maskable-512.png", 512))
PRIVATE = (
    "/keranjang",
    "/bayar",
    "/p/",
    "/akun",
    "/masuk",
    "/daftar",
    "/keluar",
    "/k/*/kelola",
    "/dinas",
    "/operator",
    "/cari/saran",
    "/bahasa/",
)


def _xml(root: str, entry: str, places: Iterable[tuple[str, str | None]]) -> Response:
    """Write addresses as the sitemap protocol wants them."""
    lines = [
        f"<{entry}><loc>{escape(absolute(path))}</loc>"
        + (f"<lastmod>{changed}</lastmod>" if changed else "")
        + f"</{entry}>"
        for path, changed in places
    ]
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{SPACE}">'
    return _cached(Response(f"{head}{''.join(lines)}</{root}>", mimetype=XML))


def _cached(response: Response) -> Response:
    response.cache_control.public = True
    response.cache_control.max_age = HOUR
    return response


@storefront.get("/sitemap.xml")
@public
def sitemaps() -> Response:
    """List the sitemaps, one kind of page each."""
    parts = sitemap.parts(reader())
    return _xml("sitemapindex", "sitemap", ((f"/sitemap-{part}.xml", None) for part in parts))


@storefront.get("/sitemap-<kind>.xml")
@public
def sitemap_of(kind: str) -> Response:
    """List the pages of one kind that the public can buy from or read."""
    places = sitemap.places(reader(), kind)
    if places is None:
        abort(404)
    return _xml("urlset", "url", places)


@storefront.get("/robots.txt")
@public
def robots() -> Response:
    """Say what need not be crawled."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE), ""]
    text = "\n".join([*lines, f"Sitemap: {absolute('/sitemap.xml')}", ""])
    return _cached(Response(text, mimetype="text/plain"))


def _bitmap(name: str, side: int) -> dict[str, str]:
    return {
        "src": static_url(f"icons/{name}"),
        "sizes": f"{side}x{side}",
        "type": "image/png",
        "purpose": "maskable" if "maskable" in name else "any",
    }


@storefront.get("/manifest.webmanifest")
@kept
@public
def manifest() -> Response:
    """Describe the site as an app that can be put on the home screen."""
    answer = jsonify(
        id="/",
        name=site_name(),
        short_name=site_name(),
        description=gettext("Jajan, oleh-oleh, dan kebutuhan harian dari koperasi di Malang."),
        lang="id",
        start_url="/",
        scope="/",
        display="standalone",
        background_color="#ffffff",
        theme_color="#14225c",
        icons=[
            {"src": static_url("icons/guyub.svg"), "sizes": "any", "type": "image/svg+xml"},
            *(_bitmap(name, side) for name, side in ICONS),
        ],
        shortcuts=[
            {"name": gettext("Cari barang"), "url": "/cari"},
            {"name": gettext("Pesanan"), "url": "/akun/pesanan"},
            {"name": gettext("Keranjang"), "url": "/keranjang"},
        ],
    )
    answer.mimetype = "application/manifest+json"
    return answer
