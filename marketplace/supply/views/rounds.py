"""A round of several goods as a whole: what it buys, one's own part of it, who fetches what."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import RuleBroken
from marketplace.supply import queries, service
from marketplace.supply.forms import ExtendForm
from marketplace.supply.models import TAKES_WISHES
from marketplace.supply.rules import PoolState
from marketplace.supply.views import supply
from marketplace.supply.views.pools import extend_form, page_of, pool_page, round_read
from marketplace.supply.views.present import bar, baskets, own_member
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader, transaction

CAME = (PoolState.RECEIVING, PoolState.READY, PoolState.SETTLED)
PRINTED = 25  # members on one page of the list, each with all of their goods


@supply.get("/<int:number>")
@requires(Permission.REQUEST_SUPPLIES, Permission.SEE_SUPPLIES)
def show_round(slug: str, number: int) -> ResponseReturnValue:
    """Show a round: its goods, or the one good that it has."""
    return round_page(slug, number)


def round_page(
    slug: str, number: int, *, extend: ExtendForm | None = None, status: int = 200
) -> ResponseReturnValue:
    """Show a round with its forms; those that were sent keep what they said."""
    own, page_number = own_member(), page_of()
    known = round_read(number, None, own)
    views, others = known
    if len(views) == 1:
        place = views[0].pool.place
        return pool_page(slug, number, place, extend=extend, known=known, own=own, status=status)
    fetching, members = queries.taking_part(
        reader(), [view.pool for view in views], page=page_number
    )
    page = render_template(
        "supply/round.html",
        round=views[0].pool.round,
        pools=[(view, bar(view, view.of_member(own.id if own else None))) for view in views],
        own=own,
        mine=next(iter(baskets(views)), None),
        members=members,
        fetching=fetching if any(view.pool.state in CAME for view in views) else [],
        page=page_number,
        pages=-(-members // queries.PER_PAGE),
        still_open=[view for view in views if view.pool.state in TAKES_WISHES],
        is_open=any(view.pool.takes_wishes(now()) for view in views),
        extend=extend or extend_form(),
        wrong=extend,
        orders=queries.purchase_orders_of(reader(), here().id, views[0].pool.round),
        others=[(other, bar(other, None)) for other in others[:3]],
        slug=slug,
        at=now(),
    )
    return page, status


@supply.post("/<int:number>/perpanjang")
@requires(Permission.BUY_SUPPLIES)
def extend(slug: str, number: int) -> ResponseReturnValue:
    """Keep a round open for longer."""
    form, status = ExtendForm(), 422
    round_ = queries.of_cooperative(reader(), here().id, number)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                service.extend(session, round_, form.moment(), at=now())
        except RuleBroken as broken:
            form.blame(broken)
            status = broken.status
        else:
            flash(gettext("Putaran diperpanjang. Ajak anggota lewat WhatsApp."), "ok")
            return redirect(url_for(".show_round", slug=slug, number=number), 303)
    return round_page(slug, number, extend=form, status=status)


@supply.post("/<int:number>/kunci")
@requires(Permission.BUY_SUPPLIES)
def lock_round(slug: str, number: int) -> ResponseReturnValue:
    """Close all goods of a round of which enough is wanted."""
    with transaction() as session:
        round_ = queries.of_cooperative(session, here().id, number)
        service.lock_round(session, round_, by=me().account_id, at=now())
    flash(gettext("Dikunci. Pesanan ke pemasok sudah disiapkan."), "ok")
    return redirect(url_for(".show_round", slug=slug, number=number), 303)


@supply.get("/<int:number>/daftar")
@requires(Permission.SEE_SUPPLIES)
def print_list(slug: str, number: int) -> ResponseReturnValue:
    """Print who gets how much of which good for how much, for the day of handing out."""
    session = reader()
    pools, page = queries.pools_numbered(session, here().id, number), page_of()
    fetching, members = queries.taking_part(session, pools, page=page, size=PRINTED)
    shown = queries.LinesShown([one.member.id for one in fetching])
    return render_template(
        "supply/list.html",
        round=pools[0].round,
        baskets=baskets(queries.views(session, here().id, pools, shown=shown)),
        page=page,
        pages=-(-members // PRINTED),
        slug=slug,
        at=now(),
    )
