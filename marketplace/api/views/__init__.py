"""The operations, by theme; importing them adds them to the blueprint."""

from marketplace.api.views import (
    cooperatives,
    documents,
    goods,
    listings,
    members,
    orders,
    purchases,
    supply,
)

__all__ = [
    "cooperatives",
    "documents",
    "goods",
    "listings",
    "members",
    "orders",
    "purchases",
    "supply",
]
