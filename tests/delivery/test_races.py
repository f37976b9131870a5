"""Officers who name the same new courier at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.delivery import service as delivery
from marketplace.delivery.models import Courier, Shipment
from marketplace.delivery.service import CourierChoice
from marketplace.kernel.money import Rupiah
from marketplace.orders import service
from marketplace.web.extensions import db
from marketplace.web.transactions import transaction
from tests.makers import SATURDAY, make_cooperative, make_listing, make_point
from tests.orders.conftest import first, make_request

pytestmark = [pytest.mark.race, pytest.mark.slow]
OFFICERS = 6


def test_a_new_courier_whom_all_name_at_once_is_one_courier(own_app: Flask) -> None:
    with own_app.app_context(), transaction() as session:
        sanan = make_cooperative(session, "Sanan Tempe Muda")
        make_point(session, sanan)
        keripik = make_listing(session, sanan, "Keripik", stock_count=50)
        wanted = [make_request((keripik, 1)) for _ in range(OFFICERS)]
        placed = [service.place(session, one, at=SATURDAY) for one in wanted]
        orders = [(sanan.id, first(session, one.id).id) for one in placed]
    together = Barrier(OFFICERS)

    def send(order: tuple[int, UUID]) -> UUID:
        with own_app.app_context():
            together.wait(30)
            try:
                with transaction() as session:
                    yudi = CourierChoice(name="Mas Yudi")
                    trip = delivery.send(
                        session, *order, yudi, cash=Rupiah(0), by=None, at=SATURDAY
                    )
                    return trip.courier_id
            finally:
                db.session.remove()

    with ThreadPoolExecutor(OFFICERS) as officers:
        couriers = set(officers.map(send, orders))

    with own_app.app_context():
        named = list(db.session.scalars(select(Courier.id)))
        trips = len(db.session.scalars(select(Shipment.id)).all())
        db.session.remove()
    assert couriers == set(named)
    assert (len(named), trips) == (1, OFFICERS)
