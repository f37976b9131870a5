"""Pages of credit."""

from marketplace.credit.views import officers, own
from marketplace.credit.views.blueprint import credit

__all__ = ["credit", "officers", "own"]
