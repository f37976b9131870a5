"""PostgreSQL hides other cooperatives' rows even from a query that forgets whose they are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Table, func, select, text, update
from sqlalchemy.exc import ProgrammingError

from marketplace.database import Base, beyond, stand_in
from marketplace.kernel.access import Permission
from marketplace.listings.models import Listing
from marketplace.members.models import Member
from marketplace.web.extensions import db
from marketplace.web.guards import requires
from tests.architecture.conftest import Markets
from tests.architecture.site import Site
from tests.architecture.test_tenancy import TENANT
from tests.conftest import DATABASES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("postgresql" not in DATABASES, reason="only PostgreSQL has row security"),
]


@pytest.fixture(scope="module")
def site(market_on: Markets) -> Iterator[Site]:
    with market_on("postgresql") as loaded:
        yield loaded


@pytest.fixture
def session(site: Site):
    with site.app.app_context():
        yield db.session()
        db.session.rollback()
        db.session.remove()


def owners(session, table: Table) -> set[int]:
    return set(session.scalars(select(table.c.cooperative_id).distinct()))


@pytest.mark.parametrize("table", TENANT, ids=lambda table: table.name)
def test_every_tenant_table_is_walled(session, table):
    forced = session.execute(
        text("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = :name"),
        {"name": table.name},
    ).one()

    assert forced == (True, True)


def test_who_stands_nowhere_sees_the_whole_market(session, site):
    assert owners(session, Base.metadata.tables["listings"]) > {site.a.id, site.b.id}


def test_who_stands_in_a_cooperative_sees_nothing_of_the_others(session, site):
    stand_in(session, site.a.id)

    seen = {table.name: owners(session, table) for table in TENANT}

    assert seen["listings"] == seen["orders"] == seen["members"] == {site.a.id}
    assert set().union(*seen.values()) == {site.a.id}


def test_the_next_transaction_of_a_session_stands_there_too(session, site):
    stand_in(session, site.a.id)
    session.commit()

    assert owners(session, Base.metadata.tables["members"]) == {site.a.id}


def test_the_next_user_of_a_connection_stands_nowhere(session, site):
    stand_in(session, site.a.id)
    session.execute(text("SELECT 1"))
    db.session.remove()

    assert len(owners(db.session(), Base.metadata.tables["members"])) > 1


def names_of(session, cooperative_id: int) -> list[str]:
    mine = select(Member.name).where(Member.cooperative_id == cooperative_id).order_by(Member.id)
    return list(session.scalars(mine))


def test_a_question_about_a_person_may_look_beyond_and_comes_back(session, site):
    members = Base.metadata.tables["members"]
    stand_in(session, site.a.id)

    with beyond(session):
        around = owners(session, members)

    assert around >= {site.a.id, site.b.id}
    assert owners(session, members) == {site.a.id}


def test_nothing_of_others_is_changed_or_put_there(session, site):
    before = names_of(session, site.b.id)
    stand_in(session, site.a.id)
    first = Member.cooperative_id == site.a.id, Member.number == 1

    session.execute(update(Member).values(name="Semua orang"))
    with pytest.raises(ProgrammingError, match="row-level security"):
        session.execute(update(Member).where(*first).values(cooperative_id=site.b.id))

    session.rollback()
    session.info.clear()
    assert names_of(session, site.b.id) == before != []


def test_a_view_that_forgets_whose_rows_it_asks_for_shows_only_its_own(site):
    def all_goods(slug: str) -> str:
        return str(db.session.scalar(select(func.string_agg(Listing.title, ", "))))

    site.app.add_url_rule(
        "/k/<slug>/kelola/semua",
        "forgetful",
        requires(Permission.EDIT_LISTINGS)(all_goods),
    )

    page = site.visitor("manager", "A").get(f"/k/{site.a.slug}/kelola/semua").text

    assert page
    assert "ZQ7B" not in page
