"""Opening a round with its first good, and adding further ones, perhaps of other suppliers."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice

from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.calendar import local, local_day
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import from_text, to_text
from marketplace.supply import queries, service
from marketplace.supply.forms import GoodForm, RoundForm
from marketplace.supply.models import PackOffer, SupplyItem
from marketplace.supply.queries import Proposal
from marketplace.supply.service import Terms
from marketplace.supply.views import supply
from marketplace.supply.views.present import terms_said
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader, transaction


def _choose(form: GoodForm) -> None:
    found = queries.items(reader(), here().id)
    form.item.choices = [SelectChoice(to_text(i.id), f"{i.name} ({i.unit})") for i in found]


def _known_terms(closes: date) -> tuple[dict[str, object], Proposal | None]:
    """Say what can be filled in: the offer that was chosen, else the best one for the good."""
    said: dict[str, object] = {"item": request.args.get("barang")}
    offer_id = from_text(request.args.get("penawaran", ""))
    proposal = None
    if offer_id is not None:
        offer = queries.offer(reader(), here().id, offer_id)
    else:
        proposal = _proposal(from_text(request.args.get("barang", "")))
        if proposal is None:
            return said, None
        offer = proposal.offer
    return said | terms_said(_with_others(offer), closes), proposal


def _with_others(offer: PackOffer) -> list[PackOffer]:
    """Add the further packs in which its supplier sells a good, the larger ones first."""
    found = queries.offers_for(reader(), here().id, [offer.item_id], on=local_day(now()))
    others = [
        one
        for one in reversed(found)
        if one.supplier_id == offer.supplier_id and one.pack_size != offer.pack_size
    ]
    return [offer, *others]


def _proposal(item_id: UUID | None) -> Proposal | None:
    """Find from whom a good would be bought now for what waits."""
    if item_id is None:
        return None
    session = reader()
    waiting = queries.waiting(session, here().id)
    wanted = [one for one in waiting if one.item is not None and one.item.id == item_id]
    found = queries.proposals(session, here().id, wanted, on=local_day(now()))
    return found.get(item_id)


def _read(form: GoodForm) -> tuple[SupplyItem, Terms] | None:
    """Read which good is bought on which terms; None when the form says what is wrong."""
    _choose(form)
    valid = form.validate_on_submit()
    item_id = from_text(form.item.data or "")
    item = reader().get(SupplyItem, (here().id, item_id)) if item_id else None
    terms = form.terms(item) if valid and item is not None else None
    return None if item is None or terms is None else (item, terms)


@supply.get("/buka")
@requires(Permission.BUY_SUPPLIES)
def open_page(slug: str) -> ResponseReturnValue:
    """Ask for a supplier's terms, and when the round closes."""
    closes = (local(now()) + timedelta(days=3)).replace(
        hour=20, minute=0, second=0, microsecond=0, tzinfo=None
    )
    said, proposal = _known_terms(closes.date())
    form = RoundForm(data={**said, "closes_at": closes})
    _choose(form)
    return _form_page(slug, form, proposal=proposal)


def _form_page(
    slug: str,
    form: GoodForm,
    *,
    number: int | None = None,
    proposal: Proposal | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "supply/open.html", form=form, number=number, proposal=proposal, slug=slug
    )
    return page, status


@supply.post("/buka")
@requires(Permission.BUY_SUPPLIES)
def open_round(slug: str) -> ResponseReturnValue:
    """Open a round; all wishes that wait for its good join."""
    form = RoundForm()
    read = _read(form)
    if read is None:
        return _form_page(slug, form, status=422)
    try:
        with transaction() as session:
            pool = service.open_round(
                session, *read, form.plan(), opened_by=me().account_id, at=now()
            )
            number = pool.number
    except RuleBroken as broken:
        form.blame(broken)
        return _form_page(slug, form, status=broken.status)
    flash(gettext("Putaran dibuka. Ajak anggota lewat WhatsApp."), "ok")
    return redirect(url_for(".show_round", slug=slug, number=number), 303)


@supply.get("/<int:number>/tambah")
@requires(Permission.BUY_SUPPLIES)
def add_page(slug: str, number: int) -> ResponseReturnValue:
    """Ask for the terms of a further good of a round."""
    round_ = queries.of_cooperative(reader(), here().id, number)
    said, proposal = _known_terms(local_day(round_.closes_at))
    form = GoodForm(data=said)
    _choose(form)
    return _form_page(slug, form, number=number, proposal=proposal)


@supply.post("/<int:number>/tambah")
@requires(Permission.BUY_SUPPLIES)
def add_good(slug: str, number: int) -> ResponseReturnValue:
    """Add a good to a round; all wishes that wait for it join."""
    form = GoodForm()
    round_ = queries.of_cooperative(reader(), here().id, number)
    read = _read(form)
    if read is None:
        return _form_page(slug, form, number=number, status=422)
    try:
        with transaction() as session:
            service.add_good(session, round_, *read, at=now())
    except RuleBroken as broken:
        form.blame(broken)
        return _form_page(slug, form, number=number, status=broken.status)
    flash(gettext("%(name)s ikut dibeli di putaran ini.", name=read[0].name), "ok")
    return redirect(url_for(".show_round", slug=slug, number=number), 303)
