"""The gateways of this site, as its settings name them."""

from __future__ import annotations

from marketplace.adapters.calling import ANSWER_SECONDS, QUICK_SECONDS, Caller
from marketplace.adapters.midtrans import Midtrans
from marketplace.adapters.xendit import PUBLIC, Xendit
from marketplace.config import Settings
from marketplace.payments.ports import Gateway


def open_gateways(
    settings: Settings,
    *,
    answer_seconds: float = ANSWER_SECONDS,
    quick_seconds: float = QUICK_SECONDS,
) -> dict[str, Gateway]:
    """Give every gateway that is set, by its name; new orders are paid through the first."""
    found: list[Gateway] = []
    if settings.midtrans_server_key:
        caller = Caller("midtrans", settings.midtrans_server_key, answer_seconds, quick_seconds)
        found.append(Midtrans(caller, settings.midtrans_base_url))
    if settings.xendit_secret_key and settings.xendit_callback_token:
        caller = Caller("xendit", settings.xendit_secret_key, answer_seconds, quick_seconds)
        address = settings.xendit_base_url or PUBLIC
        found.append(Xendit(caller, settings.xendit_callback_token, address))
    return {gateway.name: gateway for gateway in found}
