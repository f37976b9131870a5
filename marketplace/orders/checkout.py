"""Placing an order from a page or a program: two transactions, repeated when locks collide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy.exc import OperationalError

from marketplace.orders import queries, service
from marketplace.orders.service import OrderRequest
from marketplace.payments import service as payments
from marketplace.payments.queries import due_destinations
from marketplace.web.transactions import reader, transaction

TRIES = 4
COLLISIONS = ("DeadlockDetected", "SerializationFailure")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Placed:
    """What a buyer needs to find a purchase again; read before it is kept, so nothing waits."""

    id: UUID
    number: str
    key: str


def place(request: OrderRequest, *, at: datetime) -> Placed:
    """Use new ways to be paid, give back overdue holds of the wanted goods, place the order.

    They are several transactions, because what has run out is a fact of its own, and so that
    locks are always taken in one order.
    """
    if due_destinations(reader(), at=at):
        repeated(lambda: _use_new_destinations(at))
    overdue = queries.overdue_lines(reader(), list(request.basket), at=at)
    if overdue:
        repeated(lambda: _expire(overdue, at))
    return repeated(lambda: _place(request, at))


def _use_new_destinations(at: datetime) -> None:
    with transaction() as session:
        payments.take_effect(session, at=at)


def _expire(line_ids: list[UUID], at: datetime) -> None:
    with transaction() as session:
        service.expire_overdue(session, at=at, line_ids=line_ids)


def _place(request: OrderRequest, at: datetime) -> Placed:
    with transaction() as session:
        purchase = service.place(session, request, at=at)
        return Placed(purchase.id, purchase.number, purchase.key)


def repeated(work: Callable[[], R]) -> R:
    """Do a transaction again when the database chose it to end a deadlock."""
    for _ in range(TRIES - 1):
        try:
            return work()
        except OperationalError as error:
            if type(error.orig).__name__ not in COLLISIONS:
                raise
    return work()
