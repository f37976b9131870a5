"""How a cooperative sets the ways it is paid; here because it needs both QRIS and settings."""

from marketplace.payments.settings.views import payment_settings

__all__ = ["payment_settings"]
