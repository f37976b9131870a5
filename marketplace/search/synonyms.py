"""Words that mean or spell the same thing; the table itself is ``synonyms.txt``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from marketplace.search.rules import words

TABLE = Path(__file__).with_name("synonyms.txt")

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Synonyms:
    """What else to look for, and what to offer as the usual spelling."""

    others: dict[Phrase, tuple[Phrase, ...]]
    spelling: dict[Phrase, Phrase]
    longest: int

    def match(self, asked: list[str], start: int) -> Phrase | None:
        """Find the longest phrase of the table that begins at this word."""
        for size in range(min(self.longest, len(asked) - start), 0, -1):
            phrase = tuple(asked[start : start + size])
            if phrase in self.others:
                return phrase
        return None


def read(lines: Iterable[str]) -> Synonyms:
    """Read ``odd > usual`` and ``one = another = third``; ``#`` begins a comment.

    What is joined over several lines becomes one family, so that a spelling of a word
    also finds what is called by the word's synonyms.
    """
    family: dict[Phrase, list[Phrase]] = {}
    spelling: dict[Phrase, Phrase] = {}
    for line in lines:
        text = line.partition("#")[0].strip()
        if not text:
            continue
        odd, arrow, usual = text.partition(">")
        named = [tuple(words(part)) for part in (usual if arrow else text).split("=")]
        spelled = [tuple(words(part)) for part in odd.split("=")] if arrow else []
        spelling.update(dict.fromkeys(spelled, named[0]))
        _join(family, [*named, *spelled])
    others = {
        phrase: tuple(other for other in members if other != phrase)
        for phrase, members in family.items()
    }
    return Synonyms(others, spelling, max(map(len, others), default=0))


def _join(family: dict[Phrase, list[Phrase]], phrases: list[Phrase]) -> None:
    members: list[Phrase] = []
    for phrase in phrases:
        for member in family.get(phrase, [phrase]):
            if member not in members:
                members.append(member)
    for member in members:
        family[member] = members


@cache
def table() -> Synonyms:
    """Give the table that the product searches with."""
    return read(TABLE.read_text("utf-8").splitlines())
