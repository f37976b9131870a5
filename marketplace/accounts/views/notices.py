"""A person's notices."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts import queries, service
from marketplace.accounts.current import me
from marketplace.accounts.rules import safe_path
from marketplace.accounts.views.blueprint import accounts
from marketplace.web.clock import now
from marketplace.web.guards import signed_in
from marketplace.web.paging import page_number, pages_of
from marketplace.web.transactions import reader, transaction


@accounts.get("/akun/pemberitahuan")
@signed_in
def notices() -> ResponseReturnValue:
    """List the person's notices, newest first."""
    page = page_number()
    rows = queries.notices_of(reader(), me().account_id, page=page)
    total = queries.count_notices(reader(), me().account_id)
    return render_template(
        "accounts/notices.html",
        notices=[(row, queries.sentence_of(row)) for row in rows],
        page=page,
        pages=pages_of(total, queries.NOTICES_PER_PAGE),
    )


@accounts.post("/akun/pemberitahuan/dibaca")
@signed_in
def read_all() -> ResponseReturnValue:
    """Mark all notices as read."""
    with transaction() as session:
        service.read_notices(session, me().account_id, at=now())
    flash(gettext("Semua sudah ditandai dibaca."), "ok")
    return redirect(url_for("accounts.notices"), code=303)


@accounts.post("/akun/pemberitahuan/<id:notice_id>/buka")
@signed_in
def open_notice(notice_id: UUID) -> ResponseReturnValue:
    """Mark one notice as read and go where it leads."""
    with transaction() as session:
        service.read_notices(session, me().account_id, notice_id=notice_id, at=now())
    return redirect(safe_path(request.form.get("lanjut")), code=303)
