"""The directory of cooperatives."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marketplace.api import cursors, queries
from marketplace.api.blueprint import operation
from marketplace.api.schemas.cooperatives import (
    CooperativeDetailSchema,
    CooperativePageSchema,
    CooperativeQuery,
)
from marketplace.cooperatives.current import here
from marketplace.cooperatives.models import Cooperative
from marketplace.cooperatives.queries import points
from marketplace.cooperatives.rules import open_state
from marketplace.kernel.text import say
from marketplace.orders.queries import methods_of
from marketplace.payments.gateways import gateway_name
from marketplace.web.clock import now
from marketplace.web.guards import public
from marketplace.web.mail import absolute
from marketplace.web.transactions import reader


@operation(
    method="GET",
    path="/cooperatives",
    summary=say("Daftar koperasi"),
    guard=public,
    asks=CooperativeQuery,
    gives=CooperativePageSchema,
)
def list_cooperatives(asked: dict[str, Any]) -> dict[str, Any]:
    """List open cooperatives by name."""
    cursor, limit = asked["cursor"], asked["limit"]
    name, id_ = cursors.decode(cursor, str, int) if cursor else ("", 0)
    found = queries.cooperatives_after(
        reader(),
        (name, id_) if cursor else None,
        text=asked["q"],
        region=asked["region"],
        limit=limit + 1,
    )
    shown, at = found[:limit], now()
    more = len(found) > limit
    return {
        "items": [card(cooperative, at) for cooperative in shown],
        "next_cursor": cursors.encode(shown[-1].name, shown[-1].id) if more else None,
    }


def card(cooperative: Cooperative, at: datetime) -> dict[str, Any]:
    """Say of a cooperative what lists say."""
    state = open_state(
        cooperative.hours,
        at,
        closed_from=cooperative.closed_from,
        closed_until=cooperative.closed_until,
    )
    return {
        "slug": cooperative.slug,
        "name": cooperative.name,
        "tagline": cooperative.tagline,
        "region": {"code": cooperative.region_code, "name": cooperative.region_name},
        "members": cooperative.member_count,
        "open_now": state.is_open,
        "open_until": state.until,
        "opens_at": state.opens,
        "url": absolute(f"/k/{cooperative.slug}"),
    }


@operation(
    method="GET",
    path="/cooperatives/<slug>",
    summary=say("Lihat satu koperasi"),
    guard=public,
    gives=CooperativeDetailSchema,
)
def get_cooperative(slug: str) -> dict[str, Any]:
    """Show one open cooperative with its places, hours and ways to be paid."""
    cooperative = queries.open_cooperative(here())
    return {
        **card(cooperative, now()),
        **{name: getattr(cooperative, name) for name in OWN_WORDS},
        "hours": cooperative.hours,
        "points": points(reader(), cooperative.id),
        "payment_options": [method.value for method in methods_of(cooperative, gateway_name())],
    }


OWN_WORDS = (
    "legal_name",
    "story",
    "address",
    "phone",
    "whatsapp",
    "email",
    "registration_number",
    "deed_number",
    "business_number",
)
