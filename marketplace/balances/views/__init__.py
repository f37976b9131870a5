"""Pages of balances."""

from marketplace.balances.views import officers, own
from marketplace.balances.views.blueprint import balances

__all__ = ["balances", "officers", "own"]
