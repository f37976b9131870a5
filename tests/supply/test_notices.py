from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import Notice
from marketplace.kernel.money import Rupiah
from marketplace.supply import queries, service
from marketplace.supply.models import BaseUnit
from marketplace.supply.service import RoundPlan, Terms, Wanted
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.transactions import transaction
from tests.makers import make_account, make_cooperative, make_member, make_officer


def test_members_hear_that_a_round_opens_what_they_get_and_what_they_do_not(own_app: Flask):
    jobs = own_app.extensions["jobs"]
    with own_app.app_context(), transaction() as session:
        cooperative = make_cooperative(session)
        officer = make_officer(session, cooperative)
        people = [make_account(session, name) for name in ("Sri", "Arif", "Rara")]
        members = [make_member(session, cooperative, p.name, account=p) for p in people]
        item = service.add_item(
            session,
            cooperative.id,
            name="Minyak",
            base_unit=BaseUnit.PIECE,
            unit="jeriken",
            factor=1,
            at=now(),
        )
        terms = Terms(
            supplier="Grosir",
            pack_name="karton",
            pack_size=4,
            pack_price=Rupiah(400_000),
        )
        plan = RoundPlan(now() + timedelta(days=1), "Balai")
        pool = service.open_round(session, item, terms, plan, opened_by=officer.id, at=now())
        service.join(session, pool, members[0], Wanted(3), entered_by=officer.id, at=now())
        service.join(
            session, pool, members[1], Wanted(5, accept_min=5), entered_by=officer.id, at=now()
        )
        service.lock(session, pool, at=now())
        service.receive(
            session,
            pool,
            key="1",
            packs=1,
            quantity=4,
            cost=Rupiah(400_000),
            actor_id=officer.id,
            at=now(),
        )
        ids = [person.id for person in people]
        number, cooperative_id = pool.number, cooperative.id

    jobs.drain()
    jobs.drain()

    with own_app.app_context():
        told = [
            [n.text for n in db.session.scalars(select(Notice).where(Notice.account_id == id_))]
            for id_ in ids
        ]
        pool = queries.of_cooperative(db.session(), cooperative_id, number)
        assert pool.number == 1
    assert ["siap diambil" in " ".join(texts) for texts in told] == [True, False, False]
    assert ["tidak kebagian" in " ".join(texts) for texts in told] == [False, True, False]
    assert all(any("dibuka" in text for text in texts) for texts in told)
