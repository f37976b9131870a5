"""Pages of claims: the buyer's, the officers', the operator's."""

from marketplace.claims.views import buyers, officers, operators
from marketplace.claims.views.blueprint import claims

__all__ = ["buyers", "claims", "officers", "operators"]
