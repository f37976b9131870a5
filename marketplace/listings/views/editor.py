"""The page on which a seller writes down what is sold, its photos included."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from marketplace.cooperatives.current import here
from marketplace.files import service as files
from marketplace.files.pictures import MOST_BYTES, BadPicture, Picture, read_picture
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import NotAllowed, RuleBroken
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.kernel.shares import price_split
from marketplace.kernel.text import say
from marketplace.listings import queries, service
from marketplace.listings.forms import ListingForm, PhotoForm
from marketplace.listings.models import Listing, ListingState
from marketplace.listings.rules import Editor, Place, check_editor, suggest
from marketplace.listings.service.photos import KIND
from marketplace.listings.views import PATH, listings
from marketplace.listings.views.goods import BOTH, fragment, offer_undo, who
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.i18n import language
from marketplace.web.pages import remembered
from marketplace.web.security import takes_files
from marketplace.web.transactions import reader, transaction
from marketplace.web.uploads import file_store

EXAMPLE_PRICE = Rupiah(10_000)
LOOK_AGAIN = frozenset({"varian", "kategori", "pratinjau"})  # buttons that save nothing


@dataclass(slots=True)
class Page:
    """What the editor shows besides its fields."""

    form: ListingForm
    editor: Editor
    listing: Listing | None = None
    listing_id: UUID | None = None


@listings.route(f"{PATH}/baru", methods=["GET", "POST"])
@takes_files
@requires(*BOTH)
def new(slug: str) -> ResponseReturnValue:
    """Write a new listing down."""
    form = ListingForm()
    page = Page(form, who())
    if request.method == "GET":
        form.process(data={"maker": "", "unit": "bungkus"})
        return _show(page, 200)
    return _handle(slug, page)


@listings.route(f"{PATH}/<id:listing_id>", methods=["GET", "POST"])
@takes_files
@requires(*BOTH)
def edit(slug: str, listing_id: UUID) -> ResponseReturnValue:
    """Change a listing."""
    form = ListingForm()
    listing = queries.listing(reader(), here().id, listing_id)
    page = Page(form, who(), listing, listing_id)
    check_editor(page.editor, listing.maker_id)
    if request.method == "GET":
        shelves = queries.shelves_of(reader(), here().id, [v.id for v in listing.variants], now())
        form.show(queries.draft_of(listing, shelves), listing.version)
        return _show(page, 200)
    return _handle(slug, page)


def _handle(slug: str, page: Page) -> ResponseReturnValue:
    """Save what was sent, or show it again with what is wrong or what was asked for."""
    form, wanted = page.form, request.form.get("aksi", "simpan")
    if wanted == "varian" and len(form.variants) < (form.variants.max_entries or 0):
        form.variants.append_entry()
    if wanted in LOOK_AGAIN:
        return _show(page, 200)
    pictures = _pictures(form)
    fit = form.is_fit(today=local_day(now()))
    if fit:
        try:
            listing = _save(page, pictures, publish=wanted == "tayang")
        except RuleBroken as broken:
            if broken.status in (403, 404):
                raise
            form.blame(broken)
            return _show(page, broken.status)
        flash(_kept(listing), "ok")
        tab = {ListingState.DRAFT: "draf", ListingState.ARCHIVED: "arsip"}.get(listing.state)
        return redirect(url_for(".goods", slug=slug, status=tab), code=303)
    _keep_for_later(page, pictures)
    return _show(page, 422)


def _kept(listing: Listing) -> str:
    if listing.state is ListingState.PUBLISHED:
        return str(gettext("%(title)s disimpan dan tayang.", title=listing.title))
    return str(gettext("%(title)s disimpan.", title=listing.title))


def _pictures(form: ListingForm) -> list[Picture]:
    """Draw the sent photos anew while no lock is held; what is no photo is said at the field."""
    sent = [file for file in form.photos.data or [] if getattr(file, "filename", "")]
    if not sent:
        return []
    reader().rollback()  # lets go of the write lock that a POST holds from its first query
    found = []
    for file in sent:
        try:
            found.append(read_picture(file.stream.read(MOST_BYTES + 1)))
        except BadPicture as bad:
            form.blame(bad)
    return found


def _save(page: Page, pictures: list[Picture], *, publish: bool) -> Listing:
    with transaction() as session:
        listing = _written(session, page)
        _add_photos(session, page, listing, pictures)
        if publish:
            service.publish(session, here(), listing.id, editor=page.editor, at=now())
    return listing


def _written(session: Session, page: Page) -> Listing:
    form, at = page.form, now()
    if page.listing_id is None:
        return service.create(session, here(), form.draft(), editor=page.editor, at=at)
    return service.save(
        session,
        here().id,
        page.listing_id,
        form.draft(),
        editor=page.editor,
        version=form.version.data or 0,
        at=at,
    )


def _add_photos(session: Session, page: Page, listing: Listing, pictures: list[Picture]) -> None:
    place = (session, here().id, listing.id)
    for file_id in page.form.kept.data:
        if file_id is not None:
            service.bring_back_photo(
                session, here().id, listing.id, file_id, position=99, editor=page.editor, at=now()
            )
    if pictures:
        service.add_photos(
            place[0], file_store(), place[1], place[2], pictures, editor=page.editor, at=now()
        )


def _keep_for_later(page: Page, pictures: list[Picture]) -> None:
    """Keep good photos of a form that must be sent again, so that they travel only once."""
    if not pictures:
        return
    with transaction() as session:
        for picture in pictures:
            kept = files.keep_picture(
                session,
                file_store(),
                here().id,
                picture,
                kind=KIND,
                actor_id=page.editor.account_id,
                at=now(),
            )
            if len(page.form.kept) < (page.form.kept.max_entries or 0):
                page.form.kept.append_entry(kept.id)


def _show(page: Page, status: int) -> ResponseReturnValue:
    form = page.form
    if page.listing_id and status != 200:  # what was loaded before is gone with its transaction
        page.listing = queries.listing(reader(), here().id, page.listing_id)
    offered = _offered(form)
    members = queries.makers(reader(), here().id) if page.editor.all_goods else []
    form.offer(offered, members)
    chosen = next((place for place in offered if place.id == form.category.data), None)
    share = _share(page)
    return (
        render_template(
            "listings/edit.html",
            form=form,
            listing=page.listing,
            photos=page.listing.photos if page.listing else [],
            kept=[one for one in form.kept.data if one],
            all_goods=page.editor.all_goods,
            category_path=chosen.path if chosen else "",
            category_label=chosen.label if chosen else "",
            looking=request.form.get("aksi") == "kategori",
            share=share,
            split=_split(form, share),
            called=next((m.called for m in members if m.id == form.maker_id), None),
            slug=here().slug,
        ),
        status,
    )


def _share(page: Page) -> int:
    own = page.listing.share_basis_points if page.listing else None
    return here().share_basis_points if own is None else own


def _split(form: ListingForm, share: int) -> tuple[Rupiah, Rupiah, Rupiah]:
    """Share the price out, or an example while there is none."""
    price = form.variants[0].form.price.data or EXAMPLE_PRICE
    return (price, *price_split(price, share))


def _offered(form: ListingForm) -> list[Place]:
    """Offer few categories: the chosen one, what the words say, and what is used here most."""
    english = language() == "en"
    tree = remembered(f"places {english}", lambda: queries.places(reader(), english=english))
    by_id = {place.id: place for place in tree}
    if form.find.data:
        wanted = suggest(tree, form.find.data, most=8)
    else:
        wanted = suggest(tree, form.title.data or "", most=4)
        used = queries.used_places(reader(), here().id, most=4)
        wanted += [by_id[one] for one in used]
    if form.category.data in by_id:
        wanted.insert(0, by_id[form.category.data])
    return list({place.id: place for place in wanted}.values())


@listings.post(f"{PATH}/<id:listing_id>/foto/<id:photo_id>/depan")
@requires(*BOTH)
def cover(slug: str, listing_id: UUID, photo_id: UUID) -> ResponseReturnValue:
    """Make a photo the cover."""
    with transaction() as session:
        service.move_photo(
            session, here().id, listing_id, photo_id, position=0, editor=who(), at=now()
        )
    return _photos(slug, listing_id, None)


@listings.post(f"{PATH}/<id:listing_id>/foto/<id:photo_id>/lepas")
@requires(*BOTH)
def remove_photo(slug: str, listing_id: UUID, photo_id: UUID) -> ResponseReturnValue:
    """Take a photo off; one press brings it back."""
    with transaction() as session:
        gone = service.remove_photo(
            session, here().id, listing_id, photo_id, editor=who(), at=now()
        )
    return _photos(slug, listing_id, gone)


@listings.post(f"{PATH}/<id:listing_id>/foto/kembali")
@requires(*BOTH)
def return_photo(slug: str, listing_id: UUID) -> ResponseReturnValue:
    """Undo the removal of a photo."""
    form = PhotoForm(request.values)
    if not form.validate() or form.file.data is None:
        raise NotAllowed(say("Foto tidak ditemukan."))
    with transaction() as session:
        service.bring_back_photo(
            session,
            here().id,
            listing_id,
            form.file.data,
            position=form.position.data or 0,
            editor=who(),
            at=now(),
        )
    return _photos(slug, listing_id, None)


def _photos(slug: str, listing_id: UUID, gone: tuple[UUID, int] | None) -> ResponseReturnValue:
    """Answer with the photos alone, or go back to the editor."""
    if fragment():
        listing = queries.listing(reader(), here().id, listing_id)
        return render_template(
            "listings/_photos_only.html",
            listing=listing,
            photos=listing.photos,
            gone=gone,
            slug=slug,
        )
    if gone is not None:
        undo = url_for(".return_photo", slug=slug, listing_id=listing_id)
        values = {"file": to_text(gone[0]), "position": gone[1]}
        offer_undo(gettext("Foto dilepas."), undo, values)
    return redirect(url_for(".edit", slug=slug, listing_id=listing_id), code=303)
