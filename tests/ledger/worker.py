"""A worker that posts as fast as it can until it is killed: started by ``test_kill``.

After each commit it writes the key of what it posted to a file of its own and waits until
the line is on the disk, so that the file knows of everything that was acknowledged.
"""

from __future__ import annotations

import json
import os
import sys
from itertools import count
from pathlib import Path
from typing import TextIO
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.app import create_app
from marketplace.config import Settings
from marketplace.kernel.money import Rupiah
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Move, Posting, Purpose, Unit
from marketplace.orders import service as orders
from marketplace.orders.rules import OrderState
from marketplace.orders.service import Buyer, Choice, OrderRequest
from marketplace.payments.rules import PaymentMethod
from marketplace.web.transactions import transaction
from tests.makers import SATURDAY
from tests.orders.conftest import first

STEPS = (OrderState.IN_PREPARATION, OrderState.READY_FOR_PICKUP, OrderState.FINISHED)


def main(
    settings: dict[str, str], cooperative_id: int, goods: dict[str, int], name: str, told: str
) -> None:
    """Post for ever. Two plain entries, then an order that goes its whole way."""
    app = create_app(Settings(**settings))  # type: ignore[arg-type]
    with app.app_context(), Path(told).open("w", encoding="ascii") as acknowledged:
        for number in count():
            key = f"{name}:{number}"
            with transaction() as session:
                if number % 3 == 2:
                    _sell(session, cooperative_id, goods, key)
                else:
                    _post(session, cooperative_id, key, number)
            _acknowledge(acknowledged, key)


def _post(session: Session, cooperative_id: int, key: str, number: int) -> None:
    moves = (
        Move(Purpose.CASH, Purpose.BANK, Rupiah(1 + number)),
        Move(Purpose.CHANNEL, Purpose.CASH, Rupiah(2 + number)),
    )
    posting = Posting(key, "Setoran kas", moves, SATURDAY.date(), "manual")
    ledger.post(session, cooperative_id, Unit.SHOP, posting, at=SATURDAY)


def _sell(session: Session, cooperative_id: int, goods: dict[str, int], key: str) -> None:
    request = OrderRequest(
        checkout_key=key,
        basket={UUID(variant_id): 1 for variant_id in goods},
        buyer=Buyer(name="Sari", phone="+6281234567890"),
        expected_total=Rupiah(sum(goods.values())),
        choices={cooperative_id: Choice(method=PaymentMethod.COD)},
    )
    order = first(session, orders.place(session, request, at=SATURDAY).id)
    for state in STEPS:
        orders.advance(session, order, state, actor_id=None, at=SATURDAY)


def _acknowledge(acknowledged: TextIO, key: str) -> None:
    acknowledged.write(f"{key}\n")
    acknowledged.flush()
    os.fsync(acknowledged.fileno())


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
