"""The operations, by theme; importing them adds them to the blueprint."""

from marketplace.api.views import (
    bank,
    books,
    cooperatives,
    documents,
    goods,
    listings,
    members,
    orders,
    purchases,
    refunds,
    supply,
)

__all__ = [
    "bank",
    "books",
    "cooperatives",
    "documents",
    "goods",
    "listings",
    "members",
    "orders",
    "purchases",
    "refunds",
    "supply",
]
