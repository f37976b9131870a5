"""Pages of the pay-outs."""

from marketplace.payouts.views import batches, statements
from marketplace.payouts.views.blueprint import payouts

__all__ = ["batches", "payouts", "statements"]
