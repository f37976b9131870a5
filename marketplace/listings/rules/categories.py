"""Finding a category by what people call things. Works on the whole tree, held in memory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

SUGGESTIONS = 6
LEAST_BEGINNING = 5
OTHER = "lainnya"
_WORDS = re.compile(r"[^\W_]+")
# Words that say nothing about what a thing is.
_EMPTY = frozenset(
    {"dan", "yang", "untuk", "dengan", "isi", "rasa", "asli", "khas", "baru"}
    | {"anak", "pria", "wanita", "lainnya"}
)


@dataclass(frozen=True, slots=True)
class Place:
    """A category with the names on the way to it."""

    id: int
    path: str
    name: str
    trail: str  # "Makanan & minuman › Makanan ringan"
    is_leaf: bool = True

    @property
    def label(self) -> str:
        """Name the category with the way to it."""
        return f"{self.trail} › {self.name}" if self.trail else self.name


def find(places: Iterable[Place], text: str) -> Place | None:
    """Find the one category that a text names by path, full label or name."""
    wanted = text.strip().strip("/").casefold()
    by_name: list[Place] = []
    for place in places:
        if wanted in (place.path, place.label.casefold()):
            return place
        if place.name.casefold() == wanted:
            by_name.append(place)
    return by_name[0] if len(by_name) == 1 else None


def suggest(places: Sequence[Place], text: str, *, most: int = SUGGESTIONS) -> list[Place]:
    """List the categories whose names share most words with a text, best first."""
    words = words_of(text)
    if not words:
        return []
    scored = [(score, place) for place in places if (score := _score(place, words)) > 0]
    scored.sort(key=lambda found: (-found[0], len(found[1].path), found[1].path))
    return [place for _, place in scored[:most]]


def words_of(text: str) -> set[str]:
    """Take a text apart into the words that say what a thing is."""
    return {word for word in _WORDS.findall(text.casefold()) if len(word) > 2} - _EMPTY


def _alike(one: str, other: str) -> bool:
    """Say whether one word begins the other, long enough that "kaca" is not taken for "kacang"."""
    if len(one) < LEAST_BEGINNING or len(other) < LEAST_BEGINNING:
        return False
    return one.startswith(other) or other.startswith(one)


@lru_cache(maxsize=8_192)
def _words_of_name(name: str) -> frozenset[str]:
    """Remember the words of a category's name: the tree is the same for every search."""
    return frozenset(words_of(name))


def _score(place: Place, words: set[str]) -> float:
    own = _words_of_name(place.name)
    hits = len(own & words) + 0.5 * sum(
        1 for word in words - own for part in own if _alike(word, part)
    )
    if not hits:
        return 0.0
    above = len(_words_of_name(place.trail) & words)
    return hits + 0.3 * above + hits / (len(own) or 1) + (0.2 if place.is_leaf else 0)
