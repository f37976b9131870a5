from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.ledger import service
from marketplace.ledger.models import LedgerBook, LedgerEntry
from marketplace.ledger.rules import Move, Place, Posting, Unit
from tests.makers import SATURDAY, make_cooperative

TODAY = date(2026, 11, 28)


def posting(*moves: tuple[Place, Place, int], key: str | None = None, **facts: object) -> Posting:
    values: dict[str, object] = {
        "key": key or str(new_id()),
        "memo": "Uji",
        "dated": TODAY,
        "source_type": "manual",
        **facts,
    }
    return Posting(
        moves=tuple(Move(debit, credit, Rupiah(amount)) for debit, credit, amount in moves),
        **values,  # type: ignore[arg-type]
    )


@pytest.fixture
def sanan(session: Session) -> Cooperative:
    return make_cooperative(session, "Sanan Tempe Muda")


@pytest.fixture
def book(session: Session, sanan: Cooperative) -> LedgerBook:
    return service.take_book(session, sanan.id, Unit.SHOP, at=SATURDAY)


@pytest.fixture
def post(session: Session, sanan: Cooperative) -> Callable[..., LedgerEntry]:
    """Post moves (debit, credit, rupiah) into the books of the shop."""

    def write(*moves: tuple[Place, Place, int], **facts: object) -> LedgerEntry:
        return service.post(session, sanan.id, Unit.SHOP, posting(*moves, **facts), at=SATURDAY)

    return write
