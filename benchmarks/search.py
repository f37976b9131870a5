"""Measure the product search on real listings: ``python -m benchmarks.search [CSV]``.

A try takes three words of a title, spoils one of them (a letter dropped, doubled,
swapped with its neighbour or replaced) and counts when that very listing is among the
first ten. Three ways of choosing the words are measured; all are seeded.
"""

from __future__ import annotations

import csv
import gzip
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks.report import Row, table
from marketplace.search.engine import Document, Index, rebuild
from marketplace.search.rules import Query, Sort, words

SEED = 20_261
TRIES = 1000
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHORTEST_WORD = 3
SHORTEST_SPOILED = 4
FIRST = 10
GOAL, MOST_MS = 0.90, 10.0
WHERE = "search"

Pick = Callable[[random.Random, list[str]], list[str]]


def data_file() -> Path:
    """Say where the real listings are expected."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    return Path(os.environ.get("GUYUB_DATA", beside)) / "products-id.csv.gz"


def documents(path: Path) -> Iterator[Document]:
    """Read the market file as listings; each seller stands for a cooperative."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            steps = row["category"].split("/")
            yield Document(
                id=row["ref"],
                title=row["title"],
                price=int(row["price"]),
                cooperative=f"toko-{int(row['seller']) % 148}",
                cooperative_name=f"Toko {int(row['seller']) % 148}",
                category=row["category"],
                category_names=tuple(step.replace("-", " ").title() for step in steps),
                region_name=row["city"],
                sold=int(row["sold"]),
            )


def spoil(rng: random.Random, word: str) -> str:
    """Drop, double, swap or replace one letter; the word never stays as it was."""
    while True:
        at = rng.randrange(len(word))
        kind = rng.choice(("drop", "double", "swap", "replace"))
        spoiled = {
            "drop": word[:at] + word[at + 1 :],
            "double": word[: at + 1] + word[at:],
            "swap": word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
            "replace": word[:at] + rng.choice(LETTERS) + word[at + 1 :],
        }[kind]
        if spoiled != word:
            return spoiled


def in_order(rng: random.Random, title: list[str]) -> list[str]:
    """Choose any three words, in the order of the title."""
    chosen = sorted(rng.sample(range(len(title)), 3))
    return [title[at] for at in chosen]


def shuffled(rng: random.Random, title: list[str]) -> list[str]:
    """Choose any three words, in any order."""
    return rng.sample(title, 3)


def side_by_side(rng: random.Random, title: list[str]) -> list[str]:
    """Choose three words that follow one another."""
    at = rng.randrange(len(title) - 2)
    return title[at : at + 3]


PICKS: dict[str, Pick] = {
    "in title order": in_order,
    "side by side": side_by_side,
    "in any order": shuffled,
}


@dataclass(frozen=True)
class Try:
    """One search as somebody might type it, and the listing they have in mind."""

    id: str
    text: str


def make_tries(
    found: list[Document], pick: Pick, *, seed: int, count: int, spoiled: bool = True
) -> list[Try]:
    """Draw listings and spoil one of three words of each (or none, for comparison)."""
    rng = random.Random(seed)
    tries: list[Try] = []
    while len(tries) < count:
        document = rng.choice(found)
        usable = [
            word
            for word in dict.fromkeys(words(document.title))
            if len(word) >= SHORTEST_WORD and word.isalpha()
        ]
        if len(usable) < 3:
            continue
        chosen = pick(rng, usable)
        longer = [at for at, word in enumerate(chosen) if len(word) >= SHORTEST_SPOILED]
        if longer:
            at = rng.choice(longer)
            wrong = spoil(rng, chosen[at])  # drawn in any case, so that both ways try the same
            chosen[at] = wrong if spoiled else chosen[at]
            tries.append(Try(document.id, " ".join(chosen)))
    return tries


def run(index: Index, tries: list[Try]) -> tuple[float, list[float]]:
    """Search each text; give the share of hits and the milliseconds of each search."""
    hits, times = 0, []
    for attempt in tries:
        begun = time.perf_counter()
        found = index.search(Query(text=attempt.text, limit=FIRST))
        times.append((time.perf_counter() - begun) * 1000)
        hits += attempt.id in found.ids
    return hits / len(tries), times


def measure(index: Index, query: Query, *, times: int = 50) -> float:
    """Give the median milliseconds of one query."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        index.search(query)
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


def measure_index(path: Path) -> list[Row]:
    """Build an index of the real listings in a passing place, and see what it can do."""
    found = list(documents(path))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        begun = time.perf_counter()
        rebuild(place, found)
        taken = time.perf_counter() - begun
        built = f"{len(found)} listings in {taken:.1f} s, {len(found) / taken:.0f} a second"
        index = Index(place)
        return [Row(WHERE, "build", built), *_tries(index, found), *_queries(index)]


def _tries(index: Index, found: list[Document]) -> list[Row]:
    """Try each way of choosing words; only the first is what the goal speaks of."""
    rows = []
    for name, pick in PICKS.items():
        tries = make_tries(found, pick, seed=SEED, count=TRIES)
        share, times = run(index, tries)
        whole, _ = run(index, make_tries(found, pick, seed=SEED, count=TRIES, spoiled=False))
        figure = f"{share:.1%} (without the typo {whole:.1%})"
        rows.append(
            Row(WHERE, f"in the first {FIRST}, {name}", figure, f">= {GOAL:.0%}", share >= GOAL)
        )
        median, p95 = statistics.median(times), sorted(times)[int(len(times) * 0.95)]
        figure = f"median {median:.1f} ms, p95 {p95:.1f} ms"
        rows.append(Row(WHERE, f"time, {name}", figure, f"< {MOST_MS:.0f} ms", median < MOST_MS))
    return rows


def _queries(index: Index) -> list[Row]:
    """See what common words, filters, orders and completions cost."""
    today = date(2026, 11, 24)
    queries = {
        "common word": Query(text="pria", today=today),
        "two words": Query(text="keripik tempe", today=today),
        "all, newest": Query(sort=Sort.NEWEST, today=today),
        "word by price": Query(text="baju", sort=Sort.CHEAPEST, today=today),
        "three filters": Query(
            text="baju", category="fashion-wanita", price_to=100_000, cooperative="toko-7"
        ),
        "spelled wrong": Query(text="kripik tmpe", today=today),
        "nonsense": Query(text="qwrtzpl vbnmxq", today=today),
    }
    rows = []
    for name, query in queries.items():
        total = index.search(query).total
        figure = f"{measure(index, query):.1f} ms, {total} results, facets included"
        rows.append(Row(WHERE, name, figure))
    taken = []
    for typed in ("k", "ke", "keripik", "keripik t", "baju anak p", "sepa"):
        begun = time.perf_counter()
        index.suggest(typed)
        taken.append((time.perf_counter() - begun) * 1000)
    figure = f"median {statistics.median(taken):.1f} ms, longest {max(taken):.1f} ms"
    return [*rows, Row(WHERE, "completion", figure)]


def main(arguments: list[str]) -> int:
    """Print what the search can do."""
    path = Path(arguments[0]) if arguments else data_file()
    if not path.is_file():
        print(f"No listings to measure with at {path}; name the file or set GUYUB_DATA.")
        return 1
    print(table(measure_index(path)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
