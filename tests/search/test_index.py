from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from marketplace.search.engine import (
    Document,
    Index,
    RebuildRunning,
    WriterBusy,
    pending,
    places,
    reader,
    rebuild,
    writer,
)
from marketplace.search.rules import Query
from tests.search.makers import make_document


def ids(index: Index, text: str = "") -> set[str]:
    return set(index.search(Query(text=text, limit=100)).ids)


def look_now(index: Index) -> Index:
    index._looked = -reader.LOOK_AGAIN
    return index


def test_a_replaced_listing_is_found_by_its_new_words_only(index: Index) -> None:
    with index.write() as writer_:
        writer_.replace([make_document("a", "Rempeyek"), make_document("b", "Sari apel")])
        writer_.commit()
        writer_.replace([make_document("a", "Batik tulis")])
        writer_.commit()

    assert ids(index, "batik") == {"a"}
    assert ids(index, "rempeyek") == set()
    assert index.count() == 2


def test_a_removed_listing_is_not_found(index: Index) -> None:
    with index.write() as writer_:
        writer_.replace([make_document("a"), make_document("b")])
        writer_.remove(["a", "never there", "\ud800"])
        writer_.commit()

    assert ids(index) == {"b"}


def test_what_is_not_committed_is_forgotten(index: Index) -> None:
    with index.write() as writer_:
        writer_.replace([make_document("a")])

    assert ids(index) == set()


def test_odd_facts_are_stored(index: Index) -> None:
    odd = make_document(
        "odd",
        "\ud800\0🙂",
        price=2**80,
        sold=-(2**80),
        published=-1,
        category="a/b/c/d/e/f/g",
        cooperative="\ud800",
        description="x" * 200_000,
        region="1.2.3.4.5.6",
    )
    bare = Document(id="bare", title="", price=0)

    with index.write() as writer_:
        writer_.replace([odd, bare])
        writer_.commit()

    assert ids(index) == {"odd", "bare"}


def test_a_reader_sees_a_commit_of_another_index_object_in_time(index: Index) -> None:
    other = Index(index.path)
    assert ids(other) == set()

    with index.write() as writer_:
        writer_.replace([make_document("a")])
        writer_.commit()
    committed = time.monotonic()
    while not ids(other) and time.monotonic() - committed < 2:
        time.sleep(0.02)

    assert ids(other) == {"a"}
    assert time.monotonic() - committed < 1


def test_a_reader_looks_at_the_disk_only_now_and_then(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[Path] = []
    real = reader.current
    monkeypatch.setattr(reader, "current", lambda path: looks.append(path) or real(path))

    for _ in range(50):
        index.search(Query(text="keripik"))

    assert len(looks) <= 2


def test_new_words_are_collected_after_a_while(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert index.search(Query(text="kripk")).total == 0
    with index.write() as writer_:
        writer_.replace([make_document("a", "Rendang jamur")])
        writer_.commit()

    assert ids(look_now(index), "rendang") == {"a"}
    monkeypatch.setattr(reader, "COLLECT_AGAIN", -1.0)
    with index.write() as writer_:
        writer_.replace([make_document("b", "Rendang sapi")])
        writer_.commit()

    assert ids(look_now(index), "renang") == {"a", "b"}


def test_only_one_writes_at_a_time(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "PATIENCE", 0.05)

    with index.write(), pytest.raises(WriterBusy), index.write():
        pass


def test_a_second_writer_waits_for_the_first(index: Index) -> None:
    def write(id_: str) -> None:
        with Index(index.path).write() as writer_:
            writer_.replace([make_document(id_)])
            writer_.commit()

    threads = [threading.Thread(target=write, args=(f"t{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert index.count() == 4


def test_many_threads_search_one_index_while_it_changes(index: Index) -> None:
    failures: list[BaseException] = []
    stop = threading.Event()

    def search() -> None:
        while not stop.is_set():
            try:
                look_now(index).search(Query(text="keripik tempe"))
            except BaseException as failure:
                failures.append(failure)
                return

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(10):
        with index.write() as writer_:
            writer_.replace([make_document(f"n{number}")])
            writer_.commit()
    stop.set()
    for thread in threads:
        thread.join()

    assert failures == []
    assert look_now(index).count() == 10


def test_readers_are_served_during_a_rebuild_and_see_the_new_index_after_it(
    tmp_path: Path,
) -> None:
    rebuild(tmp_path, [make_document("old", "Keripik lama")])
    index = Index(tmp_path)
    seen: list[set[str]] = []

    def documents() -> Iterator[Document]:
        for number in range(3):
            seen.append(ids(look_now(index)))
            yield make_document(f"new{number}", "Keripik baru")

    count = rebuild(tmp_path, documents())

    assert count == 3
    assert seen == [{"old"}] * 3
    assert ids(look_now(index)) == {"new0", "new1", "new2"}


def test_what_changes_during_a_rebuild_is_not_lost(tmp_path: Path) -> None:
    rebuild(tmp_path, [])
    index = Index(tmp_path)
    asked: list[list[str]] = []

    def documents() -> Iterator[Document]:
        yield make_document("changed", "Judul lama")
        yield make_document("removed", "Akan hilang")
        yield make_document("kept", "Tetap ada")
        with index.write() as writer_:
            writer_.replace([make_document("changed", "Judul baru")])
            writer_.remove(["removed"])
            writer_.commit()

    def refresh(ids_: Sequence[str]) -> Iterable[Document]:
        asked.append(list(ids_))
        return [make_document("changed", "Judul baru")]

    rebuild(tmp_path, documents(), refresh=refresh)

    assert asked == [["changed", "removed"]]
    assert ids(look_now(index)) == {"changed", "kept"}
    assert ids(index, "lama") == set()
    assert ids(index, "judul baru") == {"changed"}


def test_two_rebuilds_at_once_are_refused(tmp_path: Path) -> None:
    refusals: list[RebuildRunning] = []

    def documents() -> Iterator[Document]:
        try:
            rebuild(tmp_path, [])
        except RebuildRunning as refusal:
            refusals.append(refusal)
        yield make_document()

    rebuild(tmp_path, documents())

    assert len(refusals) == 1
    assert "dibangun ulang" in str(refusals[0])


def test_a_rebuild_that_fails_leaves_the_old_index(tmp_path: Path) -> None:
    rebuild(tmp_path, [make_document("old")])

    def documents() -> Iterator[Document]:
        yield make_document("new")
        message = "database gone"
        raise ConnectionError(message)

    with pytest.raises(ConnectionError):
        rebuild(tmp_path, documents())

    assert ids(Index(tmp_path)) == {"old"}
    assert not (tmp_path / places.CHANGED).exists()
    rebuild(tmp_path, [make_document("new")])
    assert ids(Index(tmp_path)) == {"new"}


def test_old_generations_are_swept_away(tmp_path: Path) -> None:
    for number in range(4):
        rebuild(tmp_path, [make_document(f"n{number}")])

    assert len([place for place in tmp_path.iterdir() if place.is_dir()]) == 2


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[int] = []

    rebuild(tmp_path, (make_document(f"n{n}") for n in range(2500)), progress=told.append)

    assert told == [1000, 2000, 2500]


def test_noted_ids_are_kept_until_they_are_done(tmp_path: Path) -> None:
    assert not pending.any_left(tmp_path)
    pending.note(tmp_path, [])
    pending.note(tmp_path, ["a", "b"])
    pending.note(tmp_path, ["b", "c"])

    assert pending.take(tmp_path) == ["a", "b", "c"]
    pending.note(tmp_path, ["d"])
    assert pending.take(tmp_path) == ["a", "b", "c", "d"]

    pending.done(tmp_path)
    assert pending.take(tmp_path) == []
    assert not pending.any_left(tmp_path)


def test_the_list_of_ids_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pending, "PATIENCE", 0.05)

    with places.locked(tmp_path, "pending.lock", wait=0):
        with pytest.raises(WriterBusy):
            pending.note(tmp_path, ["a"])
        with pytest.raises(WriterBusy):
            pending.take(tmp_path)


def test_a_rebuild_does_not_wait_for_ever_for_a_writer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from marketplace.search.engine import building

    monkeypatch.setattr(building, "PATIENCE", 0.05)
    rebuild(tmp_path, [make_document("old")])

    with Index(tmp_path).write(), pytest.raises(WriterBusy):
        rebuild(tmp_path, [make_document("new")])

    assert ids(Index(tmp_path)) == {"old"}


def write_in_another_process(path: str) -> None:
    with Index(Path(path)).write() as writer_:
        writer_.replace([make_document("a")])
        writer_.commit()


@pytest.mark.race
def test_another_process_writes_and_this_one_finds_it(index: Index) -> None:
    assert index.count() == 0

    other = multiprocessing.get_context("spawn").Process(
        target=write_in_another_process, args=(str(index.path),)
    )
    other.start()
    other.join()
    time.sleep(reader.LOOK_AGAIN)

    assert other.exitcode == 0
    assert ids(index) == {"a"}
