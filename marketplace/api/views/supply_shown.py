"""A round of buying together as programs read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import g
from sqlalchemy.orm import Session

from marketplace.api import queries as api_queries
from marketplace.api.views.supply_items import shown_item
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.supply.models import SupplyPack, SupplyRound
from marketplace.supply.queries import PoolLine, PoolView
from marketplace.supply.views.present import own_member, plan_said

TIMES = ("opens_at", "closes_at", "top_up_until", "pickup_from", "pickup_until")
SHARED = ("number", *TIMES, "pickup_place")
TERMS = (
    "place",
    "supplier",
    "goal_packs",
    "stock_cap",
    "max_per_member",
    "legal_price",
    "ordered_packs",
    "ordered_cost",
    "arrives_on",
    "pack_costs",
    "margin",
)
PARTS = ("goods", "discount", "costs", "margin")
PACK = ("pack_name", "pack_size", "pack_price", "pack_step", "pack_minimum")
WISH = ("id", "accept_min", "want", "flex_max", "price_cap")


def shown_round(
    round_: SupplyRound, views: Sequence[PoolView], member_id: UUID | None
) -> dict[str, Any]:
    """Write a round with its goods, and the wishes that the reader may see."""
    return {
        **{name: getattr(round_, name) for name in SHARED},
        "policy": round_.policy.value,
        "goods": [_good(view, member_id) for view in views],
    }


def _good(view: PoolView, member_id: UUID | None) -> dict[str, Any]:
    pool, look, mine = view.pool, view.outlook, view.of_member(member_id)
    said = {
        **{name: getattr(pool, name) for name in TERMS},
        **_pack(pool.main),
        "state": pool.state.value,
        "item": shown_item(view.item),
        "packs": [
            {**_pack(pack), "planned": planned, "ordered": pack.ordered}
            for pack, planned in zip(pool.packs, look.plan.counts, strict=True)
        ],
        "plan": plan_said(view),
        "outlook": {
            "packs": look.packs,
            "cost": look.cost,
            "price": look.price,
            "wanted": view.interest.want,
            "missing": look.missing,
            "short": look.short,
        },
        "sharing": {"number": view.run.number, "manual_reason": view.run.manual_reason}
        if view.run
        else None,
        "mine": _wish(mine) if mine else None,
    }
    if Permission.SEE_SUPPLIES in g.permissions:
        said["wishes"] = [_wish(row) for row in view.lines]
    return said


def _pack(pack: SupplyPack) -> dict[str, Any]:
    return {
        **{name: getattr(pack, name) for name in PACK},
        "tiers": [{"packs": packs, "price": price} for packs, price in pack.tiers],
    }


def _wish(row: PoolLine) -> dict[str, Any]:
    return {
        **{name: getattr(row.line, name) for name in WISH},
        "member": row.member.id,
        "called": row.member.called,
        "state": row.line.state.value,
        "given": row.allocation.given if row.allocation else None,
        "fetched": row.fetched,
        "charge": row.allocation.charge if row.allocation else None,
        "to_pay": row.to_pay,
        "parts": {name: getattr(row.allocation, name) for name in PARTS}
        if row.allocation
        else None,
    }


def shown_anew(session: Session, round_: SupplyRound) -> dict[str, Any]:
    """Read a round anew after it changed, and write it."""
    own = own_member()
    ((_, views),) = api_queries.with_goods(session, here().id, [round_])
    return shown_round(round_, views, own.id if own else None)
