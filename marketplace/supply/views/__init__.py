"""Pages about buying together: what members ask for, and the rounds that buy it."""

from flask import Blueprint

supply = Blueprint("supply", __name__, url_prefix="/k/<slug>/kelola/kulakan")

from marketplace.supply.views import (  # noqa: E402, F401
    handing_over,
    items,
    officers,
    opening,
    pools,
    price_lists,
    receiving,
    requests,
    rounds,
    supplier_claims,
    suppliers,
)
