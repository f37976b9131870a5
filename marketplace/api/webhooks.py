"""Where gateways tell us that something happened. They are believed nothing but that."""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from marketplace.orders.gateways import hear
from marketplace.payments.gateways import gateways
from marketplace.web.extensions import csrf, limiter
from marketplace.web.guards import public

LARGEST = 64 * 1024
webhooks = Blueprint("webhooks", __name__, url_prefix="/webhooks")
csrf.exempt(webhooks)  # who sends it proves so by a signature, and no cookie gives a right here


@webhooks.post("/midtrans")
@limiter.limit("1200/minute")
@public
def midtrans() -> ResponseReturnValue:
    """Hear of a payment through Midtrans."""
    return _hear("midtrans")


@webhooks.post("/xendit")
@limiter.limit("1200/minute")
@public
def xendit() -> ResponseReturnValue:
    """Hear of a payment through Xendit."""
    return _hear("xendit")


def _hear(provider: str) -> ResponseReturnValue:
    gateway = gateways().get(provider)
    if gateway is None:
        abort(404)
    request.max_content_length = LARGEST
    headers = {name.lower(): value for name, value in request.headers}
    hear(provider, gateway.read_hint(request.get_data(cache=False), headers))
    return {"received": True}
