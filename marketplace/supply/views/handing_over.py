"""Handing goods over: one good against cash at once, or all of a round in any way to pay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from marketplace.supply.forms.fetching import takings, typed_amounts
from marketplace.supply.models import SupplyReturn, SupplyRound
from marketplace.supply.rules import PAID_WITH_LABELS, BadPart, PaidWith, asked_of, part_of
from marketplace.supply.service.handing_over import Taking
from marketplace.supply.views import supply
from marketplace.supply.views.present import Basket, amount, baskets
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
    """Show what a member fetches of a round, all of it or a part, and ask how they pay."""
    counter = _counter(number, member_id, request.args)
    form = HandOverForm(formdata=None, data={"total": counter.total})
    if counter.wrong is not None:
        form.blame(counter.wrong)
    return _page(slug, counter, form, 200 if counter.wrong is None else 422)


@dataclass(frozen=True, slots=True)
class Counter:
    """A member at the counter: their basket, what of it is fetched now, and its price."""

    round: SupplyRound
    basket: Basket
    fetched: dict[UUID, queries.Fetched]
    takings: dict[UUID, Taking]
    typed: dict[str, str]
    wrong: RuleBroken | None
    returned: dict[UUID, list[SupplyReturn]]

    @property
    def total(self) -> Rupiah:
        """Add up what is paid now."""
        rows = ((view, row) for view, row, _ in self.basket.parts if row.left)
        return sum((self.price(view, row) for view, row in rows), Rupiah(0))

    def price(self, view: queries.PoolView, row: queries.PoolLine) -> Rupiah:
        """Say what a good costs as much as of it is fetched now."""
        quantity = self.takings[row.line.id].quantity
        if row.allocation is None or not quantity:
            return Rupiah(0)
        had = self.fetched.get(row.line.id, queries.NOTHING_FETCHED)
        return Rupiah(
            part_of(
                row.allocation.parts,
                row.given,
                had.parts,
                had.quantity,
                taking=quantity,
                margin=view.pool.margin,
            ).total
        )


def _counter(number: int, member_id: UUID, sent: Mapping[str, str]) -> Counter:
    """Read a basket and what was typed of it; all that is left, when nothing was or it is wrong."""
    session = reader()
    pools = queries.pools_numbered(session, here().id, number)
    known = [pool.item for pool in pools]
    shown = queries.LinesShown([member_id])
    views = queries.views(session, here().id, pools, known=known, shown=shown)
    found = baskets(views)
    if not found:
        raise NotFound(say("Anggota ini tidak ikut putaran itu."))
    lines = [row.line for _, row, _ in found[0].parts]
    left = [(view, row) for view, row, _ in found[0].parts if row.left]
    typed = typed_amounts(sent)
    whole = {row.line.id: Taking(row.left, row.fetched) for _, row in left}
    wrong = None
    chosen = whole
    if typed:
        try:
            goods = [(row.line.id, view.item.factor) for view, row in left]
            chosen = takings(sent, goods)
            _check(left, chosen)
        except RuleBroken as broken:
            wrong, chosen = broken, whole
    fetched = queries.fetched_of(session, lines)
    returned: dict[UUID, list[SupplyReturn]] = {}
    for one in queries.returns_of(session, [h for had in fetched.values() for h in had.hands]):
        returned.setdefault(one.hand_id, []).append(one)
    return Counter(pools[0].round, found[0], fetched, chosen, typed, wrong, returned)


def _check(
    left: Sequence[tuple[queries.PoolView, queries.PoolLine]], chosen: Mapping[UUID, Taking]
) -> None:
    """Refuse to fetch more than is left, or nothing of anything. Raises BadPart."""
    for view, row in left:
        if chosen[row.line.id].quantity > row.left:
            raise BadPart(
                say(
                    "%(name)s: sisanya tinggal %(left)s.",
                    name=view.pool.item_name,
                    left=amount(row.left, view.item),
                )
            )
    if left and not any(taking.quantity for taking in chosen.values()):
        raise BadPart(say("Pilih barang yang diambil sekarang."))


def _page(
    slug: str, counter: Counter, form: HandOverForm, status: int = 200
) -> ResponseReturnValue:
    session, shop, total, member = reader(), here(), counter.total, counter.basket.member
    balance = parts_for(session, Purpose.MEMBER_BALANCE, [member.id])
    part = balance.get((shop.id, member.id))
    free = part.free if part else Rupiah(0)
    room = credit.use_of(session, shop.id, member.id).free
    if member.left_on is not None:  # goods that were asked for before are paid at once
        room = Rupiah(0)
    most = {PaidWith.BALANCE: free, PaidWith.CREDIT: room}
    ways = [way for way in PaidWith if way not in most or Rupiah(0) < total <= most[way]]
    form.way.choices = [SelectChoice(way.value, translate(PAID_WITH_LABELS[way])) for way in ways]
    page = render_template(
        "supply/basket.html",
        counter=counter,
        round=counter.round,
        basket=counter.basket,
        total=total,
        free=free,
        room=room,
        form=form,
        asked={way.value: asked_of(way, total, shop.cash_rounding) for way in ways},
        code=_code(total, f"KUL{counter.round.number}-{member.number}"),
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
    """Hand what is there for a member over, or what of it was chosen, against one payment."""
    counter = _counter(number, member_id, request.form)
    form = HandOverForm()
    form.way.choices = [SelectChoice(way.value, "") for way in PaidWith]
    if not form.validate_on_submit():
        return _page(slug, counter, form, 422)
    way, member = PaidWith(form.way.data), counter.basket.member
    try:
        with transaction() as session:
            service.hand_over_basket(
                session,
                counter.round,
                member_id,
                paid=asked_of(way, form.total.data, here().cash_rounding),
                way=way,
                takings=_sent_takings(counter),
                actor_id=me().account_id,
                at=now(),
            )
    except RuleBroken as broken:
        form.blame(broken)
        return _page(slug, counter, form, broken.status)
    flash(gettext("Diserahkan ke %(name)s dan dibayar.", name=member.called), "ok")
    return redirect(url_for(".basket", slug=slug, number=number, member_id=member_id), 303)


def _sent_takings(counter: Counter) -> dict[UUID, Taking] | None:
    """Read what was chosen, also of wishes that were fetched meanwhile; None for all there is."""
    if not counter.typed:
        return None
    goods = [(row.line.id, view.item.factor) for view, row, _ in counter.basket.parts]
    found = {key: one for key, one in takings(request.form, goods).items() if one.quantity}
    if not found:
        raise BadPart(say("Pilih barang yang diambil sekarang."))
    return found
