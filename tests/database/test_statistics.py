"""The database takes the short way through a full market."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.app import tend_statistics
from marketplace.database.statistics import refresh_statistics
from marketplace.kernel.ids import new_id
from marketplace.storefront.queries.cards import BY_ID
from tests.makers import SATURDAY, make_cooperative, make_listing

THINGS = 120
KNOWN = {
    "sqlite": "SELECT CAST(max(stat) AS INTEGER) FROM sqlite_stat1 WHERE tbl = 'listings'",
    "postgresql": "SELECT CAST(reltuples AS INTEGER) FROM pg_class WHERE relname = 'listings'",
}


def fill_market(session: Session) -> None:
    sanan = make_cooperative(session, "Sanan Tempe Muda")
    for number in range(THINGS):
        make_listing(session, sanan, f"Keripik tempe nomor {number}")


def plan(session: Session) -> str:
    """Ask how the cards of three things among many would be found."""
    asked = BY_ID.params(ids=[new_id() for _ in range(3)])
    bind = session.connection()
    written = asked.compile(bind, compile_kwargs={"literal_binds": True})
    rows = bind.exec_driver_sql(f"EXPLAIN QUERY PLAN {written}").all()
    return next(str(row[-1]) for row in rows if "listings" in str(row[-1]))


def test_after_an_import_the_database_knows_how_much_there_is(session, database):
    fill_market(session)

    refresh_statistics(session)

    assert session.scalar(text(KNOWN[database])) == THINGS


def test_things_are_found_by_their_ids_and_not_among_all_that_are_for_sale(session, database):
    fill_market(session)

    tend_statistics(session, SATURDAY)

    if database == "sqlite":  # PostgreSQL looks after itself: the chore leaves it alone
        assert "ix_listings_id" in plan(session)
