"""Pages about deliveries: the zones, and the cash that couriers bring."""

from flask import Blueprint

delivery = Blueprint("delivery", __name__)
MANAGE = "/k/<slug>/kelola"

from marketplace.delivery.views import cash, zones  # noqa: E402, F401
