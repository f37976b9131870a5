"""One good of a round: how full its pool is, the price ladder, one's own share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.credit import queries as credit
from marketplace.kernel.access import Permission
from marketplace.kernel.calendar import local
from marketplace.kernel.errors import NotFound, RuleBroken
from marketplace.kernel.ids import from_text, to_text
from marketplace.kernel.money import Rupiah
from marketplace.kernel.secrets import new_secret
from marketplace.kernel.text import say
from marketplace.members.models import Member
from marketplace.supply import queries, service
from marketplace.supply.forms import ExtendForm, JoinForm, ReceiveForm, WidenForm
from marketplace.supply.models import TAKES_WISHES, SupplyItem
from marketplace.supply.queries import PoolView
from marketplace.supply.rules import REASON_LABELS
from marketplace.supply.views import supply
from marketplace.supply.views.present import (
    acting_member,
    bar,
    cap_said,
    charge_now,
    own_member,
    price_at,
    price_now,
    wish_said,
)
from marketplace.supply.views.requests import (
    chosen_unit,
    member_choices,
    second_choices,
    unit_choices,
)
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader, transaction


@supply.get("/<int:number>/<int:place>")
@requires(Permission.REQUEST_SUPPLIES, Permission.SEE_SUPPLIES)
def show(slug: str, number: int, place: int) -> ResponseReturnValue:
    """Show one good of a round to a member or an officer."""
    return pool_page(slug, number, place)


def pool_page(
    slug: str,
    number: int,
    place: int,
    *,
    join: JoinForm | None = None,
    receive: ReceiveForm | None = None,
    widen: WidenForm | None = None,
    extend: ExtendForm | None = None,
    known: tuple[list[PoolView], list[PoolView]] | None = None,
    own: Member | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """Show a pool with its forms; those that were sent keep what they said.

    ``known`` is what was read of its round and of the other ones already, ``own`` the reader.
    """
    session = reader()
    own = own or own_member()
    own_views, others = known or round_read(number, place, own)
    view = next((one for one in own_views if one.pool.place == place), None)
    if view is None:
        raise NotFound(say("Barang ini tidak ada di putaran itu."))
    mine = view.of_member(own.id if own else None)
    tier = view.next_tier
    taking = own is not None and view.pool.state in TAKES_WISHES
    page = render_template(
        "supply/pool.html",
        view=view,
        pool=view.pool,
        siblings=len(own_views),
        item=view.item,
        bar=bar(view, mine),
        own=own,
        mine=mine,
        credit=credit.use_of(session, here().id, own.id) if own and taking else None,
        join=join or _join_form(view, mine, seconds(view, own_views)),
        receive=receive or _receive_form(),
        widen=widen or _widen_form(view),
        extend=extend or extend_form(),
        wrong=join or receive or widen or extend,
        my_parts=charge_now(view, mine) if mine else None,
        prices={row.line.id: price_now(view, row) for row in view.lines},
        then={row.line.id: price_at(view, row, tier[1]) for row in view.lines} if tier else {},
        tier=tier,
        steps=_steps(view),
        fetched=queries.fetched_of(session, [row.line for row in view.lines]) if view.run else {},
        page=page_of(),
        pages=-(-view.interest.members // queries.PER_PAGE),
        reasons=REASON_LABELS,
        decided=queries.decision_on(session, mine.line) if mine and view.run else None,
        **_bought(view),
        others=[(other, bar(other, None)) for other in others[:3]],
        slug=slug,
        at=now(),
    )
    return page, status


def _bought(view: PoolView) -> dict[str, object]:
    """Read how a good was ordered and brought, for officers who buy."""
    session, pool = reader(), view.pool
    if Permission.BUY_SUPPLIES not in g.permissions:
        return {"received": [], "claims": {}, "order": None, "may_receive": False}
    received = queries.noted_receipts(session, pool) if view.run else []
    contested = any(receipt.contested for receipt in received)
    order = queries.purchase_order_of(session, pool) if pool.locked_at else None
    return {
        "received": received,
        "claims": queries.claims_of_pool(session, pool) if contested else {},
        "order": order,
        "may_receive": service.may_receive(session, order, me().account_id),
    }


def page_of() -> int:
    """Read which page of members is asked for."""
    return max(1, min(request.args.get("hal", 1, type=int) or 1, 10_000))


def round_read(
    number: int, place: int | None, own: Member | None
) -> tuple[list[PoolView], list[PoolView]]:
    """Read the goods of a round and of others, as a page of one of them shows them."""
    return queries.round_among_others(
        reader(),
        here().id,
        number,
        members=[own.id] if own else [],
        place=place,
        limit=queries.PER_PAGE,
        offset=(page_of() - 1) * queries.PER_PAGE,
    )


def seconds(view: PoolView, round_: Sequence[PoolView]) -> list[SupplyItem]:
    """List the other goods of a round that take wishes and are counted alike."""
    return [
        other.item
        for other in round_
        if other.pool.state in TAKES_WISHES
        and other.item.id != view.item.id
        and other.item.base_unit is view.item.base_unit
    ]


def _join_form(
    view: PoolView, mine: queries.PoolLine | None, others: Sequence[SupplyItem]
) -> JoinForm:
    said: dict[str, object] = {}
    if mine:
        wish = wish_said(mine.line, view.item)
        said = {**wish, "unit": wish["item"], "on_account": mine.line.on_account}
        said["price_cap"] = cap_said(mine.line, view.item)
        said["second"] = to_text(mine.line.second_item_id) if mine.line.second_item_id else ""
    form = JoinForm(formdata=None, data=said)
    is_open = view.pool.state in TAKES_WISHES
    form.member.choices = member_choices() if is_open else []
    form.unit.choices = unit_choices(view.item) if is_open else []
    form.second.choices = second_choices(others)
    return form


def _receive_form() -> ReceiveForm:
    return ReceiveForm(formdata=None, data={"key": new_secret()})


def extend_form() -> ExtendForm:
    """Propose tomorrow evening."""
    tomorrow = (local(now()) + timedelta(days=1)).replace(
        hour=20, minute=0, second=0, microsecond=0, tzinfo=None
    )
    return ExtendForm(formdata=None, data={"closes_at": tomorrow})


def _widen_form(view: PoolView) -> WidenForm:
    packs = round(view.pool.stock_cap / view.pool.main.pack_size)
    return WidenForm(formdata=None, data={"packs": packs})


def _steps(view: PoolView) -> list[tuple[str, int, int | None, Rupiah]]:
    """List the price ladder as (state, from packs, to packs, price per pack)."""
    starts = [(1, view.pack.price), *sorted(view.pack.tiers)]
    packs = view.outlook.main
    found: list[tuple[str, int, int | None, Rupiah]] = []
    ahead = 0
    for place, (start, price) in enumerate(starts):
        end = starts[place + 1][0] - 1 if place + 1 < len(starts) else None
        if end is not None and packs > end:
            state = "past"
        elif packs >= start or place == 0:
            state = "now"
        else:
            state = "next" if ahead == 0 else "far"
            ahead += 1
        found.append((state, start, end, Rupiah(price)))
    return found


@supply.post("/<int:number>/<int:place>/ikut")
@requires(Permission.REQUEST_SUPPLIES)
def join(slug: str, number: int, place: int) -> ResponseReturnValue:
    """Take part in a pool, or change one's wish; buttons add or take one unit."""
    session = reader()
    pool = queries.pool(session, here().id, number, place)
    views, _ = round_read(number, place, own_member())
    view = next(one for one in views if one.pool.id == pool.id)
    others = seconds(view, views)
    form = JoinForm()
    form.member.choices = member_choices()
    form.unit.choices = unit_choices(view.item)
    form.second.choices = second_choices(others)
    _, rung = chosen_unit([view.item], form.unit.data or to_text(view.item.id))
    wanted = form.wanted(view.item.factor, rung, others) if form.validate_on_submit() else None
    if wanted is None:
        return pool_page(slug, number, place, join=form, status=422)
    try:
        member = acting_member(from_text(form.member.data or ""))
        with transaction() as session:
            service.join(
                session,
                pool,
                member,
                wanted,
                entered_by=me().account_id,
                by_officer=Permission.BUY_SUPPLIES in g.permissions,
                on_account=form.on_account.data,
                at=now(),
            )
    except RuleBroken as broken:
        form.blame(broken)
        return pool_page(slug, number, place, join=form, status=broken.status)
    flash(gettext("Bagianmu dicatat. Belum ada yang ditagih."), "ok")
    return redirect(url_for(".show", slug=slug, number=number, place=place), 303)
