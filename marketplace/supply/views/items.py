"""The cooperative's list of goods that members can ask for by name."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from wtforms.fields import SelectChoice

from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import from_text, to_text
from marketplace.listings.models import Variant
from marketplace.supply import queries, service
from marketplace.supply.forms import ItemForm, UnitForm
from marketplace.supply.forms.reordering import ShelfForm
from marketplace.supply.models import BaseUnit
from marketplace.supply.views import supply
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader, transaction

USUAL_COVER = 14


@supply.get("/barang")
@requires(Permission.BUY_SUPPLIES)
def items(slug: str) -> ResponseReturnValue:
    """Show the cooperative's list of goods."""
    return _items_page(slug, ItemForm())


def _items_page(slug: str, form: ItemForm, status: int = 200) -> ResponseReturnValue:
    found = queries.items(reader(), here().id)
    return render_template("supply/items.html", items=found, form=form, slug=slug), status


@supply.post("/barang")
@requires(Permission.BUY_SUPPLIES)
def add_item(slug: str) -> ResponseReturnValue:
    """Put a good on the list."""
    form = ItemForm()
    if not form.validate_on_submit():
        return _items_page(slug, form, 422)
    try:
        with transaction() as session:
            service.add_item(
                session,
                here().id,
                name=form.name.data or "",
                base_unit=BaseUnit(form.base_unit.data),
                unit=form.unit.data or "",
                factor=form.factor(),
                at=now(),
            )
    except RuleBroken as broken:
        form.blame(broken)
        return _items_page(slug, form, broken.status)
    flash(gettext("%(name)s masuk daftar.", name=form.name.data), "ok")
    return redirect(url_for(".items", slug=slug), 303)


@supply.get("/barang/<id:item_id>")
@requires(Permission.BUY_SUPPLIES)
def item(slug: str, item_id: UUID) -> ResponseReturnValue:
    """Show one good with the units it is counted in."""
    return item_page(slug, item_id)


def _unit_form() -> UnitForm:
    return UnitForm(formdata=None, data={"for_request": True})


def item_page(
    slug: str,
    item_id: UUID,
    *,
    form: UnitForm | None = None,
    shelf: ShelfForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """Show a good with its forms; those that were sent keep what they said."""
    found = queries.item(reader(), here().id, item_id)
    links = queries.shelf_links(reader(), here().id, of=found)
    shelf_form = shelf or ShelfForm(formdata=None, data={"cover_days": USUAL_COVER})
    shelf_form.variant.choices = [
        SelectChoice(to_text(thing.id), thing_called(thing))
        for thing in queries.counted_things(reader(), here().id)
    ]
    page = render_template(
        "supply/item.html",
        item=found,
        form=form or _unit_form(),
        shelf=shelf_form,
        linked=[(link, thing_called(link.variant)) for link in links],
        wrong=form or shelf,
        slug=slug,
    )
    return page, status


def thing_called(thing: Variant) -> str:
    """Name a thing in the shop with its size."""
    return f"{thing.listing.title} {thing.title}".strip()


@supply.post("/barang/<id:item_id>/satuan")
@requires(Permission.BUY_SUPPLIES)
def add_unit(slug: str, item_id: UUID) -> ResponseReturnValue:
    """Count a good in one more unit."""
    form, status = UnitForm(), 422
    good = queries.item(reader(), here().id, item_id)
    unit = form.unit(good) if form.validate_on_submit() else None
    if unit is not None:
        try:
            with transaction() as session:
                good = queries.item(session, here().id, item_id)
                service.add_unit(session, good, unit, at=now())
        except RuleBroken as broken:
            form.blame(broken)
            status = broken.status
        else:
            flash(gettext("%(name)s jadi satuan barang ini.", name=unit.name), "ok")
            return redirect(url_for(".item", slug=slug, item_id=item_id), 303)
    return item_page(slug, item_id, form=form, status=status)


@supply.post("/barang/<id:item_id>/satuan/<id:rung_id>/hapus")
@requires(Permission.BUY_SUPPLIES)
def retire_unit(slug: str, item_id: UUID, rung_id: UUID) -> ResponseReturnValue:
    """Count a good in this unit no longer."""
    with transaction() as session:
        good = queries.item(session, here().id, item_id)
        service.retire_unit(session, queries.rung(session, good, rung_id), at=now())
    flash(gettext("Satuan itu tidak dipakai lagi."), "ok")
    return redirect(url_for(".item", slug=slug, item_id=item_id), 303)


@supply.post("/barang/<id:item_id>/hapus")
@requires(Permission.BUY_SUPPLIES)
def retire_item(slug: str, item_id: UUID) -> ResponseReturnValue:
    """Take a good off the list."""
    with transaction() as session:
        service.retire_item(session, queries.item(session, here().id, item_id), at=now())
    flash(gettext("Dikeluarkan dari daftar."), "ok")
    return redirect(url_for(".items", slug=slug), 303)


@supply.post("/permintaan/<id:line_id>/barang")
@requires(Permission.BUY_SUPPLIES)
def name_item(slug: str, line_id: UUID) -> ResponseReturnValue:
    """Say which good of the list is meant by a wish in words, and by all that mean the same."""
    item_id = from_text(request.form.get("item", ""))
    with transaction() as session:
        line = queries.line(session, here().id, line_id)
        item = queries.item(session, here().id, item_id or line_id)
        named = service.name_item(session, line, item, actor_id=me().account_id, at=now())
        told = ngettext(
            "%(num)d permintaan jadi %(name)s.",
            "%(num)d permintaan jadi %(name)s.",
            len(named),
            name=item.name,
        )
    flash(told, "ok")
    return redirect(url_for(".index", slug=slug), 303)
