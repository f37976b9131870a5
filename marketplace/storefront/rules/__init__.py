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

__all__ = [
    "PER_PAGE",
    "WEEKDAYS",
    "Filter",
    "Mark",
    "address",
    "day_name",
    "filters_used",
    "mark",
    "page_of",
    "pages",
    "parameters",
    "read",
]
