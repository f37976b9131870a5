"""The officer's pages on which what was sold together is shared out."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts import queries as accounts
from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import new_id, to_text
from marketplace.members import queries as members
from marketplace.pools import queries, service
from marketplace.pools.forms import PoolForm, UndoForm, delivered
from marketplace.pools.rules import PAID_INTO_LABELS, PaidInto, PooledSale
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader, transaction

pools = Blueprint("pools", __name__)
PATH = "/k/<slug>/kelola/jual-bersama"


@pools.get(PATH)
@requires(Permission.SEE_BOOKS)
def index(slug: str) -> str:
    """List what was sold together so far."""
    return render_template(
        "pools/index.html",
        pools=queries.pools(reader(), here().id),
        may_keep=Permission.KEEP_BOOKS in g.permissions,
        slug=slug,
    )


@pools.get(f"{PATH}/baru")
@requires(Permission.KEEP_BOOKS)
def new(slug: str) -> str:
    """Ask what was sold, what it brought, and who had delivered how much."""
    form = PoolForm(
        formdata=None,
        key=to_text(new_id()),
        sold_on=local_day(now()),
        share=here().share_basis_points,
        paid_into=PaidInto.CASH.value,
    )
    return _page(slug, form)


def _page(slug: str, form: PoolForm) -> str:
    form.offer()
    return render_template(
        "pools/new.html",
        form=form,
        members=members.present(reader(), here().id),
        typed=request.form,
        slug=slug,
    )


@pools.post(f"{PATH}/baru")
@requires(Permission.KEEP_BOOKS)
def share(slug: str) -> ResponseReturnValue:
    """Show who would get what; with ``yakin`` share it out."""
    form, status = PoolForm(), 422
    form.offer()
    if form.validate_on_submit():
        try:
            sale = form.sale(delivered(request))
            if request.form.get("yakin") != "ya":
                return _preview(slug, form, sale)
            with transaction() as session:
                pool_id = service.share_out(
                    session,
                    here().id,
                    sale,
                    key=f"page:{to_text(me().account_id)}:{form.key.data}",
                    paid_into=form.way(),
                    by=me().account_id,
                    at=now(),
                ).id
        except RuleBroken as broken:
            form.blame(broken)
            status = broken.status
        else:
            flash(gettext("Hasilnya dibagi dan dibukukan."), "ok")
            return redirect(url_for(".show", slug=slug, pool_id=pool_id), 303)
    return _page(slug, form), status


def _preview(slug: str, form: PoolForm, sale: PooledSale[UUID]) -> str:
    shared = service.checked(sale, at=now())
    return render_template(
        "pools/sure.html",
        form=form,
        sale=sale,
        shared=shared,
        names=members.names_of(reader(), here().id, list(sale.delivered)),
        ways=PAID_INTO_LABELS,
        way=form.way(),
        slug=slug,
    )


@pools.get(f"{PATH}/<id:pool_id>")
@requires(Permission.SEE_BOOKS)
def show(slug: str, pool_id: UUID) -> str:
    """Show who had delivered how much of what was sold, and what each got."""
    return _shown(slug, pool_id, UndoForm(formdata=None))


@pools.post(f"{PATH}/<id:pool_id>/batal")
@requires(Permission.KEEP_BOOKS)
def undo(slug: str, pool_id: UUID) -> ResponseReturnValue:
    """Take a pooled sale back that was shared wrongly."""
    form, status = UndoForm(), 422
    if form.validate_on_submit():
        try:
            with transaction() as session:
                found = queries.pool(session, here().id, pool_id)
                reason = form.reason.data or ""
                service.undo(session, found, reason=reason, by=me().account_id, at=now())
        except RuleBroken as broken:
            form.blame(broken)
            status = broken.status
        else:
            flash(gettext("Pembagian dibatalkan dan dibalik di buku."), "ok")
            return redirect(url_for(".show", slug=slug, pool_id=pool_id), 303)
    return _shown(slug, pool_id, form), status


def _shown(slug: str, pool_id: UUID, form: UndoForm) -> str:
    session = reader()
    found = queries.pool(session, here().id, pool_id)
    return render_template(
        "pools/show.html",
        pool=found,
        names=members.names_of(session, here().id, [one.member_id for one in found.shares]),
        people=accounts.names_of(session, [found.shared_by, found.undone_by]),
        may_undo=Permission.KEEP_BOOKS in g.permissions and found.undone_at is None,
        form=form,
        ways=PAID_INTO_LABELS,
        slug=slug,
    )
