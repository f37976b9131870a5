"""Who is owed what, and paying it: composed, approved by another officer, paid."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from marketplace.accounts import queries as accounts
from marketplace.accounts.current import me
from marketplace.cooperatives import service as cooperatives
from marketplace.cooperatives.current import here
from marketplace.cooperatives.service.posts import lock
from marketplace.files import service as files
from marketplace.files.documents import Document
from marketplace.files.models import StoredFile
from marketplace.files.pictures import Whole
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import NotFound, RuleBroken
from marketplace.kernel.ids import from_text, new_id, to_text
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.members import queries as members
from marketplace.payouts import queries, service
from marketplace.payouts.forms import PayForm, PromiseForm
from marketplace.payouts.models import PayoutBatch
from marketplace.payouts.rules import LABELS, PAID_BY_LABELS, BatchState
from marketplace.payouts.views.blueprint import PATH, payouts
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.security import takes_files
from marketplace.web.transactions import reader, transaction
from marketplace.web.uploads import file_store, is_document, picture_answer, sent_proof

ONE = f"{PATH}/<id:batch_id>"
PAYOUT_PROOF = "payout proof"


@payouts.get(PATH)
@requires(Permission.SEE_BOOKS)
def show(slug: str) -> ResponseReturnValue:
    """List who is owed what and by when, and the batches so far."""
    return _page(slug, PromiseForm(formdata=None, payout_days=here().payout_days))


def _page(slug: str, form: PromiseForm) -> str:
    session = reader()
    dues = queries.dues(session, here())
    return render_template(
        "payouts/show.html",
        dues=dues,
        total=Rupiah.total(due.amount for due in dues),
        batches=queries.batches(session, here().id),
        labels=LABELS,
        form=form,
        key=to_text(new_id()),
        may_keep=Permission.KEEP_BOOKS in g.permissions,
        slug=slug,
    )


@payouts.post(PATH)
@requires(Permission.KEEP_BOOKS)
def compose(slug: str) -> ResponseReturnValue:
    """Put together what the chosen members are owed."""
    chosen = {from_text(text) for text in request.form.getlist("anggota")} - {None}
    with transaction() as session:
        batch = service.compose(
            session,
            here().id,
            [id_ for id_ in chosen if id_ is not None],
            key=request.form.get("key", "")[:64] or to_text(new_id()),
            by=me().account_id,
            at=now(),
        )
    flash(gettext("Setoran disusun. Pengurus lain perlu menyetujuinya."), "ok")
    return redirect(url_for(".batch", slug=slug, batch_id=batch.id), code=303)


@payouts.post(f"{PATH}/janji")
@requires(Permission.KEEP_BOOKS)
def promise(slug: str) -> ResponseReturnValue:
    """Set within how many days makers are paid."""
    form = PromiseForm()
    if form.validate_on_submit():
        with transaction() as session:
            cooperatives.set_payout_days(
                session, lock(session, here().id), form.payout_days.data or 0, at=now()
            )
        flash(gettext("Janji setoran disimpan."), "ok")
        return redirect(url_for(".show", slug=slug), code=303)
    return _page(slug, form), 422


@payouts.get(ONE)
@requires(Permission.SEE_BOOKS)
def batch(slug: str, batch_id: UUID) -> ResponseReturnValue:
    """Show a batch and what may be done with it now."""
    return _batch_page(slug, queries.batch(reader(), here().id, batch_id), PayForm())


def _batch_page(slug: str, found: PayoutBatch, form: PayForm) -> str:
    session = reader()
    form.offer()
    own = found.composed_by == me().account_id
    keeps = Permission.KEEP_BOOKS in g.permissions
    return render_template(
        "payouts/batch.html",
        batch=found,
        document=is_document(here().id, found.file_id),
        makers=members.by_ids(session, here().id, [p.member_id for p in found.payouts]),
        people=accounts.names_of(session, [found.composed_by, found.approved_by, found.payer_id]),
        labels=LABELS,
        ways=PAID_BY_LABELS,
        form=form,
        may_approve=found.state is BatchState.COMPOSED
        and not own
        and Permission.APPROVE_ENTRIES in g.permissions,
        may_pay=found.state is BatchState.APPROVED and keeps,
        may_cancel=found.state in (BatchState.COMPOSED, BatchState.APPROVED) and keeps,
        waits_for_another=found.state is BatchState.COMPOSED and own,
        slug=slug,
    )


@payouts.post(f"{ONE}/setuju")
@requires(Permission.APPROVE_ENTRIES)
def approve(slug: str, batch_id: UUID) -> ResponseReturnValue:
    """Say yes to what another officer composed."""
    with transaction() as session:
        found = queries.batch(session, here().id, batch_id)
        service.approve(session, found, by=me().account_id, at=now())
    flash(gettext("Setoran disetujui."), "ok")
    return redirect(url_for(".batch", slug=slug, batch_id=batch_id), code=303)


@payouts.get(f"{ONE}/bukti")
@requires(Permission.SEE_BOOKS, Permission.REQUEST_SUPPLIES)
def proof(slug: str, batch_id: UUID) -> Response:
    """Show how a batch was paid, to officers and to the makers who are in it."""
    session = reader()
    found = queries.batch(session, here().id, batch_id)
    if Permission.SEE_BOOKS not in g.permissions:
        member = members.member_of(session, here().id, me().account_id)
        if member is None or member.id not in {part.member_id for part in found.payouts}:
            raise NotFound(say("Setoran itu tidak ada."))
    if found.file_id is None:
        raise NotFound(say("Tidak ada gambar bukti untuk setoran ini."))
    return picture_answer(here().id, found.file_id, kind=PAYOUT_PROOF)


@payouts.post(f"{ONE}/bayar")
@takes_files
@requires(Permission.KEEP_BOOKS)
def pay(slug: str, batch_id: UUID) -> ResponseReturnValue:
    """Say that the money went to the makers."""
    form = PayForm()
    form.offer()
    if form.validate_on_submit():
        try:
            sent = sent_proof()
            with transaction() as session:
                service.pay(
                    session,
                    queries.batch(session, here().id, batch_id),
                    paid_by=form.way(),
                    reference=form.reference.data,
                    proof=_kept(session, sent),
                    by=me().account_id,
                    at=now(),
                )
        except RuleBroken as broken:
            form.blame(broken)
        else:
            flash(gettext("Setoran dicatat dan dibukukan."), "ok")
            return redirect(url_for(".batch", slug=slug, batch_id=batch_id), code=303)
    return _batch_page(slug, queries.batch(reader(), here().id, batch_id), form), 422


def _kept(session: Session, sent: Whole | Document | None) -> StoredFile | None:
    if sent is None:
        return None
    return files.keep_whole(
        session,
        file_store(),
        here().id,
        sent,
        kind=PAYOUT_PROOF,
        actor_id=me().account_id,
        at=now(),
    )


@payouts.post(f"{ONE}/batal")
@requires(Permission.KEEP_BOOKS)
def cancel(slug: str, batch_id: UUID) -> ResponseReturnValue:
    """Give a batch up; what it would have paid is owed as before."""
    with transaction() as session:
        service.cancel(session, queries.batch(session, here().id, batch_id), at=now())
    flash(gettext("Setoran dibatalkan."), "ok")
    return redirect(url_for(".show", slug=slug), code=303)
