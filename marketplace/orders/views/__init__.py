"""Pages about orders: the basket, the buyer's tracking page, the officers' board."""

from flask import Blueprint

orders = Blueprint("orders", __name__)

from marketplace.orders.views import (  # noqa: E402, F401
    bank,
    board,
    cart,
    components,
    crediting,
    delivering,
    online,
    proofs,
    reducing,
    refunds,
    tracking,
)
