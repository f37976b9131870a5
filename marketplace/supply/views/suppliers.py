"""Whom the cooperative buys from, and what they ask."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice

from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import from_text, to_text
from marketplace.kernel.money import Rupiah
from marketplace.supply import queries, service
from marketplace.supply.forms import OfferForm, SupplierForm
from marketplace.supply.models import PackOffer, SupplyItem
from marketplace.supply.rules import per_unit
from marketplace.supply.views import supply
from marketplace.web.art import Steps, step_lines
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader, transaction

BUYS = Permission.BUY_SUPPLIES


@supply.app_template_filter("per_satuan")
def unit_price(offer: PackOffer, packs: int = 1) -> Rupiah:
    """Say what one unit costs when so many packs are bought, rounded up to a rupiah."""
    price = per_unit(queries.terms_of(offer).pack, offer.item.factor, packs=packs)
    return Rupiah(-(-price.numerator // price.denominator))


@supply.get("/pemasok")
@requires(BUYS)
def suppliers(slug: str) -> ResponseReturnValue:
    """List the suppliers, also those no longer bought from."""
    rows = queries.suppliers(reader(), here().id)
    return render_template("supply/suppliers.html", rows=rows, form=SupplierForm(), slug=slug)


@supply.post("/pemasok")
@requires(BUYS)
def add_supplier(slug: str) -> ResponseReturnValue:
    """Note a supplier, and lead to its prices."""
    form, status = SupplierForm(), 422
    if form.validate_on_submit():
        try:
            with transaction() as session:
                added = service.add_supplier(session, here().id, form.facts(), at=now()).id
        except RuleBroken as broken:
            form.blame(broken)
            status = broken.status
        else:
            flash(gettext("Pemasok dicatat. Sekarang isi harganya."), "ok")
            return redirect(url_for(".supplier", slug=slug, supplier_id=added), 303)
    rows = queries.suppliers(reader(), here().id)
    return render_template("supply/suppliers.html", rows=rows, form=form, slug=slug), status


@supply.get("/pemasok/<id:supplier_id>")
@requires(BUYS)
def supplier(slug: str, supplier_id: UUID) -> ResponseReturnValue:
    """Show one supplier with what it asks now."""
    return _page(slug, supplier_id)


def _page(
    slug: str,
    supplier_id: UUID,
    *,
    facts: SupplierForm | None = None,
    offer: OfferForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    session = reader()
    found = queries.supplier(session, here().id, supplier_id)
    page = render_template(
        "supply/supplier.html",
        supplier=found,
        offers=queries.offers_of(session, found),
        reliability=queries.reliability(session, found),
        owed=queries.owed_by_suppliers(session, here().id, supplier=found.name),
        form=facts or SupplierForm.of(found),
        offer_form=_with_goods(offer or OfferForm(formdata=None)),
        wrong=facts or offer,
        today=local_day(now()),
        slug=slug,
    )
    return page, status


def _with_goods(form: OfferForm) -> OfferForm:
    goods = queries.items(reader(), here().id)
    form.item.choices = [SelectChoice(to_text(one.id), f"{one.name} ({one.unit})") for one in goods]
    return form


@supply.post("/pemasok/<id:supplier_id>")
@requires(BUYS)
def change_supplier(slug: str, supplier_id: UUID) -> ResponseReturnValue:
    """Change what is known of a supplier."""
    form, status = SupplierForm(), 422
    if form.validate_on_submit():
        try:
            with transaction() as session:
                found = queries.supplier(session, here().id, supplier_id)
                service.change_supplier(session, found, form.facts())
        except RuleBroken as broken:
            if broken.status == 404:
                raise
            form.blame(broken)
            status = broken.status
        else:
            return _back(slug, supplier_id, gettext("Pemasok tersimpan."))
    return _page(slug, supplier_id, facts=form, status=status)


def _back(slug: str, supplier_id: UUID, done: str) -> ResponseReturnValue:
    flash(done, "ok")
    return redirect(url_for(".supplier", slug=slug, supplier_id=supplier_id), 303)


@supply.post("/pemasok/<id:supplier_id>/status")
@requires(BUYS)
def retire_supplier(slug: str, supplier_id: UUID) -> ResponseReturnValue:
    """Buy from a supplier no longer, or again."""
    active = request.form.get("aktif") == "1"
    with transaction() as session:
        found = queries.supplier(session, here().id, supplier_id)
        service.retire_supplier(found, active=active, at=now())
    return _back(slug, supplier_id, gettext("Pemasok tersimpan."))


@supply.post("/pemasok/<id:supplier_id>/harga")
@requires(BUYS)
def note_offer(slug: str, supplier_id: UUID) -> ResponseReturnValue:
    """Note what a supplier asks for a pack; a price noted before becomes history."""
    form, status = _with_goods(OfferForm()), 422
    item = _good(form.item.data) if form.validate_on_submit() else None
    terms = form.terms(item) if item else None
    if item is not None and terms is not None:
        try:
            with transaction() as session:
                found = queries.supplier(session, here().id, supplier_id)
                by = me().account_id
                service.note_offer(session, found, item, terms, by=by, at=now())
        except RuleBroken as broken:
            if broken.status == 404:
                raise
            form.blame(broken)
            status = broken.status
        else:
            return _back(slug, supplier_id, gettext("Harga dicatat."))
    return _page(slug, supplier_id, offer=form, status=status)


def _good(text: str | None) -> SupplyItem | None:
    id_ = from_text(text or "")
    return queries.item(reader(), here().id, id_) if id_ else None


@supply.post("/pemasok/<id:supplier_id>/harga/<id:offer_id>/akhiri")
@requires(BUYS)
def end_offer(slug: str, supplier_id: UUID, offer_id: UUID) -> ResponseReturnValue:
    """Note that a pack is sold no longer."""
    with transaction() as session:
        found = queries.offer(session, here().id, offer_id, of=supplier_id)
        service.end_offer(session, found, at=now())
    return _back(slug, supplier_id, gettext("Kemasan itu tidak ditawarkan lagi."))


@supply.get("/barang/<id:item_id>/harga")
@requires(BUYS)
def prices(slug: str, item_id: UUID) -> ResponseReturnValue:
    """Compare who sells a good for how much, and what it cost before."""
    session = reader()
    good = queries.item(session, here().id, item_id)
    offers = queries.offers_for(session, here().id, [good.id], on=local_day(now()))
    history = queries.price_history(session, here().id, good.id)
    return render_template(
        "supply/prices.html",
        item=good,
        offers=sorted(offers, key=unit_price),
        history=history,
        lines=step_lines(_price_steps(history)),
        slug=slug,
    )


def _price_steps(history: Sequence[PackOffer]) -> list[Steps]:
    """Give a line for each pack that somebody sells, by what one unit costs in a single pack."""
    packs: dict[tuple[UUID, int], list[PackOffer]] = {}
    for offer in reversed(history):
        packs.setdefault((offer.supplier_id, offer.pack_size), []).append(offer)
    return [
        Steps(
            f"{rows[-1].supplier.name}, {rows[-1].pack_name}",
            [(local_day(row.noted_at), unit_price(row).amount) for row in rows],
            local_day(rows[-1].ended_at or now()),
        )
        for rows in packs.values()
    ]
