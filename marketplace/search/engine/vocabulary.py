"""The words that occur in the index, and which of them somebody may have meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from marketplace.search.synonyms import Phrase

SHORTEST = 3
MOST = 16
FAR = 6
"""Words of at least this many letters may be two slips away, when nothing nearer fits."""
_ROUGH_EDGES = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word that may have been meant; ``slip`` is 0 for the likeliest kind of mistake."""

    word: str
    slip: float
    frequency: int
    synonyms: tuple[Phrase, ...] = ()


class Vocabulary:
    """Words with the number of listings that carry them, kept so that near ones are found fast.

    A single slip leaves the first two or the last two letters whole, so only words that
    share one of these need be compared; short words are compared with all short ones.
    """

    def __init__(self, frequencies: Iterable[tuple[str, int]]) -> None:
        self._frequency = dict(frequencies)
        self._starts: dict[str, list[str]] = defaultdict(list)
        self._ends: dict[str, list[str]] = defaultdict(list)
        self._short: list[str] = []
        for word in self._frequency:
            if not correctable(word):
                continue
            if len(word) <= 2 * _ROUGH_EDGES + 1:
                self._short.append(word)
            self._starts[word[:_ROUGH_EDGES]].append(word)
            self._ends[word[-_ROUGH_EDGES:]].append(word)

    def frequency(self, word: str) -> int:
        """Count the listings that carry this word, as of the last look."""
        return self._frequency.get(word, 0)

    def near(self, word: str) -> list[Candidate]:
        """Give the words one slip away, the likeliest first."""
        if not correctable(word):
            return []
        pool = [*self._starts.get(word[:_ROUGH_EDGES], ()), *self._ends.get(word[-2:], ())]
        if len(word) <= 2 * _ROUGH_EDGES:
            pool += self._short
        return self._best(word, pool, distance=1)

    def far(self, word: str) -> list[Candidate]:
        """Give the words two slips away; looks at many more words than ``near``."""
        if len(word) < FAR or not correctable(word):
            return []
        pool = [
            other
            for start, others in self._starts.items()
            if start[0] == word[0] or start[0] == word[1]
            for other in others
        ]
        return self._best(word, pool, distance=2)

    def parts(self, word: str) -> tuple[str, str] | None:
        """Split a word in two that both occur: somebody forgot the space."""
        best, best_count = None, 0
        for cut in range(SHORTEST, len(word) - SHORTEST + 1):
            count = min(self.frequency(word[:cut]), self.frequency(word[cut:]))
            if count > best_count:
                best, best_count = (word[:cut], word[cut:]), count
        return best

    def _best(self, word: str, pool: list[str], *, distance: int) -> list[Candidate]:
        found = process.extract(
            word, pool, scorer=OSA.distance, score_cutoff=distance, limit=None, processor=None
        )
        near = {
            other: Candidate(other, slip(word, other), self._frequency[other])
            for other, _, _ in found
            if other != word
        }
        return sorted(near.values(), key=lambda one: (one.slip, -one.frequency))[:MOST]


def correctable(word: str) -> bool:
    """Say whether a slip in this word can be told from another word: no numbers, no initials."""
    return len(word) >= SHORTEST and word.isalpha()


def slip(typed: str, meant: str) -> float:
    """Weigh a mistake: a letter forgotten, doubled or swapped is likelier than a wrong one."""
    if len(typed) < len(meant):
        return 0.0
    if len(typed) > len(meant):
        return 0.0 if _undoubled(typed, meant) else 0.5
    return 0.0 if sorted(typed) == sorted(meant) else 0.5


def _undoubled(typed: str, meant: str) -> bool:
    return any(
        typed[at] == typed[at - 1] and typed[:at] + typed[at + 1 :] == meant
        for at in range(1, len(typed))
    )
