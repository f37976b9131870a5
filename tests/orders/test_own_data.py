"""What of a person's purchases belongs to the data they may take along."""

from __future__ import annotations

from dataclasses import replace

from marketplace.orders.own_data import of_buyer
from marketplace.orders.service import Buyer, place
from tests.makers import SATURDAY, make_account
from tests.orders.conftest import make_request


def test_own_purchases_are_given_with_their_goods_and_nobody_elses(session, sanan, keripik):
    sari, budi = make_account(session, "Sari"), make_account(session, "Budi")
    for account, quantity in ((sari, 2), (budi, 1)):
        buyer = Buyer(account.name, "+6281234567890", account_id=account.id)
        place(session, replace(make_request((keripik, quantity)), buyer=buyer), at=SATURDAY)

    (purchase,) = of_buyer(session, sari.id)["purchases"]

    assert (purchase["name"], purchase["total"]) == ("Sari", 30_000)
    (order,) = purchase["orders"]
    assert order["lines"] == [
        {"title": "Keripik tempe", "variant": "", "quantity": 2, "price": 15_000}
    ]
    assert order["pickup"] == "Balai RW 15"


def test_a_guest_left_nothing_with_an_account(session, sanan, keripik):
    place(session, make_request((keripik, 1)), at=SATURDAY)

    assert of_buyer(session, make_account(session, "Sari").id) == {"purchases": []}
