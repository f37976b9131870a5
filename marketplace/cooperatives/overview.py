"""What needs doing today, gathered from every feature that has something to say.

Features stand on floors above this one, so they are not asked by name: ``app.py`` plugs
their providers in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app
from sqlalchemy.orm import Session

from marketplace.cooperatives import queries
from marketplace.cooperatives.models import Cooperative, Standing
from marketplace.cooperatives.service.founding import missing
from marketplace.kernel.access import Permission
from marketplace.kernel.text import Sentence, say

KEY = "overview"


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do: how often, in which words, on which page of the back office."""

    count: int
    title: Sentence
    page: str
    urgent: bool = False


Provider = Callable[[Session, Cooperative, frozenset[Permission], datetime], Iterable[Task]]


def install(app: Flask, providers: Iterable[Provider]) -> None:
    """Say who contributes to the overview, in the order shown."""
    app.extensions[KEY] = [*providers]


def tasks(
    session: Session, cooperative: Cooperative, held: frozenset[Permission], at: datetime
) -> list[Task]:
    """List what waits for somebody with these permissions; nothing that counts zero."""
    providers: list[Provider] = current_app.extensions[KEY]
    found = [task for provider in providers for task in provider(session, cooperative, held, at)]
    return [task for task in found if task.count]


def own_tasks(
    session: Session, cooperative: Cooperative, held: frozenset[Permission], at: datetime
) -> Iterable[Task]:
    """List what a cooperative itself still needs: settings and open invitations."""
    if Permission.MANAGE_COOPERATIVE in held and cooperative.standing is Standing.PREPARING:
        for page, sentence in missing(session, cooperative):
            yield Task(1, sentence, page, urgent=True)
    if Permission.MANAGE_MEMBERS in held:
        waiting = len(queries.open_invites(session, cooperative.id, at=at))
        yield Task(waiting, say("undangan belum dipakai"), "pengurus")
