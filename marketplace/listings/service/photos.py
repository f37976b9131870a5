"""Photos of a listing: added, put in order, taken away and brought back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.files import service as files
from marketplace.files.models import StoredFile
from marketplace.files.pictures import BadPicture, Picture
from marketplace.files.store import FileStore
from marketplace.kernel.errors import NotFound
from marketplace.kernel.text import say
from marketplace.listings.models import Listing, Photo
from marketplace.listings.rules import MOST_PHOTOS, Editor
from marketplace.listings.service.locks import locked, tell_changed

KIND = "listing"


def add_photos(
    session: Session,
    store: FileStore,
    cooperative_id: int,
    listing_id: UUID,
    pictures: Sequence[Picture],
    *,
    editor: Editor,
    at: datetime,
) -> Listing:
    """Add photos behind those there are; one that is there already is not added again."""
    listing = locked(session, cooperative_id, listing_id, editor)
    for picture in pictures:
        kept = files.keep_picture(
            session, store, cooperative_id, picture, kind=KIND, actor_id=editor.account_id, at=at
        )
        if kept.id not in {photo.file_id for photo in listing.photos}:
            _append(listing, kept.id)
    return _settled(session, listing, at)


def _append(listing: Listing, file_id: UUID, position: int | None = None) -> None:
    if len(listing.photos) >= MOST_PHOTOS:
        raise BadPicture(say("Paling banyak %(most)d foto.", most=MOST_PHOTOS))
    photo = Photo(cooperative_id=listing.cooperative_id, file_id=file_id)
    listing.photos.insert(len(listing.photos) if position is None else position, photo)


def move_photo(
    session: Session,
    cooperative_id: int,
    listing_id: UUID,
    photo_id: UUID,
    *,
    position: int,
    editor: Editor,
    at: datetime,
) -> Listing:
    """Put a photo at a place in the row; the first one is the cover."""
    listing = locked(session, cooperative_id, listing_id, editor)
    photo = _photo(listing, photo_id)
    listing.photos.remove(photo)
    listing.photos.insert(max(0, min(position, len(listing.photos))), photo)
    return _settled(session, listing, at)


def remove_photo(
    session: Session,
    cooperative_id: int,
    listing_id: UUID,
    photo_id: UUID,
    *,
    editor: Editor,
    at: datetime,
) -> tuple[UUID, int] | None:
    """Take a photo off a listing. Gives its file and place, so that it can be brought back.

    The bytes stay: orders and the way back may still show them. None when it was gone already.
    """
    listing = locked(session, cooperative_id, listing_id, editor)
    photo = next((one for one in listing.photos if one.id == photo_id), None)
    if photo is None:
        return None
    position = listing.photos.index(photo)
    listing.photos.remove(photo)
    session.delete(photo)
    _settled(session, listing, at)
    return photo.file_id, position


def bring_back_photo(
    session: Session,
    cooperative_id: int,
    listing_id: UUID,
    file_id: UUID,
    *,
    position: int,
    editor: Editor,
    at: datetime,
) -> Listing:
    """Undo a removal: the photo stands again where it stood."""
    listing = locked(session, cooperative_id, listing_id, editor)
    row = session.get(StoredFile, (cooperative_id, file_id))
    if row is None or row.kind != KIND:
        raise NotFound(say("Foto tidak ditemukan."))
    if file_id not in {photo.file_id for photo in listing.photos}:
        _append(listing, file_id, max(0, min(position, len(listing.photos))))
    return _settled(session, listing, at)


def _photo(listing: Listing, photo_id: UUID) -> Photo:
    for photo in listing.photos:
        if photo.id == photo_id:
            return photo
    raise NotFound(say("Foto tidak ditemukan."))


def _settled(session: Session, listing: Listing, at: datetime) -> Listing:
    for position, photo in enumerate(listing.photos):
        photo.position = position
    listing.cover_file_id = listing.photos[0].file_id if listing.photos else None
    listing.updated_at = at
    session.flush()
    tell_changed(session, listing, at=at)
    return listing
