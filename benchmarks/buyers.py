"""Buyers who order over HTTP as people do: into the basket, to the checkout, order."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from benchmarks.client import Answer, Visitor

NAME, PHONE = "Sari", "0812 3456 7890"
PLACED = "/p/"


@dataclass
class Outcome:
    """What buyers came to: answers by status, and the purchases that were made."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    purchases: list[str] = field(default_factory=list)

    @property
    def faults(self) -> int:
        """Count answers that were the server's own fault."""
        return sum(count for status, count in self.statuses.items() if status >= 500)

    @property
    def per_second(self) -> float:
        """Count purchases per second."""
        return len(self.purchases) / self.seconds

    def note(self, answer: Answer) -> None:
        """Take down how a checkout was answered."""
        self.statuses[answer.status] += 1
        if answer.status == 303 and answer.leads_to.startswith(PLACED):
            self.purchases.append(answer.leads_to)


def filled_in(visitor: Visitor, variant: str) -> dict[str, str]:
    """Put one thing into the basket, open the checkout, and fill in its form."""
    put = visitor.post("/keranjang", {"variant": variant, "quantity": "1"})
    page = visitor.get("/keranjang")
    if (put.status, page.status) != (303, 200):
        message = f"no checkout to be had: {put.status}, {page.status}"
        raise RuntimeError(message)
    return {**page.fields(), "name": NAME, "phone": PHONE}


def race(port: int, variant: str, buyers: int) -> Outcome:
    """Have many buyers, each in a browser of their own, order the same thing at once."""
    with _browsers(port, buyers) as visitors:
        return _at_once(visitors, [filled_in(visitor, variant) for visitor in visitors])


def submit_at_once(port: int, variant: str, times: int) -> Outcome:
    """Have one buyer send one checkout many times at once."""
    with _browsers(port, times) as visitors:
        form = filled_in(visitors[0], variant)
        for visitor in visitors[1:]:
            visitor.copy_cookies(visitors[0])
        return _at_once(visitors, [form] * times)


@contextmanager
def _browsers(port: int, count: int) -> Generator[list[Visitor]]:
    visitors: list[Visitor] = []
    try:
        visitors.extend(Visitor(port) for _ in range(count))
        yield visitors
    finally:
        for visitor in visitors:
            visitor.close()


def _at_once(visitors: Sequence[Visitor], forms: Sequence[dict[str, str]]) -> Outcome:
    outcome, begun = Outcome(), time.perf_counter()
    ready = threading.Barrier(len(visitors))

    def send(visitor: Visitor, form: dict[str, str]) -> Answer:
        ready.wait()
        return visitor.post("/bayar", form)

    with ThreadPoolExecutor(len(visitors)) as pool:
        for answer in pool.map(send, visitors, forms):
            outcome.note(answer)
    outcome.seconds = time.perf_counter() - begun
    return outcome


def keep_ordering(
    port: int, choose: Callable[[], str], seconds: float, *, buyers: int = 8
) -> Outcome:
    """Have so many buyers at a time order one thing after another for some seconds."""
    outcome, begun = Outcome(), time.perf_counter()
    until, lock = begun + seconds, threading.Lock()

    def order() -> None:
        while time.perf_counter() < until:
            with _browsers(port, 1) as (visitor,):
                answer = visitor.post("/bayar", filled_in(visitor, choose()))
            with lock:
                outcome.note(answer)

    with ThreadPoolExecutor(buyers) as pool:
        for done in [pool.submit(order) for _ in range(buyers)]:
            done.result()
    outcome.seconds = time.perf_counter() - begun
    return outcome
