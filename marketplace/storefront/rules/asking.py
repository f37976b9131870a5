"""Between a search and the address that asks for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from enum import Enum
from typing import Any
from urllib.parse import quote, urlencode

from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.numbers import parse_rupiah
from marketplace.search.rules import DEEPEST, LONGEST_TEXT, Query, Sort

PER_PAGE = 24
HIGHEST_PRICE = 10**12 - 1
DISTRICTS = 2
"""Regions are offered as districts (kecamatan), the third part of a region code."""

_PATH = re.compile(r"[a-z0-9-]+(?:/[a-z0-9-]+)*")
_REGION = re.compile(r"[0-9]{2}(?:\.[0-9]{2,4}){0,3}")
_SLUG = re.compile(r"[a-z0-9-]{1,80}")
_BAND = re.compile(r"([0-9]{1,12})-([0-9]{1,12})?")
_SORTS = {sort.value: sort for sort in Sort}


class Filter(Enum):
    """A way in which a search may be narrowed; the value is its name in addresses."""

    CATEGORY = "kategori"
    REGION = "wilayah"
    COOPERATIVE = "koperasi"
    PRICE = "harga"
    READY = "hari_ini"


_WITHOUT: dict[Filter, dict[str, Any]] = {
    Filter.CATEGORY: {"category": ""},
    Filter.REGION: {"region": ""},
    Filter.COOPERATIVE: {"cooperative": ""},
    Filter.PRICE: {"price_from": None, "price_to": None},
    Filter.READY: {"ready_today": False},
}


def read(arguments: Mapping[str, str], *, today: date, category: str = "", shop: str = "") -> Query:
    """Understand an address; what it says wrongly is as if it were not said.

    ``category`` and ``shop`` are what the path of the page already says.
    """
    low, high = _prices(arguments)
    return Query(
        text=" ".join(arguments.get("q", "").split())[:LONGEST_TEXT],
        category=category or _matching(_PATH, arguments.get("kategori", "")),
        region=_matching(_REGION, arguments.get("wilayah", "")),
        cooperative=shop or _matching(_SLUG, arguments.get("koperasi", "")),
        price_from=low,
        price_to=high,
        ready_today=arguments.get("hari_ini") == "1",
        today=today,
        region_level=DISTRICTS,
        sort=_SORTS.get(arguments.get("urut", ""), Sort.RELEVANT),
        offset=(_page(arguments.get("hal", "")) - 1) * PER_PAGE,
        limit=PER_PAGE,
    )


def _matching(pattern: re.Pattern[str], text: str) -> str:
    return text if pattern.fullmatch(text) else ""


def _prices(arguments: Mapping[str, str]) -> tuple[int | None, int | None]:
    """Read a band (``10001-25000``); what is typed into the two fields goes before it."""
    band = _BAND.fullmatch(arguments.get("harga", ""))
    low, high = band.groups() if band else (None, None)
    low, high = _typed(arguments, "dari") or low, _typed(arguments, "sampai") or high
    return (int(low) or None) if low else None, int(high) if high else None


def _typed(arguments: Mapping[str, str], name: str) -> str | None:
    try:
        return str(parse_rupiah(arguments.get(name, ""), most=HIGHEST_PRICE).amount)
    except RuleBroken:
        return None


def _page(text: str) -> int:
    number = int(text) if re.fullmatch(r"[0-9]{1,6}", text) else 1
    return max(1, min(number, DEEPEST // PER_PAGE))


def page_of(query: Query) -> int:
    """Count on which page of its results a search is."""
    return query.offset // PER_PAGE + 1


def pages(total: int) -> int:
    """Count the pages that can be turned to."""
    return min(-(-total // PER_PAGE), DEEPEST // PER_PAGE)


def filters_used(query: Query) -> list[Filter]:
    """List how a search is narrowed."""
    used = {
        Filter.CATEGORY: query.category,
        Filter.REGION: query.region,
        Filter.COOPERATIVE: query.cooperative,
        Filter.PRICE: query.price_from is not None or query.price_to is not None,
        Filter.READY: query.ready_today,
    }
    return [kind for kind, value in used.items() if value]


def without(query: Query, kind: Filter) -> Query:
    """Take one filter off; the first page is shown again."""
    return replace(query, offset=0, **_WITHOUT[kind])


def parameters(query: Query) -> dict[str, str]:
    """Write what a search asks for, always in the same order and without what is usual."""
    low, high = query.price_from, query.price_to
    band = "" if low is None and high is None else f"{low or 0}-{'' if high is None else high}"
    page = page_of(query)
    written = {
        "q": query.text,
        "kategori": query.category,
        "wilayah": query.region,
        "koperasi": query.cooperative,
        "harga": band,
        "hari_ini": "1" if query.ready_today else "",
        "urut": "" if query.sort is Sort.RELEVANT else query.sort.value,
        "hal": str(page) if page > 1 else "",
    }
    return {name: value for name, value in written.items() if value}


def address(query: Query, path: str = "/cari", **changes: object) -> str:
    """Write the address of a search, or of one that differs in these ways.

    On a category's or a cooperative's page (``path``) that part is not said twice. A
    changed filter begins at the first page.
    """
    if changes:
        query = replace(query, **{"offset": 0, **changes})  # type: ignore[arg-type]
    said = parameters(query)
    if path.startswith("/kategori/"):
        path = f"/kategori/{quote(said.pop('kategori'))}" if query.category else "/cari"
    if path.startswith("/k/"):
        said.pop("koperasi", None)
    return f"{path}?{urlencode(said)}" if said else path
