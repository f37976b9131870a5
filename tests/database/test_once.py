"""A row under a unique key is written once, and is then as one that was read."""

from __future__ import annotations

from sqlalchemy import func, select

from marketplace.database import insert_once
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.orders.models import Purchase
from tests.makers import SATURDAY


def purchase(checkout_key: str, name: str = "Sari") -> Purchase:
    id_ = new_id()
    return Purchase(
        id=id_, number=str(id_), key="k" * 22, checkout_key=checkout_key, request_hash="h",
        buyer_name=name, buyer_phone="+6281234567890", language="id", total=Rupiah(15_000),
        placed_at=SATURDAY,
    )  # fmt: skip


def test_the_second_row_of_a_key_is_not_written(session):
    first, second = purchase("satu"), purchase("satu", "Dewi")

    assert insert_once(session, first, "checkout_key")
    assert not insert_once(session, second, "checkout_key")

    assert session.scalars(select(Purchase.buyer_name)).all() == ["Sari"]
    assert second not in session


def test_rows_of_other_keys_stand_side_by_side(session):
    for key in ("satu", "dua"):
        assert insert_once(session, purchase(key), "checkout_key")

    assert session.scalar(select(func.count()).select_from(Purchase)) == 2


def test_what_is_changed_afterwards_is_kept(session):
    row = purchase("satu")
    insert_once(session, row, "checkout_key")

    row.number = "KM-2611-0001"
    session.flush()
    session.expire_all()

    assert session.scalars(select(Purchase.number)).one() == "KM-2611-0001"
    assert row.total == Rupiah(15_000)
