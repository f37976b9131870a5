"""What officers do with one good of a round: widen, lock, cancel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.supply import queries, service
from marketplace.supply.forms import WidenForm
from marketplace.supply.models import SupplyPool
from marketplace.supply.views import supply
from marketplace.supply.views.pools import pool_page
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import transaction

Work = Callable[[Session, SupplyPool, datetime], object]


def _change(slug: str, number: int, place: int, work: Work, done: str) -> ResponseReturnValue:
    with transaction() as session:
        work(session, queries.pool(session, here().id, number, place), now())
    flash(done, "ok")
    return redirect(url_for(".show", slug=slug, number=number, place=place), 303)


@supply.post("/<int:number>/<int:place>/stok")
@requires(Permission.BUY_SUPPLIES)
def widen(slug: str, number: int, place: int) -> ResponseReturnValue:
    """Let the cooperative take packs for its own stock, to reach the next price."""
    form = WidenForm()
    if not form.validate_on_submit():
        return pool_page(slug, number, place, widen=form, status=422)
    packs, surely = form.packs.data or 0, request.form.get("pasti") == "1"

    def take(session: Session, pool: SupplyPool, at: datetime) -> None:
        if surely:
            service.take_for_stock(session, pool, packs=packs, at=at)
        else:
            service.widen(session, pool, stock_cap=packs * pool.main.pack_size, at=at)

    return _change(
        slug,
        number,
        place,
        take,
        gettext("Koperasi ikut mengambil untuk stok."),
    )


@supply.post("/<int:number>/<int:place>/kunci")
@requires(Permission.BUY_SUPPLIES)
def lock(slug: str, number: int, place: int) -> ResponseReturnValue:
    """Close a good of a round and fix what is bought of it."""
    by = me().account_id
    return _change(
        slug,
        number,
        place,
        lambda session, pool, at: service.lock(session, pool, by=by, at=at),
        gettext("Dikunci. Pesanan ke pemasok sudah disiapkan."),
    )


@supply.post("/<int:number>/<int:place>/batal")
@requires(Permission.BUY_SUPPLIES)
def cancel(slug: str, number: int, place: int) -> ResponseReturnValue:
    """Give a good of a round up; nobody is charged."""
    reason = request.form.get("reason", "").strip()[:200] or None
    carry_over = request.form.get("lepas") != "1"
    return _change(
        slug,
        number,
        place,
        lambda session, pool, at: service.cancel(
            session, pool, reason=reason, carry_over=carry_over, at=at
        ),
        gettext("Dibatalkan. Tidak ada yang ditagih."),
    )
