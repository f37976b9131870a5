"""How templates speak of orders."""

from __future__ import annotations

from datetime import datetime

from flask import current_app, g

from marketplace.config import Settings
from marketplace.kernel.access import Permission
from marketplace.kernel.calendar import local_day
from marketplace.orders.models import Order
from marketplace.orders.queries import standing_of
from marketplace.orders.rules import (
    BOARD_LABELS,
    LABELS,
    PREVIOUS_STATES,
    UNDO_TIME,
    BoardColumn,
    OrderState,
)
from marketplace.orders.views import orders
from marketplace.web.i18n import translate

orders.add_app_template_filter(local_day)


@orders.app_template_global()
def public_url(path: str) -> str:
    """Write a whole address, for links that leave the site by message."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.public_url.rstrip("/") + path


@orders.app_template_global()
def order_label(state: OrderState) -> str:
    """Name a state in the reader's language."""
    return translate(LABELS[state])


@orders.app_template_global()
def board_label(column: BoardColumn) -> str:
    """Name a column of the board in the reader's language."""
    return translate(BOARD_LABELS[column])


@orders.app_template_global()
def order_standing(order: Order, at: datetime) -> OrderState:
    """Say where an order stands, overdue or not."""
    return standing_of(order, at=at)


@orders.app_template_global()
def can_undo(order: Order, at: datetime) -> bool:
    """Say whether the last step may still be taken back."""
    return order.state in PREVIOUS_STATES and at - order.changed_at <= UNDO_TIME


@orders.app_context_processor
def rights() -> dict[str, object]:
    """Tell whether the reader may move orders here."""
    return {"may_fulfil": Permission.FULFIL_ORDERS in g.get("permissions", ())}
