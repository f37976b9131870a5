"""What a search asks for, and how words are made comparable."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache, lru_cache
from typing import Protocol

LONGEST_TEXT = 200
LONGEST_WORD = 40
MOST_WORDS = 12
DEEPEST = 10_000
"""No page of results starts after this many: nobody reads there, and deep pages cost the most."""

LARGEST = 2**63 - 1

_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = re.compile(r"(?<=\w)['’`´ʼ](?=\w)")
_AMOUNT = re.compile(r"^(\d+)(gram|gr|g|kg|ml|ltr|lt|l|cm|mm|m|inch|pcs|pc|bh|th|thn|btl)$")
_STEMMABLE = range(5, 21)
_AFFIXED = re.compile(r"^(?:me|be|te|di|ke|se|pe|ku|kau)|(?:an|i|nya|lah|kah|tah|pun|ku|mu)$")
"""What has none of these has nothing to take off; looking first saves most of the time."""


class Sort(Enum):
    """In which order results are shown; the value is what the URL says."""

    RELEVANT = "relevan"
    CHEAPEST = "termurah"
    DEAREST = "termahal"
    NEWEST = "terbaru"
    BEST_SOLD = "terlaris"


@dataclass(frozen=True, slots=True)
class PriceBand:
    """A span of prices offered as a filter; the upper end belongs to it."""

    low: int
    high: int | None

    @property
    def value(self) -> str:
        """Name the band as the URL does."""
        return f"{self.low}-{'' if self.high is None else self.high}"


PRICE_BANDS = (
    PriceBand(0, 10_000),
    PriceBand(10_001, 25_000),
    PriceBand(25_001, 50_000),
    PriceBand(50_001, 100_000),
    PriceBand(100_001, 250_000),
    PriceBand(250_001, None),
)


@dataclass(frozen=True, slots=True)
class Query:
    """Everything that one search asks for; the default asks for all there is.

    ``category`` and ``region`` are prefixes of a path (``makanan/keripik``) and of a
    region code (``35.73``). ``today`` lets the answer say what is ready today.
    ``region_level`` counts regions at that step of their code (0: province, 2: district),
    and as if none were chosen yet; without it they are counted one step below the chosen one.
    """

    text: str = ""
    category: str = ""
    region: str = ""
    cooperative: str = ""
    price_from: int | None = None
    price_to: int | None = None
    ready_today: bool = False
    today: date | None = None
    region_level: int | None = None
    sort: Sort = Sort.RELEVANT
    offset: int = 0
    limit: int = 24


@dataclass(frozen=True, slots=True)
class FacetCount:
    """One way to narrow a search, and how many results that would leave."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Results:
    """What a search found: ids in order, and how the search may be narrowed or mended.

    ``facets`` has the keys category, region, cooperative, price and ready.
    ``corrected`` says that other spellings were searched too; ``did_you_mean`` is the
    spelling to offer, or nothing.
    """

    ids: tuple[str, ...]
    total: int
    facets: dict[str, tuple[FacetCount, ...]]
    did_you_mean: str | None = None
    corrected: bool = False


def clamp(number: int) -> int:
    """Bring a number into what a column can hold."""
    return max(-LARGEST, min(LARGEST, number))


def clean(text: str) -> str:
    """Drop what cannot be stored, so that one odd letter never stops an update."""
    return text.encode("utf-8", "ignore").decode().replace("\0", "")


def normalise(text: str) -> str:
    """Fold case, accents, widths and punctuation; what cannot be a word becomes a space.

    >>> normalise("Kripik  TÉMPE, 250gr!")
    'kripik tempe 250 gr'
    """
    return " ".join(words(text))


def words(text: str) -> list[str]:
    """Split text into comparable words; amounts part from their unit.

    Lone surrogates, which no database or index could store, are dropped.
    """
    found: list[str] = []
    for word in _WORD.findall(_APOSTROPHES.sub("", _folded(text))):
        amount = _AMOUNT.match(word)
        found.extend(amount.groups() if amount else (word[:LONGEST_WORD],))
    return found


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    plain = text.encode("utf-8", "ignore").decode()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", plain).casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def asked_words(text: str) -> list[str]:
    """Give the words of a search, as many as it is sensible to look for."""
    return words(text[:LONGEST_TEXT])[:MOST_WORDS]


class Stemmer(Protocol):
    """What we use of PySastrawi."""

    def stem(self, text: str) -> str:
        """Give the root of an Indonesian word."""


@cache
def _stemmer() -> Stemmer:
    from Sastrawi.Stemmer.StemmerFactory import StemmerFactory  # slow to load: on first use

    stemmer: Stemmer = StemmerFactory().create_stemmer()
    return stemmer


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Give the Indonesian root of a word; what is short, long or no word stays as it is.

    >>> stem("minuman")
    'minum'
    """
    if len(word) not in _STEMMABLE or not (word.isascii() and word.isalpha()):
        return word
    if not _AFFIXED.search(word):
        return word
    return _stemmer().stem(word) or word
