"""Cases of ``finance.json``. A group without a check here is not built yet, and is said so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from functools import cache, partial
from typing import Any

from sqlalchemy.orm import Session

from marketplace.kernel.allocation import largest_remainder
from marketplace.kernel.money import Rupiah
from marketplace.kernel.shares import price_split
from marketplace.listings.rules.pricing import price_from_cost
from marketplace.orders.rules import order_total
from marketplace.pools.rules import share_proceeds
from marketplace.stock.rules import cost_out
from tools.vectors import journals
from tools.vectors.outcome import NotBuilt, Outcome, expect, judge

Case = dict[str, Any]


def belongs(data: Case) -> bool:
    """Say whether a file is of this format."""
    return "vectors" in data


def run(data: Case) -> Iterator[Outcome]:
    """Judge every case of a file; journals share one database, which is made when needed."""
    with ExitStack() as stack:
        database = cache(lambda: stack.enter_context(journals.opened()))
        checks = {**CHECKS, "journal": partial(_journal, database)}
        for case in data["vectors"]:
            check = checks.get(case["group"], _not_built)
            yield judge(case["id"], f"finance {case['group']}", partial(check, case))


def _not_built(case: Case) -> None:
    raise NotBuilt


def _member_sale(case: Case) -> None:
    """Split sales on commission, or what was sold together, by what each delivered."""
    if not isinstance(case["inputs"], list):
        _pooled_sale(case)
        return
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


def _pooled_sale(case: Case) -> None:
    """Share what a pooled sale brought; members stand in the order of what they delivered."""
    inputs = case["inputs"]
    fee = int(Decimal(inputs["fee"]) * 10_000)
    shared = share_proceeds(Rupiah(inputs["pool"]), fee, dict(enumerate(inputs["kg"])))
    found = {
        "fee": shared.fee.amount,
        "net": shared.net.amount,
        "members": [part.amount for part in shared.members.values()],
        "residue": shared.residue.amount,
        "fee_with_residue": shared.cooperative.amount,
    }
    for name, value in found.items():
        expect(name, value, case["expected"][name])


def _store_price(case: Case) -> None:
    """Price bought goods by what they cost, for members and for everybody."""
    inputs = case["inputs"]
    for buyer in ("member", "public"):
        margin = int(Decimal(inputs[buyer]) * 10_000)
        prices = [
            price_from_cost(Rupiah(cost), margin, round_to=inputs["unit"]).amount
            for cost in inputs["costs"]
        ]
        expect(buyer, prices, case["expected"][buyer])


def _order(case: Case) -> None:
    inputs = case["inputs"]
    if not inputs.keys() >= {"discount", "line_totals"}:
        raise NotBuilt
    parts = largest_remainder(inputs["discount"], inputs["line_totals"])
    expect("parts", parts, case["expected"]["parts"])


def _journal(database: Callable[[], Session], case: Case) -> None:
    """Let the shop do what the case tells of, and compare what it changed in the books."""
    work = journals.JOURNALS.get(case["id"])
    if work is None:
        raise NotBuilt
    session = database()
    try:
        lines = case["expected"]["lines"]
        expect("lines", work(journals.Shop.found(session), lines), journals.net(lines))
    finally:
        session.rollback()


def _store(case: Case) -> None:
    """Walk goods in and out at their moving average, or price them by what they cost."""
    if "costs" in case["inputs"]:
        _store_price(case)
        return
    if "ops" not in case["inputs"]:
        raise NotBuilt
    count, value = case["inputs"]["opening"]["qty"], Rupiah(case["inputs"]["opening"]["value"])
    found = []
    for operation in case["inputs"]["ops"]:
        step = {"op": operation["op"]}
        if operation["op"] == "in":
            count, cost = count + operation["qty"], Rupiah(operation["unit_cost"])
            value = value + cost * operation["qty"]
        else:
            cost = cost_out(count, value, operation["qty"])
            count, value = count - operation["qty"], value - cost
            step["cogs"] = cost.amount
        found.append({**step, "qty": count, "value": value.amount})
    expect("steps", found, case["expected"])


CHECKS: dict[str, Callable[[Case], None]] = {
    "member_sale": _member_sale,
    "order": _order,
    "store": _store,
}
