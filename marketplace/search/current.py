"""The index of this application: where it lies, and who keeps it in step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from sqlalchemy.orm import Session

from marketplace.search import service
from marketplace.search.engine import Index
from marketplace.web.jobs import Jobs

TOPICS = (
    "listing.changed",
    "stock.changed",
    "cooperative.changed",
    "order.placed",
    "order.paid",
    "order.moved",
    "order.reduced",
)
"""Messages after which listings are looked at again; see ``service.listings_told_of``."""


def index() -> Index:
    """Give the index that this application searches."""
    found: Index = current_app.extensions["search"]
    return found


def install(app: Flask, jobs: Jobs) -> Index:
    """Open the index of this application and have the worker keep it."""
    here = Index(Path(app.config["ROOT"]) / app.config["SETTINGS"].search_path)
    app.extensions["search"] = here

    def hear(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
        service.catch_up(session, service.listings_told_of(session, facts), here, at=at)

    def tend_search_index(session: Session, at: datetime) -> None:
        service.tend(session, here, at=at)

    def rebuild_asked(session: Session, _facts: Mapping[str, Any], at: datetime) -> None:
        service.rebuild(session, here, at=at)  # refused while one runs, and then tried again

    jobs.listen("search.rebuild_asked", rebuild_asked)
    for topic in TOPICS:
        jobs.listen(topic, hear)
    jobs.every_minute(tend_search_index)
    return here
