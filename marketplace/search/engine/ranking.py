"""Order the best matches once more, by how the words stand in the title."""

from __future__ import annotations

from collections.abc import Sequence

from marketplace.search.engine.matching import Wanted

WINDOW = 120
"""So many of the best matches are ordered once more; the rest keep the engine's order."""

IN_ORDER = 0.15
SIDE_BY_SIDE = 0.08


def arrangement(title: Sequence[str], wishes: Sequence[set[str]]) -> float:
    """Reward a title that has the words in the order asked, and more so without others between.

    >>> arrangement(["keripik", "tempe"], [{"keripik"}, {"tempe"}])
    0.24
    """
    places = [[at for at, word in enumerate(title) if word in words] for words in wishes]
    if len(wishes) < 2 or not all(places):
        return 0.0
    if not _in_order(places):
        return 0.0
    first = set(places[0])
    together = any(
        all(start + step in places[step] for step in range(len(places))) for start in first
    )
    return IN_ORDER + (SIDE_BY_SIDE if together else 0.0)


def _in_order(places: list[list[int]]) -> bool:
    last = -1
    for choices in places:
        later = [at for at in choices if at > last]
        if not later:
            return False
        last = min(later)
    return True


def single_words(wishes: Sequence[Wanted]) -> list[set[str]]:
    """Give for every asked word the spellings that may stand in its place; no synonyms."""
    return [
        {word, *(candidate.word for candidate in wish.candidates)}
        for wish in wishes
        for word in wish.typed
    ]
