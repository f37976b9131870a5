from __future__ import annotations

from pathlib import Path

import pytest
from obstore.store import MemoryStore
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.files import queries, service
from marketplace.files.models import StoredFile
from marketplace.files.pictures import WIDTHS
from marketplace.files.rules import document_name, picture_name, picture_path
from marketplace.files.store import FileStore, open_store
from marketplace.kernel.errors import NotFound
from marketplace.kernel.ids import new_id
from tests.files.makers import make_photo
from tests.makers import SATURDAY, make_cooperative


@pytest.fixture
def store() -> FileStore:
    return FileStore(MemoryStore())


def test_a_folder_of_the_project_keeps_bytes(tmp_path: Path) -> None:
    store = open_store("file:var/files", tmp_path)

    store.write("foto/1/a-160.webp", b"bytes")

    assert store.read("foto/1/a-160.webp") == b"bytes"
    assert (tmp_path / "var/files/foto/1/a-160.webp").read_bytes() == b"bytes"
    assert store.read("foto/1/b-160.webp") is None


def test_a_bucket_is_opened_without_asking_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "ap-southeast-3")

    assert isinstance(open_store("s3://guyub-files/pictures", Path()), FileStore)


def test_names_and_addresses() -> None:
    file_id = new_id()

    assert picture_path(3, file_id, 320).startswith("/foto/3/")
    assert picture_name(3, file_id, 320) == picture_path(3, file_id, 320)[1:]
    assert picture_name(3, file_id, 320, public=False).startswith("tertutup/")


def test_a_picture_is_kept_in_all_widths_and_as_one_row(session: Session, store: FileStore) -> None:
    sanan = make_cooperative(session)

    kept = service.store_picture(
        session, store, sanan.id, make_photo(), kind="listing", actor_id=None, at=SATURDAY
    )

    assert kept.widths == "160,320,640"
    assert (kept.width, kept.height, kept.public) == (400, 300, True)
    tiles = [store.read(picture_name(sanan.id, kept.id, width)) for width in WIDTHS]
    assert all(tiles)
    assert kept.size == sum(len(tile or b"") for tile in tiles)


def test_the_same_photo_is_kept_once_in_each_cooperative(
    session: Session, store: FileStore
) -> None:
    sanan, velodrome = make_cooperative(session), make_cooperative(session, "Velodrome")
    data = make_photo()

    ids = [
        service.store_picture(
            session, store, home, data, kind="listing", actor_id=None, at=SATURDAY
        ).id
        for home in (sanan.id, sanan.id, velodrome.id)
    ]

    assert ids[0] == ids[1] != ids[2]
    assert session.scalar(select(func.count()).select_from(StoredFile)) == 2


def test_a_picture_that_is_not_for_everyone_has_no_address(
    session: Session, store: FileStore
) -> None:
    sanan = make_cooperative(session)

    kept = service.store_picture(
        session,
        store,
        sanan.id,
        make_photo(),
        kind="proof",
        actor_id=None,
        at=SATURDAY,
        public=False,
    )

    assert store.read(picture_name(sanan.id, kept.id, 320)) is None
    assert store.read(picture_name(sanan.id, kept.id, 320, public=False))


def test_a_document_is_fetched_only_by_its_own_cooperative(
    session: Session, store: FileStore
) -> None:
    sanan, velodrome = make_cooperative(session), make_cooperative(session, "Velodrome")
    kept = service.store_document(
        session,
        store,
        sanan.id,
        b"judul;harga",
        kind="sheet",
        media_type="text/csv",
        name="barang.csv",
        actor_id=None,
        at=SATURDAY,
    )

    row, data = queries.document(session, store, sanan.id, kept.id, kind="sheet")

    assert (row.name, data, row.public) == ("barang.csv", b"judul;harga", False)
    assert store.read(document_name(sanan.id, kept.id)) == b"judul;harga"
    for home, kind in ((velodrome.id, "sheet"), (sanan.id, "other")):
        with pytest.raises(NotFound):
            queries.document(session, store, home, kept.id, kind=kind)
