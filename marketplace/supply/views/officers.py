"""What officers do with a round: open, widen, lock, order, receive, cancel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session
from wtforms.fields import SelectChoice

from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.calendar import local, local_day
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import from_text, to_text
from marketplace.supply import queries, service
from marketplace.supply.forms import ExtendForm, ItemForm, ReceiveForm, RoundForm, WidenForm
from marketplace.supply.models import BaseUnit, SupplyItem, SupplyRound
from marketplace.supply.queries import Proposal
from marketplace.supply.views import supply
from marketplace.supply.views.present import terms_said
from marketplace.supply.views.rounds import round_page
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader, transaction

Work = Callable[[Session, SupplyRound, datetime], object]


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
    """Say which good of the list is meant by a wish in words."""
    item_id = from_text(request.form.get("item", ""))
    with transaction() as session:
        line = queries.line(session, here().id, line_id)
        item = queries.item(session, here().id, item_id or line_id)
        service.name_item(session, line, item, actor_id=me().account_id, at=now())
    return redirect(url_for(".index", slug=slug), 303)


def _round_form(form: RoundForm) -> RoundForm:
    found = queries.items(reader(), here().id)
    form.item.choices = [SelectChoice(to_text(i.id), f"{i.name} ({i.unit})") for i in found]
    return form


@supply.get("/buka")
@requires(Permission.BUY_SUPPLIES)
def open_page(slug: str) -> ResponseReturnValue:
    """Ask for a supplier's terms."""
    closes = (local(now()) + timedelta(days=3)).replace(hour=20, minute=0, tzinfo=None)
    said: dict[str, object] = {"closes_at": closes, "item": request.args.get("barang")}
    offer_id = from_text(request.args.get("penawaran", ""))
    proposal = _proposal(from_text(request.args.get("barang", ""))) if offer_id is None else None
    if offer_id is not None:
        said |= terms_said(queries.offer(reader(), here().id, offer_id), closes.date())
    elif proposal is not None:
        said |= terms_said(proposal.offer, closes.date())
    form = _round_form(RoundForm(data=said))
    return render_template("supply/open.html", form=form, proposal=proposal, slug=slug)


def _proposal(item_id: UUID | None) -> Proposal | None:
    """Find from whom a good would be bought now for what waits."""
    if item_id is None:
        return None
    session = reader()
    waiting = queries.waiting(session, here().id)
    wanted = [one for one in waiting if one.item is not None and one.item.id == item_id]
    found = queries.proposals(session, here().id, wanted, on=local_day(now()))
    return found.get(item_id)


@supply.post("/buka")
@requires(Permission.BUY_SUPPLIES)
def open_round(slug: str) -> ResponseReturnValue:
    """Open a round; all wishes that wait for its good join."""
    form = _round_form(RoundForm())
    valid = form.validate_on_submit()
    item_id = from_text(form.item.data or "")
    item = reader().get(SupplyItem, (here().id, item_id)) if item_id else None
    terms = form.terms(item) if valid and item is not None else None
    if item is None or terms is None:
        return render_template("supply/open.html", form=form, slug=slug), 422
    try:
        with transaction() as session:
            round_ = service.open_round(session, item, terms, opened_by=me().account_id, at=now())
            number = round_.number
    except RuleBroken as broken:
        form.blame(broken)
        return render_template("supply/open.html", form=form, slug=slug), broken.status
    flash(gettext("Putaran dibuka. Ajak anggota lewat WhatsApp."), "ok")
    return redirect(url_for(".show", slug=slug, number=number), 303)


def _change(slug: str, number: int, work: Work, done: str) -> ResponseReturnValue:
    with transaction() as session:
        work(session, queries.of_cooperative(session, here().id, number), now())
    flash(done, "ok")
    return redirect(url_for(".show", slug=slug, number=number), 303)


@supply.post("/<int:number>/stok")
@requires(Permission.BUY_SUPPLIES)
def widen(slug: str, number: int) -> ResponseReturnValue:
    """Let the cooperative take packs for its own stock, to reach the next price."""
    form = WidenForm()
    if not form.validate_on_submit():
        return round_page(slug, number, widen=form, status=422)
    packs = form.packs.data or 0
    return _change(
        slug,
        number,
        lambda session, round_, at: service.widen(
            session, round_, stock_cap=packs * round_.pack_size, at=at
        ),
        gettext("Koperasi ikut mengambil untuk stok."),
    )


@supply.post("/<int:number>/perpanjang")
@requires(Permission.BUY_SUPPLIES)
def extend(slug: str, number: int) -> ResponseReturnValue:
    """Keep a round open for longer."""
    form, status = ExtendForm(), 422
    if form.validate_on_submit():
        try:
            with transaction() as session:
                round_ = queries.of_cooperative(session, here().id, number)
                service.extend(session, round_, form.moment(), at=now())
        except RuleBroken as broken:
            if broken.status == 404:
                raise
            form.blame(broken)
            status = broken.status
        else:
            flash(gettext("Putaran diperpanjang. Ajak anggota lewat WhatsApp."), "ok")
            return redirect(url_for(".show", slug=slug, number=number), 303)
    return round_page(slug, number, extend=form, status=status)


@supply.post("/<int:number>/kunci")
@requires(Permission.BUY_SUPPLIES)
def lock(slug: str, number: int) -> ResponseReturnValue:
    """Close a round and fix what is bought."""
    return _change(
        slug,
        number,
        lambda session, round_, at: service.lock(session, round_, at=at),
        gettext("Putaran dikunci. Pesan ke pemasok sekarang."),
    )


@supply.post("/<int:number>/pesan")
@requires(Permission.BUY_SUPPLIES)
def order(slug: str, number: int) -> ResponseReturnValue:
    """Note that the supplier has the order."""
    return _change(
        slug,
        number,
        lambda session, round_, at: service.order(session, round_, at=at),
        gettext("Pesanan ke pemasok dicatat."),
    )


@supply.post("/<int:number>/batal")
@requires(Permission.BUY_SUPPLIES)
def cancel(slug: str, number: int) -> ResponseReturnValue:
    """Give a round up; nobody is charged."""
    reason = request.form.get("reason", "").strip()[:200] or None
    carry_over = request.form.get("lepas") != "1"
    return _change(
        slug,
        number,
        lambda session, round_, at: service.cancel_round(
            session, round_, reason=reason, carry_over=carry_over, at=at
        ),
        gettext("Putaran dibatalkan. Tidak ada yang ditagih."),
    )


@supply.post("/<int:number>/terima")
@requires(Permission.BUY_SUPPLIES)
def receive(slug: str, number: int) -> ResponseReturnValue:
    """Record what arrived and what it cost, and share it out."""
    form = ReceiveForm()
    session = reader()
    round_ = queries.of_cooperative(session, here().id, number)
    item = queries.item(session, here().id, round_.item_id)
    quantity = form.arrived(item.factor) if form.validate_on_submit() else None
    if quantity is None:
        return round_page(slug, number, receive=form, status=422)
    packs = form.packs.data if form.packs.data is not None else quantity // round_.pack_size
    try:
        with transaction() as session:
            service.receive(
                session,
                round_,
                key=form.key.data or "",
                packs=packs,
                quantity=quantity,
                cost=form.cost.data,
                reason=form.reason.data or None,
                actor_id=me().account_id,
                at=now(),
            )
    except RuleBroken as broken:
        form.blame(broken)
        return round_page(slug, number, receive=form, status=broken.status)
    flash(gettext("Barang dibagi. Setiap anggota melihat bagian dan harganya."), "ok")
    return redirect(url_for(".show", slug=slug, number=number), 303)
