"""Rows of a round are always locked in one order: the round first, then its lines by id."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.supply.models import RequestLine, SupplyRound
from marketplace.supply.rules import RequestState


def locked_round(session: Session, round_: SupplyRound) -> SupplyRound:
    """Lock a round and read it anew."""
    return session.scalars(
        select(SupplyRound)
        .where(SupplyRound.cooperative_id == round_.cooperative_id, SupplyRound.id == round_.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def locked_lines(session: Session, round_: SupplyRound) -> Sequence[RequestLine]:
    """Lock all wishes of a round that were not taken back."""
    return session.scalars(
        select(RequestLine)
        .where(
            RequestLine.cooperative_id == round_.cooperative_id,
            RequestLine.round_id == round_.id,
            RequestLine.state != RequestState.CANCELLED,
        )
        .order_by(RequestLine.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def locked_line(session: Session, line: RequestLine) -> RequestLine:
    """Lock one wish and read it anew."""
    return session.scalars(
        select(RequestLine)
        .where(RequestLine.cooperative_id == line.cooperative_id, RequestLine.id == line.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
