"""What of pooled sales belongs to the data a person may take along."""

from __future__ import annotations

from marketplace.pools import service
from marketplace.pools.own_data import of_deliverer
from marketplace.pools.rules import PaidInto
from tests.makers import SATURDAY, make_account


def test_own_shares_are_given_and_nobody_elses(session, sanan, makers, chillies):
    lilik = make_account(session, "Bu Lilik")
    makers[0].account_id = lilik.id
    service.share_out(
        session, sanan.id, chillies, key="1", paid_into=PaidInto.CASH, by=None, at=SATURDAY
    )

    found = of_deliverer(session, lilik.id)

    assert found == {
        "pooled_sales": [
            {
                "cooperative": sanan.slug, "title": "Cabai rawit", "sold_on": "2026-11-28",
                "quantity": 125, "unit": "kg", "amount": 2_052_844,
                "undone": False,
            }
        ]
    }  # fmt: skip


def test_who_delivered_nothing_has_nothing_there(session, sanan, makers, chillies):
    service.share_out(
        session, sanan.id, chillies, key="1", paid_into=PaidInto.CASH, by=None, at=SATURDAY
    )

    assert of_deliverer(session, make_account(session, "Sari").id) == {"pooled_sales": []}
