"""The list of goods, with the count that changes most often ready to be changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import RuleBroken
from marketplace.listings import queries, service
from marketplace.listings.forms import StockForm
from marketplace.listings.models import ListingState
from marketplace.listings.rules import STATE_NAMES, Editor, check_editor
from marketplace.listings.views import PATH, listings
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.i18n import translate
from marketplace.web.transactions import reader, transaction

BOTH = (Permission.EDIT_LISTINGS, Permission.EDIT_OWN_LISTINGS)
TABS = {
    "tayang": ListingState.PUBLISHED,
    "draf": ListingState.DRAFT,
    "arsip": ListingState.ARCHIVED,
}
LAST_PAGE = 10_000
LONGEST_SEARCH = 100


def who() -> Editor:
    """Say which goods here the person of this request may change."""
    return queries.editor(reader(), here().id, me().account_id, g.permissions)


def fragment() -> bool:
    """Say whether only a part of the page was asked for."""
    return bool(request.headers.get("HX-Request"))


def offer_undo(text: str, undo: str, values: Mapping[str, object] | None = None) -> None:
    """Say what was done on the next page, with the button that takes it back."""
    told: Any = {"text": text, "undo": undo, "values": dict(values or {})}
    flash(told, "toast")


@listings.get(PATH)
@requires(*BOTH)
def goods(slug: str) -> ResponseReturnValue:
    """List the goods behind one tab, searched and page by page."""
    tab = request.args.get("status", "tayang")
    text = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    page = min(max(1, request.args.get("hal", 1, type=int) or 1), LAST_PAGE)
    person = who()
    found = queries.goods(
        reader(),
        here().id,
        person,
        state=TABS.get(tab, ListingState.PUBLISHED),
        text=text,
        page=page,
        at=now(),
    )
    return render_template(
        "listings/goods.html",
        found=found,
        tab=tab if tab in TABS else "tayang",
        tabs={
            name: (translate(STATE_NAMES[state]), found.counts.get(state, 0))
            for name, state in TABS.items()
        },
        q=text,
        all_goods=person.all_goods,
        slug=slug,
    )


@listings.post(f"{PATH}/stok")
@requires(*BOTH)
def stock(slug: str) -> ResponseReturnValue:
    """Say how much of one variant can be had now."""
    form = StockForm()
    form.validate()
    if form.errors or form.variant.data is None or form.quantity.data is None:
        return _wrong_stock(slug, form)
    try:
        with transaction() as session:
            listing = service.set_stock(
                session,
                here().id,
                form.variant.data,
                form.quantity.data,
                editor=who(),
                at=now(),
            )
    except RuleBroken as broken:
        if broken.status in (403, 404):
            raise
        form.blame(broken)
        return _wrong_stock(slug, form)
    if fragment():
        return row(slug, listing.id)
    flash(gettext("Stok %(title)s disimpan.", title=listing.title), "ok")
    return redirect(_back(slug), code=303)


def _back(slug: str) -> str:
    tab = request.form.get("status", "")
    return url_for(".goods", slug=slug, status=tab if tab in TABS else None)


def _wrong_stock(slug: str, form: StockForm) -> ResponseReturnValue:
    problems = [*form.form_errors, *form.quantity.errors, *form.variant.errors]
    sentence = problems[0] if problems else gettext("Isi jumlah stok, misalnya 24")
    if fragment() and form.variant.data is not None:
        listing_id = queries.listing_of(reader(), here().id, form.variant.data)
        return row(slug, listing_id, problem=sentence, typed=form.quantity.typed), 422
    form.quantity.errors = form.quantity.errors or [sentence]
    return render_template("listings/stock.html", form=form, sentence=sentence, slug=slug), 422


def row(slug: str, listing_id: UUID, problem: str = "", typed: str | None = None) -> str:
    """Write one row of the list as it is now, or with what is wrong with its count."""
    check_editor(who(), queries.listing(reader(), here().id, listing_id).maker_id)
    found = queries.goods_row(reader(), here().id, listing_id, at=now())
    return render_template(
        "listings/_row_only.html", row=found, slug=slug, problem=problem, typed=typed
    )


@listings.post(f"{PATH}/<id:listing_id>/tayangkan")
@requires(*BOTH)
def publish(slug: str, listing_id: UUID) -> ResponseReturnValue:
    """Show a listing to buyers."""
    with transaction() as session:
        listing = service.publish(session, here(), listing_id, editor=who(), at=now())
    flash(gettext("%(title)s sekarang tayang.", title=listing.title), "ok")
    return redirect(url_for(".goods", slug=slug), code=303)


@listings.post(f"{PATH}/<id:listing_id>/arsipkan")
@requires(*BOTH)
def archive(slug: str, listing_id: UUID) -> ResponseReturnValue:
    """Put a listing away; one press brings it back."""
    with transaction() as session:
        listing = service.archive(session, here().id, listing_id, editor=who(), at=now())
    undo = url_for(".restore", slug=slug, listing_id=listing_id)
    offer_undo(gettext("%(title)s diarsipkan.", title=listing.title), undo)
    return redirect(url_for(".goods", slug=slug), code=303)


@listings.post(f"{PATH}/<id:listing_id>/pulihkan")
@requires(*BOTH)
def restore(slug: str, listing_id: UUID) -> ResponseReturnValue:
    """Bring an archived listing back as a draft."""
    with transaction() as session:
        listing = service.restore(session, here().id, listing_id, editor=who(), at=now())
    flash(gettext("%(title)s kembali menjadi draf.", title=listing.title), "ok")
    return redirect(url_for(".goods", slug=slug, status="draf"), code=303)
