"""Reading from the database what the index shall know, and searching without an index."""

from marketplace.search.queries.fallback import search_database
from marketplace.search.queries.listings import (
    BATCH,
    Key,
    documents,
    listings_of_cooperative,
    listings_of_variants,
    next_listings,
)

__all__ = [
    "BATCH",
    "Key",
    "documents",
    "listings_of_cooperative",
    "listings_of_variants",
    "next_listings",
    "search_database",
]
