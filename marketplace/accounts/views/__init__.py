"""Pages of a person's account."""

from marketplace.accounts.views import notices, profile, security, signing_in
from marketplace.accounts.views.blueprint import accounts

__all__ = ["accounts", "notices", "profile", "security", "signing_in"]
