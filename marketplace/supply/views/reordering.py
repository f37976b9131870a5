"""What the shop's shelf lacks of goods that are bought together, and a round to buy it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.calendar import local
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import from_text, to_text
from marketplace.supply import queries, service
from marketplace.supply.forms.reordering import (
    COUNT,
    ReorderForm,
    ShelfForm,
    counts,
    typed_counts,
)
from marketplace.supply.queries import Reorder
from marketplace.supply.views import supply
from marketplace.supply.views.items import item_page
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader, transaction


@supply.get("/stok-toko")
@requires(Permission.BUY_SUPPLIES)
def reorder(slug: str) -> ResponseReturnValue:
    """Show what the shelf lacks, and propose how much to buy."""
    rows = _rows()
    closes = (local(now()) + timedelta(days=3)).replace(
        hour=20, minute=0, second=0, microsecond=0, tzinfo=None
    )
    form = ReorderForm(formdata=None, data={"closes_at": closes, "pickup_place": here().address})
    typed = {COUNT + to_text(row.offer.id): str(row.packs) for row in rows if row.offer}
    return _page(slug, rows, form, typed)


def _rows() -> list[Reorder]:
    return queries.reorders(reader(), here().id, at=now())


def _page(
    slug: str, rows: list[Reorder], form: ReorderForm, typed: dict[str, str], *, status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "supply/reorder.html", rows=rows, form=form, typed=typed, prefix=COUNT, slug=slug
    )
    return page, status


@supply.post("/stok-toko")
@requires(Permission.BUY_SUPPLIES)
def open_reorder(slug: str) -> ResponseReturnValue:
    """Open a round that buys what was chosen for the shelf; members may take part."""
    form, typed, status = ReorderForm(), typed_counts(request), 422
    if form.validate_on_submit():
        try:
            packs = counts(typed, [row.offer.id for row in _rows() if row.offer])
            with transaction() as session:
                pool = service.open_reorder(
                    session, here().id, packs, form.plan(), by=me().account_id, at=now()
                )
                number = pool.number
        except RuleBroken as broken:
            form.blame(broken)
            status = broken.status
        else:
            flash(gettext("Putaran dibuka untuk stok toko. Anggota bisa ikut."), "ok")
            return redirect(url_for(".show_round", slug=slug, number=number), 303)
    return _page(slug, _rows(), form, typed, status=status)


@supply.post("/barang/<id:item_id>/toko")
@requires(Permission.BUY_SUPPLIES)
def link_shelf(slug: str, item_id: UUID) -> ResponseReturnValue:
    """Say which thing in the shop is sold from a good, and how long its stock should last."""
    good, form, status = queries.item(reader(), here().id, item_id), ShelfForm(), 422
    form.variant.choices = [(form.variant.data or "", "")]
    valid = form.validate_on_submit()
    factor = form.factor(good) if valid else None
    if factor is not None:
        try:
            with transaction() as session:
                service.link_shelf(
                    session,
                    queries.item(session, here().id, item_id),
                    from_text(form.variant.data or "") or item_id,
                    factor=factor,
                    cover_days=form.cover_days.data,
                    by=me().account_id,
                    at=now(),
                )
        except RuleBroken as broken:
            form.blame(broken)
            status = broken.status
        else:
            flash(gettext("Stoknya sekarang dihitung untuk usulan kulakan."), "ok")
            return redirect(url_for(".item", slug=slug, item_id=item_id), 303)
    return item_page(slug, item_id, shelf=form, status=status)


@supply.post("/barang/<id:item_id>/toko/<id:link_id>/lepas")
@requires(Permission.BUY_SUPPLIES)
def unlink_shelf(slug: str, item_id: UUID, link_id: UUID) -> ResponseReturnValue:
    """Watch a thing in the shop no longer."""
    with transaction() as session:
        good = queries.item(session, here().id, item_id)
        service.unlink_shelf(session, queries.shelf_link(session, good, link_id))
    flash(gettext("Tidak dihitung lagi untuk usulan kulakan."), "ok")
    return redirect(url_for(".item", slug=slug, item_id=item_id), 303)
