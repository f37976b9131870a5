from __future__ import annotations

import shutil
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from marketplace.cli.search import search_cli
from marketplace.kernel.ids import to_text
from marketplace.listings.models import Listing, ListingState
from marketplace.outbox import service as outbox
from marketplace.search import current, service
from marketplace.search.engine import Index, pending, places, reader, writer
from marketplace.search.rules import Query
from marketplace.web.extensions import db
from marketplace.web.transactions import transaction
from tests.makers import SATURDAY, make_cooperative, make_listing


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path / "index")


def look_now(index: Index) -> Index:
    index._looked = -reader.LOOK_AGAIN
    return index


def found(session, index, text: str = "") -> set[str]:
    return set(service.find(session, Query(text=text), look_now(index)).ids)


@pytest.fixture
def tempe(session) -> Listing:
    variant = make_listing(session, make_cooperative(session), "Keripik tempe")
    return session.scalars(select(Listing).where(Listing.id == variant.listing_id)).one()


def test_a_rebuild_makes_everything_findable(session, index, tempe):
    told: list[int] = []

    count = service.rebuild(session, index, at=SATURDAY, progress=told.append)

    assert count == 1
    assert told == [1]
    assert index.search(Query(text="tempe")).ids == (to_text(tempe.id),)


def test_a_change_during_a_rebuild_is_in_the_new_index(session, index, tempe):
    service.rebuild(session, index, at=SATURDAY)

    def change(_count: int) -> None:
        tempe.title = "Rempeyek kacang"
        service.catch_up(session, [tempe.id], index, at=SATURDAY)
        session.commit()

    service.rebuild(session, index, at=SATURDAY, progress=change)

    assert found(session, index, "rempeyek") == {to_text(tempe.id)}
    assert not pending.any_left(index.path)


def test_without_an_index_the_database_answers_and_healing_is_asked_for(session, index, tempe):
    assert found(session, index, "keripik") == {to_text(tempe.id)}
    assert service.complete("ker", index) == []
    assert (index.path / places.HEAL).exists()


def test_a_missing_index_is_told_of_once_and_not_with_every_search_and_message(
    session, index, tempe
):
    with capture_logs() as told:
        for _ in range(3):
            found(session, index, "keripik")
            service.catch_up(session, [tempe.id], index, at=SATURDAY)
            session.commit()

    assert [line["event"] for line in told if line["log_level"] == "warning"] == [
        "search index unavailable"
    ]


def test_a_missing_index_heals_itself(session, index, tempe):
    service.tend(session, index, at=SATURDAY)

    assert index.search(Query(text="keripk")).ids == (to_text(tempe.id),)
    assert service.complete("ker", index) != []


def test_an_index_that_broke_while_in_use_heals_itself(session, index, tempe):
    service.rebuild(session, index, at=SATURDAY)
    assert found(session, index, "keripik") == {to_text(tempe.id)}
    shutil.rmtree(index.path)

    assert found(session, index, "keripik") == {to_text(tempe.id)}
    service.tend(session, index, at=SATURDAY)

    assert look_now(index).search(Query(text="keripik")).ids == (to_text(tempe.id),)


def test_a_healthy_index_is_left_alone(session, index, tempe):
    service.rebuild(session, index, at=SATURDAY)
    before = (index.path / places.CURRENT).read_text()

    service.tend(session, index, at=SATURDAY)

    assert (index.path / places.CURRENT).read_text() == before


def test_healing_steps_back_while_a_rebuild_runs(session, index):
    with places.locked(index.path, "rebuild.lock", wait=0):
        service.tend(session, index, at=SATURDAY)

    assert index.needs_healing()


def test_a_changed_listing_is_written_after_the_commit(session, index, tempe):
    service.rebuild(session, index, at=SATURDAY)
    tempe.title = "Rempeyek kacang"
    service.catch_up(session, [tempe.id], index, at=SATURDAY)
    assert found(session, index, "rempeyek") == set()

    session.commit()

    assert found(session, index, "rempeyek") == {to_text(tempe.id)}
    assert not pending.any_left(index.path)


def test_a_withdrawn_listing_is_not_found_any_more(session, index, tempe):
    service.rebuild(session, index, at=SATURDAY)
    tempe.state = ListingState.ARCHIVED
    service.catch_up(session, [tempe.id], index, at=SATURDAY)

    session.commit()

    assert found(session, index) == set()


def test_nothing_to_catch_up_with_writes_nothing(session, index):
    service.catch_up(session, [], index, at=SATURDAY)

    assert not index.path.exists()


def test_what_cannot_be_written_yet_is_written_after_healing(session, index, tempe):
    service.catch_up(session, [tempe.id], index, at=SATURDAY)
    session.commit()
    assert pending.any_left(index.path)

    service.tend(session, index, at=SATURDAY)

    assert index.search(Query(text="keripik")).ids == (to_text(tempe.id),)
    assert not pending.any_left(index.path)


def test_a_busy_index_is_written_by_the_next_chore(session, index, tempe, monkeypatch):
    service.rebuild(session, index, at=SATURDAY)
    monkeypatch.setattr(writer, "PATIENCE", 0.05)
    tempe.title = "Rempeyek"
    service.catch_up(session, [tempe.id], index, at=SATURDAY)
    with index.write():
        session.commit()

    assert found(session, index, "rempeyek") == set()
    service.tend(session, index, at=SATURDAY)

    assert found(session, index, "rempeyek") == {to_text(tempe.id)}


def test_messages_name_the_listings_to_look_at(session):
    shop = make_cooperative(session)
    first, second = make_listing(session, shop), make_listing(session, shop)

    def told(**facts):
        return set(service.listings_told_of(session, facts))

    assert told(listing=to_text(first.listing_id)) == {first.listing_id}
    assert told(listings=[to_text(first.listing_id), "rubbish"]) == {first.listing_id}
    assert told(listings=[str(second.listing_id)], cooperative=shop.id) == {second.listing_id}
    assert told(variant=to_text(second.id)) == {second.listing_id}
    assert told(variants=[to_text(first.id), to_text(second.id)]) == {
        first.listing_id,
        second.listing_id,
    }
    assert told(cooperative=shop.id) == {first.listing_id, second.listing_id}
    assert told(cooperative=shop.id, listing=to_text(first.listing_id)) == {first.listing_id}
    assert told(something="else") == set()


@pytest.fixture
def jobs(own_app):
    if "search" not in own_app.extensions:
        current.install(own_app, own_app.extensions["jobs"])
    return own_app.extensions["jobs"]


@pytest.fixture
def kept(own_app, jobs):
    """A published listing that is really in the database, and in the index."""
    with own_app.app_context():
        with transaction() as session:
            listing_id = make_listing(session, make_cooperative(session)).listing_id
        service.rebuild(db.session(), current.index(), at=SATURDAY)
    return listing_id


def test_a_change_is_findable_within_two_seconds_of_its_commit(own_app, jobs, kept):
    with own_app.app_context():
        web = Index(current.index().path)  # another process has its own
        assert web.search(Query(text="rendang")).total == 0
        with transaction() as session:
            session.scalars(select(Listing).where(Listing.id == kept)).one().title = "Rendang"
            outbox.tell(session, "listing.changed", at=SATURDAY, listing=to_text(kept))
        committed = time.monotonic()

        jobs.drain()
        while not web.search(Query(text="rendang")).total and time.monotonic() < committed + 2:
            time.sleep(0.02)

        assert web.search(Query(text="rendang")).ids == (to_text(kept),)
        assert time.monotonic() - committed < 2


def test_a_rolled_back_delivery_is_harmless(own_app, jobs, kept):
    def catch_up_and_fail() -> None:
        with transaction() as session:
            service.catch_up(session, [kept], current.index(), at=SATURDAY)
            raise KeyError

    with own_app.app_context():
        with pytest.raises(KeyError):
            catch_up_and_fail()

        jobs.sweep()

        assert current.index().count() == 1
        assert not pending.any_left(current.index().path)


def test_the_command_rebuilds_and_says_how_many(own_app, jobs, kept):
    if "search" not in own_app.cli.commands:
        own_app.cli.add_command(search_cli)
    shutil.rmtree(Path(own_app.config["SETTINGS"].search_path))

    result = own_app.test_cli_runner().invoke(args=["search", "rebuild"])

    assert result.exit_code == 0, result.output
    assert "1 listings can be found" in result.output
    with own_app.app_context():
        assert current.index().search(Query(text="keripik")).total == 1


def test_the_command_explains_why_it_cannot(own_app, jobs, kept):
    if "search" not in own_app.cli.commands:
        own_app.cli.add_command(search_cli)
    path = Path(own_app.config["SETTINGS"].search_path)

    with places.locked(path, "rebuild.lock", wait=0):
        result = own_app.test_cli_runner().invoke(args=["search", "rebuild"])

    assert result.exit_code == 1
    assert "dibangun ulang" in result.output


def test_readiness_is_judged_by_the_day_of_the_search(session, index):
    shop = make_cooperative(session)
    make_listing(
        session,
        shop,
        stock_count=0,
        backorder_limit=5,
        ready_on=SATURDAY.date() + timedelta(days=3),
    )
    service.rebuild(session, index, at=SATURDAY)

    def ready(days: int) -> int:
        day = SATURDAY.date() + timedelta(days=days)
        return index.search(Query(ready_today=True, today=day)).total

    assert [ready(0), ready(2), ready(3), ready(9)] == [0, 0, 1, 1]
