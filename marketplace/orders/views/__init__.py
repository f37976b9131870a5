"""Pages about orders: the basket, the buyer's tracking page, the officers' board."""

from flask import Blueprint

orders = Blueprint("orders", __name__)

from marketplace.orders.views import bank, board, cart, components, online, proofs, tracking  # noqa: E402, F401
