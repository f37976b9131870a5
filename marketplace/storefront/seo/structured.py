"""Structured data as schema.org names it. Pure: facts in, plain values out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup

Data = dict[str, Any]
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
_ESCAPES |= {0x2028: "\\u2028", 0x2029: "\\u2029"}


def script(*things: Data) -> Markup:
    """Write things into a page so that no text in them can end the script."""
    graph: Data = {"@context": "https://schema.org"}
    graph |= things[0] if len(things) == 1 else {"@graph": list(things)}
    text = json.dumps(graph, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
    return Markup('<script type="application/ld+json">{}</script>').format(Markup(text))  # noqa: S704 - escaped above


def breadcrumbs(parts: Sequence[tuple[str, str]]) -> Data:
    """Tell the way to a page: names and whole addresses, the page itself last."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": url}
            for position, (name, url) in enumerate(parts, 1)
        ],
    }


def item_list(urls: Iterable[str], first: int = 1) -> Data:
    """Tell what a list shows: whole addresses, whose pages tell the rest."""
    return {
        "@type": "ItemList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "url": url}
            for position, url in enumerate(urls, first)
        ],
    }


def hours(weekly: dict[str, Any]) -> list[Data]:
    """Tell the opening hours of a week; midnight at the end is 23:59."""
    return [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": f"https://schema.org/{DAYS[int(day)]}",
            "opens": _clock(span[0]),
            "closes": _clock(min(span[1], 1439)),
        }
        for day, span in sorted(weekly.items())
        if span and day.isdigit() and int(day) < len(DAYS)
    ]


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def offer(
    price: int, url: str, availability: str, seller: str, *, sku: str, name: str = ""
) -> Data:
    """Tell at what price something is sold, and whether it can be had."""
    return {
        "@type": "Offer",
        "price": price,
        "priceCurrency": "IDR",
        "availability": f"https://schema.org/{availability}",
        "itemCondition": "https://schema.org/NewCondition",
        "url": url,
        "sku": sku,
        "seller": {"@type": "Organization", "name": seller},
        **({"name": name} if name else {}),
    }


def offers(single: Sequence[Data]) -> Data:
    """Join the offers of several sizes; one stays as it is."""
    if len(single) == 1:
        return single[0]
    prices = [part["price"] for part in single]
    return {
        "@type": "AggregateOffer",
        "lowPrice": min(prices),
        "highPrice": max(prices),
        "priceCurrency": "IDR",
        "offerCount": len(single),
        "availability": best_availability(part["availability"] for part in single),
        "offers": list(single),
    }


def best_availability(found: Iterable[str]) -> str:
    """Say the best of several: in stock before pre-order before sold out."""
    order = ("InStock", "LimitedAvailability", "PreOrder", "OutOfStock")
    return min(found, key=lambda value: order.index(value.rpartition("/")[2]))
