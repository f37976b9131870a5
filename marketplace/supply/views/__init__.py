"""Pages about buying together: what members ask for, and the rounds that buy it."""

from flask import Blueprint

supply = Blueprint("supply", __name__, url_prefix="/k/<slug>/kelola/kulakan")
supplier_pages = Blueprint("supplier_pages", __name__, url_prefix="/k/<slug>/pemasok")

from marketplace.supply.views import (  # noqa: E402, F401
    answering,
    asking_first,
    by_hand,
    costs,
    handing_over,
    items,
    officers,
    opening,
    pickups,
    pools,
    price_lists,
    purchase_orders,
    receiving,
    reordering,
    reports,
    requests,
    returning,
    rounds,
    standing,
    supplier_claims,
    suppliers,
    taking_back,
    unfetched,
)
