"""The operations, by theme; importing them adds them to the blueprint."""

from marketplace.api.views import (
    bank,
    books,
    claims,
    cooperatives,
    documents,
    goods,
    listings,
    members,
    orders,
    own_claims,
    payouts,
    purchases,
    refunds,
    statements,
    supply,
)

__all__ = [
    "bank",
    "books",
    "claims",
    "cooperatives",
    "documents",
    "goods",
    "listings",
    "members",
    "orders",
    "own_claims",
    "payouts",
    "purchases",
    "refunds",
    "statements",
    "supply",
]
