"""What is looked at every night, for all cooperatives."""

from __future__ import annotations

from marketplace.supply import service
from marketplace.web.clock import now
from marketplace.web.transactions import transaction


def watch_shelves() -> None:
    """Tell officers whose shelf lacks what they buy together."""
    with transaction() as session:
        service.watch_shelves(session, at=now())
