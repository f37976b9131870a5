"""What addresses ask for, and in which words a thing's readiness is told."""

from marketplace.storefront.rules.asking import (
    PER_PAGE,
    Filter,
    address,
    filters_used,
    page_of,
    pages,
    parameters,
    read,
)
from marketplace.storefront.rules.marks import WEEKDAYS, Mark, day_name, mark
from marketplace.storefront.rules.prices import Doors, PriceParts, price_parts

__all__ = [
    "PER_PAGE",
    "WEEKDAYS",
    "Doors",
    "Filter",
    "Mark",
    "PriceParts",
    "address",
    "day_name",
    "filters_used",
    "mark",
    "page_of",
    "pages",
    "parameters",
    "price_parts",
    "read",
]
