"""Handing goods over: one good against cash at once, or all of a round in any way to pay."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice

from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.credit import queries as credit
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import NotFound, RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.numbers import parse_rupiah
from marketplace.kernel.text import say
from marketplace.ledger.queries import parts_for
from marketplace.ledger.rules import Purpose
from marketplace.payments import qris
from marketplace.supply import queries, service
from marketplace.supply.forms import HandOverForm
from marketplace.supply.models import SupplyRound
from marketplace.supply.rules import PAID_WITH_LABELS, PaidWith, RequestState, asked_of
from marketplace.supply.views import supply
from marketplace.supply.views.present import Basket, baskets
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.i18n import translate
from marketplace.web.qr import picture
from marketplace.web.transactions import reader, transaction


@supply.post("/<int:number>/<int:place>/serahkan/<id:line_id>")
@requires(Permission.HAND_OVER_SUPPLIES)
def hand_over(slug: str, number: int, place: int, line_id: UUID) -> ResponseReturnValue:
    """Hand a share over against its exact price in cash."""
    paid = parse_rupiah(request.form.get("paid", ""))
    with transaction() as session:
        line = queries.line(session, here().id, line_id)
        service.hand_over(
            session,
            line,
            paid=paid,
            actor_id=me().account_id,
            at=now(),
        )
    back = url_for(".undo_hand_over", slug=slug, number=number, place=place, line_id=line_id)
    flash({"text": gettext("Diserahkan dan dibayar."), "undo": back}, "toast")  # type: ignore[arg-type]
    return redirect(url_for(".show", slug=slug, number=number, place=place), 303)


@supply.post("/<int:number>/<int:place>/serahkan/<id:line_id>/urungkan")
@requires(Permission.HAND_OVER_SUPPLIES)
def undo_hand_over(slug: str, number: int, place: int, line_id: UUID) -> ResponseReturnValue:
    """Take a handing over back."""
    with transaction() as session:
        line = queries.line(session, here().id, line_id)
        service.undo_hand_over(session, line, at=now())
    flash(gettext("Penyerahan diurungkan."), "ok")
    return redirect(url_for(".show", slug=slug, number=number, place=place), 303)


@supply.get("/<int:number>/anggota/<id:member_id>")
@requires(Permission.HAND_OVER_SUPPLIES)
def basket(slug: str, number: int, member_id: UUID) -> ResponseReturnValue:
    """Show what a member fetches of a round, and ask how they pay."""
    round_, found = _basket(number, member_id)
    form = HandOverForm(formdata=None, data={"total": ready_total(found)})
    return _page(slug, round_, found, form)


def _basket(number: int, member_id: UUID) -> tuple[SupplyRound, Basket]:
    session = reader()
    pools = queries.pools_numbered(session, here().id, number)
    views = queries.views(session, here().id, pools, shown=queries.LinesShown([member_id]))
    found = baskets(views)
    if not found:
        raise NotFound(say("Anggota ini tidak ikut putaran itu."))
    return pools[0].round, found[0]


def ready_total(basket: Basket) -> Rupiah:
    """Add up what is there for a member and was not fetched."""
    ready = [price for _, row, price in basket.parts if row.line.state is RequestState.ALLOCATED]
    return sum(ready, Rupiah(0))


def _page(
    slug: str, round_: SupplyRound, found: Basket, form: HandOverForm, status: int = 200
) -> ResponseReturnValue:
    session, shop, total = reader(), here(), ready_total(found)
    balance = parts_for(session, Purpose.MEMBER_BALANCE, [found.member.id])
    part = balance.get((shop.id, found.member.id))
    free = part.free if part else Rupiah(0)
    room = credit.use_of(session, shop.id, found.member.id).free
    if found.member.left_on is not None:  # goods that were asked for before are paid at once
        room = Rupiah(0)
    most = {PaidWith.BALANCE: free, PaidWith.CREDIT: room}
    ways = [way for way in PaidWith if way not in most or Rupiah(0) < total <= most[way]]
    form.way.choices = [SelectChoice(way.value, translate(PAID_WITH_LABELS[way])) for way in ways]
    lines = (row.line for _, row, _ in found.parts)
    fetched = [line for line in lines if line.state is RequestState.HANDED_OVER]
    page = render_template(
        "supply/basket.html",
        round=round_,
        basket=found,
        total=total,
        free=free,
        room=room,
        form=form,
        asked={way.value: asked_of(way, total, shop.cash_rounding) for way in ways},
        code=_code(total, f"KUL{round_.number}-{found.member.number}"),
        handed=queries.handed_over_of(session, fetched),
        slug=slug,
        at=now(),
    )
    return page, status


def _code(total: Rupiah, bill: str) -> str | None:
    """Draw the cooperative's code with the amount in it, where it may be made so."""
    shop = here()
    if not (total and shop.qris_payload and shop.qris_converts):
        return None
    return picture(qris.to_dynamic(shop.qris_payload, total.amount, bill_number=bill))


@supply.post("/<int:number>/anggota/<id:member_id>")
@requires(Permission.HAND_OVER_SUPPLIES)
def hand_over_basket(slug: str, number: int, member_id: UUID) -> ResponseReturnValue:
    """Hand all that is there for a member over against one payment."""
    round_, found = _basket(number, member_id)
    form = HandOverForm()
    form.way.choices = [SelectChoice(way.value, "") for way in PaidWith]
    if not form.validate_on_submit():
        return _page(slug, round_, found, form, 422)
    way = PaidWith(form.way.data)
    try:
        with transaction() as session:
            service.hand_over_basket(
                session,
                round_,
                member_id,
                paid=asked_of(way, form.total.data, here().cash_rounding),
                way=way,
                actor_id=me().account_id,
                at=now(),
            )
    except RuleBroken as broken:
        form.blame(broken)
        return _page(slug, round_, found, form, broken.status)
    flash(gettext("Diserahkan ke %(name)s dan dibayar.", name=found.member.called), "ok")
    return redirect(url_for(".basket", slug=slug, number=number, member_id=member_id), 303)
