"""The gateways that ``app`` has plugged in."""

from __future__ import annotations

from collections.abc import Mapping

from flask import current_app

from marketplace.payments.ports import Gateway


def gateways() -> Mapping[str, Gateway]:
    """Give the gateways of this site by name."""
    found: Mapping[str, Gateway] = current_app.extensions["gateways"]
    return found


def gateway_name() -> str | None:
    """Name the gateway through which new orders are paid, if the site has one."""
    return next(iter(gateways()), None)
