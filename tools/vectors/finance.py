"""Cases of ``finance.json``. A group without a check here is not built yet, and is said so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from marketplace.kernel.allocation import largest_remainder
from marketplace.kernel.money import Rupiah
from marketplace.kernel.shares import price_split
from marketplace.orders.rules import order_total
from tools.vectors.outcome import NotBuilt, Outcome, expect, judge

Case = dict[str, Any]


def belongs(data: Case) -> bool:
    """Say whether a file is of this format."""
    return "vectors" in data


def run(data: Case) -> Iterator[Outcome]:
    """Judge every case of a file."""
    for case in data["vectors"]:
        check = CHECKS.get(case["group"], _not_built)
        yield judge(case["id"], f"finance {case['group']}", partial(check, case))


def _not_built(case: Case) -> None:
    raise NotBuilt


def _member_sale(case: Case) -> None:
    """Split sales on commission; pooled selling is another case of the same group."""
    if not isinstance(case["inputs"], list):
        raise NotBuilt
    found = []
    for line in case["inputs"]:
        gross = order_total([(Rupiah(line["price"]), line["qty"])])
        maker, cooperative = price_split(gross, int(Decimal(line["commission"]) * 10_000))
        found.append(
            {
                "gross": gross.amount,
                "commission": cooperative.amount,
                "payable_to_member": maker.amount,
            }
        )
    expect("shares", found, case["expected"])


def _order(case: Case) -> None:
    inputs = case["inputs"]
    if not inputs.keys() >= {"discount", "line_totals"}:
        raise NotBuilt
    parts = largest_remainder(inputs["discount"], inputs["line_totals"])
    expect("parts", parts, case["expected"]["parts"])


CHECKS: dict[str, Callable[[Case], None]] = {"member_sale": _member_sale, "order": _order}
