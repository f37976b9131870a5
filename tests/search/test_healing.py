from __future__ import annotations

from pathlib import Path

import pytest

from marketplace.search.engine import Index, IndexUnavailable, places, reader, rebuild
from marketplace.search.rules import Query
from tests.search.makers import MARKET


def ids(index: Index, text: str) -> set[str]:
    return set(index.search(Query(text=text)).ids)


def look_now(index: Index) -> Index:
    index._looked = -reader.LOOK_AGAIN
    return index


def damage_nothing_there(path: Path) -> None:
    for place in path.iterdir():
        if place.is_file():
            place.unlink()


def damage_pointer(path: Path) -> None:
    (path / places.CURRENT).write_bytes(b"\xff\xfe")


def damage_pointer_outside(path: Path) -> None:
    (path / places.CURRENT).write_text("../../etc")


def damage_shape(path: Path) -> None:
    (path / places.CURRENT).write_text("v0-1234")


def damage_meta(path: Path) -> None:
    for meta in path.glob("v*/meta.json"):
        meta.write_text("{")


def damage_segments(path: Path) -> None:
    for file in path.glob("v*/*"):
        if file.suffix in {".term", ".store", ".idx", ".pos", ".fast"}:
            file.write_bytes(b"\0" * 20)


def damage_truncated(path: Path) -> None:
    for file in path.glob("v*/*.fast"):
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def damage_missing_segments(path: Path) -> None:
    for file in path.glob("v*/*.store"):
        file.unlink()


@pytest.mark.parametrize(
    "damage",
    [
        damage_nothing_there,
        damage_pointer,
        damage_pointer_outside,
        damage_shape,
        damage_meta,
        damage_segments,
        damage_truncated,
        damage_missing_segments,
    ],
)
def test_a_broken_index_says_so_and_is_healed_by_a_rebuild(tmp_path: Path, damage) -> None:
    rebuild(tmp_path, MARKET)
    damage(tmp_path)
    index = Index(tmp_path)

    with pytest.raises(IndexUnavailable):
        index.search(Query(text="keripik"))
    with pytest.raises(IndexUnavailable):
        index.suggest("ker")

    rebuild(tmp_path, MARKET)
    assert ids(look_now(index), "keripik") == {"tempe", "usus"}


def test_a_missing_index_says_so(tmp_path: Path) -> None:
    index = Index(tmp_path / "nowhere")

    with pytest.raises(IndexUnavailable):
        index.search(Query(text="keripik"))
    with pytest.raises(IndexUnavailable), index.write():
        pass
    assert index.needs_healing()


def test_healing_is_asked_for_by_readers_and_not_repeated_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rebuild(tmp_path, MARKET)
    index = Index(tmp_path)
    assert not index.needs_healing()

    index.ask_for_healing()

    assert not index.needs_healing()
    monkeypatch.setattr(reader, "BUILT_LATELY", -1.0)
    assert index.needs_healing()
    rebuild(tmp_path, MARKET)
    assert not index.needs_healing()


def test_healing_cannot_be_asked_for_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    Index(tmp_path / "file" / "below").ask_for_healing()

    assert (tmp_path / "file").is_file()


class PanicException(BaseException):
    """What the engine raises where it did not expect what it found."""


def test_a_panic_of_the_engine_is_an_unavailable_index() -> None:
    with pytest.raises(IndexUnavailable), places.readable():
        raise PanicException


def test_being_told_to_stop_is_no_broken_index() -> None:
    with pytest.raises(KeyboardInterrupt), places.readable():
        raise KeyboardInterrupt
