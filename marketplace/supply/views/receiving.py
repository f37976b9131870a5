"""Goods arrive: what came, what was broken, what the bill says, and who bears the difference."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.files import service as files
from marketplace.files.models import StoredFile
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import NotFound, RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.supply import queries, service
from marketplace.supply.forms import ReceiveForm
from marketplace.supply.forms.receipts import CLAIM_IT, SPREAD_IT
from marketplace.supply.models import SupplyItem, SupplyPool
from marketplace.supply.rules import Proposal
from marketplace.supply.views import supply
from marketplace.supply.views.pools import pool_page
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.security import takes_files
from marketplace.web.transactions import reader, transaction
from marketplace.web.uploads import file_store, picture_answer, sent_proof

NOTE = "supplier note"


@supply.post("/<int:number>/<int:place>/terima")
@takes_files
@requires(Permission.BUY_SUPPLIES)
def receive(slug: str, number: int, place: int) -> ResponseReturnValue:
    """Record what arrived and what it cost, and share it out.

    When the bill asks for more than came whole, who bears it is asked first.
    """
    form, session = ReceiveForm(), reader()
    pool = queries.pool(session, here().id, number, place)
    item = queries.item(session, here().id, pool.item_id)
    valid = form.validate_on_submit()
    quantity = damaged = None
    if valid or form.only_claim_wrong():
        quantity, damaged = form.arrived(item.factor), form.broken(item.factor)
    if quantity is None or damaged is None:
        return pool_page(slug, number, place, receive=form, status=422)
    brought = {"quantity": quantity, "damaged": damaged}
    try:
        _keep_note(form)
        said = service.proposal(
            session, pool, quantity=quantity, damaged=damaged, cost=form.cost.data,
            discount=form.off(),
        )  # fmt: skip
    except RuleBroken as broken:
        form.blame(broken)
        return pool_page(slug, number, place, receive=form, status=broken.status)
    if not valid or (said.contested and not form.gap.data):
        return _ask(slug, pool, item, form, said, **brought), 200 if valid else 422
    try:
        _record(pool, form, **brought)
    except RuleBroken as broken:
        form.blame(broken)
        if form.gap.data:
            return _ask(slug, pool, item, form, said, **brought), broken.status
        return pool_page(slug, number, place, receive=form, status=broken.status)
    flash(gettext("Barang dibagi. Setiap anggota melihat bagian dan harganya."), "ok")
    return redirect(url_for(".show", slug=slug, number=number, place=place), 303)


def _record(pool: SupplyPool, form: ReceiveForm, *, quantity: int, damaged: int) -> None:
    with transaction() as session:
        service.receive(
            session,
            pool,
            key=form.key.data or "",
            packs=_packs(form, pool, quantity),
            quantity=quantity,
            damaged=damaged,
            cost=form.cost.data,
            discount=form.off(),
            contested=_contested(form),
            kind=form.why(),
            reason=form.reason.data or None,
            note=_note(session, form.note_id.data),
            actor_id=me().account_id,
            at=now(),
        )


def _packs(form: ReceiveForm, pool: SupplyPool, quantity: int) -> int:
    packs: int | None = form.packs.data
    return quantity // pool.pack_size if packs is None else packs


def _contested(form: ReceiveForm) -> Rupiah | None:
    """Give what is claimed; None leaves it to what the numbers say."""
    if form.gap.data == SPREAD_IT:
        return Rupiah(0)
    contested: Rupiah | None = form.contested.data
    return contested


def _ask(
    slug: str,
    pool: SupplyPool,
    item: SupplyItem,
    form: ReceiveForm,
    said: Proposal,
    *,
    quantity: int,
    damaged: int,
) -> str:
    """Show what would be claimed before anything is written."""
    if not form.gap.data:
        form.gap.data, form.contested.data = CLAIM_IT, Rupiah(said.contested)
    return render_template(
        "supply/receive.html",
        pool=pool,
        item=item,
        form=form,
        said=said,
        quantity=quantity,
        damaged=damaged,
        slug=slug,
    )


def _keep_note(form: ReceiveForm) -> None:
    """Keep the picture that came, so that the second step need not send it again."""
    sent = sent_proof()
    if sent is None:
        return
    with transaction() as session:
        kept = files.keep_whole(
            session,
            file_store(),
            here().id,
            sent,
            kind=NOTE,
            actor_id=me().account_id,
            at=now(),
        )
        form.note_id.data = kept.id


def _note(session: Session, file_id: UUID | None) -> StoredFile | None:
    """Find a note that was kept; anything else is not one."""
    found = session.get(StoredFile, (here().id, file_id)) if file_id else None
    return found if found is not None and found.kind == NOTE else None


@supply.get("/<int:number>/<int:place>/nota/<id:receipt_id>")
@requires(Permission.SEE_SUPPLIES)
def receipt_note(slug: str, number: int, place: int, receipt_id: UUID) -> Response:
    """Show the supplier's note of a delivery."""
    session = reader()
    pool = queries.pool(session, here().id, number, place)
    found = queries.receipt(session, pool, receipt_id)
    if found.note_file_id is None:
        raise NotFound(say("Penerimaan ini tidak punya foto nota."))
    return picture_answer(here().id, found.note_file_id, kind=NOTE)
