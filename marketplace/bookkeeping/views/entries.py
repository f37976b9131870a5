"""One entry, writing one by hand, and deciding about what somebody wrote."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from marketplace.accounts import queries as accounts
from marketplace.accounts.current import me
from marketplace.bookkeeping import queries, service
from marketplace.bookkeeping.forms import EntryForm, ReversalForm
from marketplace.bookkeeping.models import EntryDraft
from marketplace.bookkeeping.rules import LABELS, DraftState
from marketplace.bookkeeping.views.blueprint import PATH, bookkeeping, chosen_unit
from marketplace.cooperatives.current import here
from marketplace.files import service as files
from marketplace.files.documents import Document
from marketplace.files.pictures import Whole
from marketplace.kernel.access import Permission
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import Invalid, NotFound, RuleBroken
from marketplace.kernel.ids import new_id, to_text
from marketplace.kernel.text import say
from marketplace.ledger import queries as books
from marketplace.ledger.rules import UNIT_LABELS
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.security import takes_files
from marketplace.web.transactions import reader, transaction
from marketplace.web.uploads import file_store, is_document, picture_answer, sent_proof

ENTRY = f"{PATH}/jurnal/<id:entry_id>"
ATTACHMENT = "entry attachment"
DRAFT = f"{PATH}/usulan/<id:draft_id>"


@bookkeeping.get(ENTRY)
@requires(Permission.SEE_BOOKS)
def entry(slug: str, entry_id: UUID) -> ResponseReturnValue:
    """Show an entry, who wrote it and what caused it."""
    return _entry_page(slug, entry_id, ReversalForm(key=to_text(new_id())))


def _entry_page(slug: str, entry_id: UUID, form: ReversalForm) -> str:
    session = reader()
    found = books.entry_by_id(session, here().id, entry_id)
    mirror = books.reversal_of(session, found)
    written = queries.draft_of_entry(session, found)
    return render_template(
        "bookkeeping/entry.html",
        entry=found,
        lines=books.lines_of(session, [found]).get(found.id, []),
        mirror=mirror,
        first=books.entry_by_id(session, here().id, found.reverses_id)
        if found.reverses_id
        else None,
        people=accounts.names_of(session, [found.created_by, found.approved_by]),
        written=written,
        document=is_document(here().id, written.file_id if written else None),
        may_reverse=found.source_type == service.MANUAL
        and mirror is None
        and Permission.KEEP_BOOKS in g.permissions,
        form=form,
        slug=slug,
    )


@bookkeeping.post(f"{ENTRY}/balik")
@requires(Permission.KEEP_BOOKS)
def reverse(slug: str, entry_id: UUID) -> ResponseReturnValue:
    """Propose to undo an entry."""
    form = ReversalForm()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                draft = service.propose_reversal(
                    session,
                    books.entry_by_id(session, here().id, entry_id),
                    key=form.key.data or "",
                    memo=form.memo.data or "",
                    by=me().account_id,
                    at=now(),
                )
        except RuleBroken as broken:
            form.blame(broken)
        else:
            return _proposed(slug, draft)
    return _entry_page(slug, entry_id, form), 422


def _proposed(slug: str, draft: EntryDraft) -> ResponseReturnValue:
    flash(gettext("Usulan disimpan. Pengurus lain perlu menyetujuinya."), "ok")
    return redirect(url_for(".draft", slug=slug, draft_id=draft.id), code=303)


@bookkeeping.get(f"{PATH}/catat")
@requires(Permission.KEEP_BOOKS)
def new_entry(slug: str) -> ResponseReturnValue:
    """Offer an empty entry, dated today."""
    return _form_page(slug, EntryForm(formdata=None, dated=local_day(now())))


def _form_page(slug: str, form: EntryForm) -> str:
    book = books.book_of(reader(), here().id, chosen_unit())
    form.offer(queries.accounts_by_id(reader(), book) if book else {})
    return render_template(
        "bookkeeping/new.html", form=form, unit=chosen_unit(), units=UNIT_LABELS, slug=slug
    )


@bookkeeping.post(f"{PATH}/catat")
@takes_files
@requires(Permission.KEEP_BOOKS)
def propose(slug: str) -> ResponseReturnValue:
    """Keep an entry for a second person to approve."""
    form = EntryForm()
    book = books.book_of(reader(), here().id, chosen_unit())
    form.offer(queries.accounts_by_id(reader(), book) if book else {})
    if form.validate_on_submit():
        try:
            if form.loose():
                raise Invalid(say("Ada jumlah yang belum punya akun. Pilih akunnya."))
            sent = sent_proof()
            with transaction() as session:
                draft = service.propose(
                    session,
                    here().id,
                    chosen_unit(),
                    key=form.key.data or "",
                    memo=form.memo.data or "",
                    dated=form.dated.data,
                    lines=list(form.written()),
                    file_id=_kept(session, sent),
                    by=me().account_id,
                    at=now(),
                )
        except RuleBroken as broken:
            form.blame(broken)
        else:
            return _proposed(slug, draft)
    return _form_page(slug, form), 422


def _kept(session: Session, sent: Whole | Document | None) -> UUID | None:
    if sent is None:
        return None
    kept = files.keep_whole(
        session,
        file_store(),
        here().id,
        sent,
        kind=ATTACHMENT,
        actor_id=me().account_id,
        at=now(),
    )
    return kept.id


@bookkeeping.get(f"{DRAFT}/lampiran")
@requires(Permission.SEE_BOOKS)
def attachment(slug: str, draft_id: UUID) -> Response:
    """Show the picture of the receipt that an entry by hand was written from."""
    found = queries.draft_by_id(reader(), here().id, draft_id)
    if found.file_id is None:
        raise NotFound(say("Jurnal ini tidak punya lampiran."))
    return picture_answer(here().id, found.file_id, kind=ATTACHMENT)


@bookkeeping.get(DRAFT)
@requires(Permission.SEE_BOOKS)
def draft(slug: str, draft_id: UUID) -> ResponseReturnValue:
    """Show a proposal; whoever did not write it may decide."""
    session = reader()
    found = queries.draft_by_id(session, here().id, draft_id)
    own = found.proposed_by == me().account_id
    waits = found.state is DraftState.PROPOSED
    return render_template(
        "bookkeeping/draft.html",
        draft=found,
        document=is_document(here().id, found.file_id),
        lines=queries.lines_of_draft(session, found),
        people=accounts.names_of(session, [found.proposed_by, found.decided_by]),
        label=LABELS[found.state],
        waits=waits,
        own=own,
        may_decide=waits and not own and Permission.APPROVE_ENTRIES in g.permissions,
        may_withdraw=waits and own,
        slug=slug,
    )


@bookkeeping.post(f"{DRAFT}/setuju")
@requires(Permission.APPROVE_ENTRIES)
def approve(slug: str, draft_id: UUID) -> ResponseReturnValue:
    """Post what somebody else proposed."""
    with transaction() as session:
        found = queries.draft_by_id(session, here().id, draft_id)
        posted = service.approve(session, found, by=me().account_id, at=now())
        entry_id, number = posted.id, posted.number
    flash(gettext("Dibukukan sebagai jurnal %(number)s.", number=number), "ok")
    return redirect(url_for(".entry", slug=slug, entry_id=entry_id), code=303)


@bookkeeping.post(f"{DRAFT}/tolak")
@requires(Permission.APPROVE_ENTRIES, Permission.KEEP_BOOKS)
def refuse(slug: str, draft_id: UUID) -> ResponseReturnValue:
    """Decline a proposal, or take one's own back."""
    with transaction() as session:
        found = queries.draft_by_id(session, here().id, draft_id)
        service.refuse(session, found, by=me().account_id, at=now())
    flash(gettext("Usulan tidak dibukukan."), "ok")
    return redirect(url_for(".show", slug=slug), code=303)
