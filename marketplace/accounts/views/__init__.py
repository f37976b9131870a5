"""Pages of a person's account."""

from marketplace.accounts.views import contacts, data, notices, profile, security, signing_in
from marketplace.accounts.views.blueprint import accounts

__all__ = ["accounts", "contacts", "data", "notices", "profile", "security", "signing_in"]
