"""A member brings goods back: what it had cost goes back, and may be undone for a while."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import lazyload

from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.credit import queries as credit
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import NotFound, RuleBroken
from marketplace.kernel.ids import to_text
from marketplace.kernel.secrets import new_secret
from marketplace.kernel.text import say
from marketplace.members import queries as members
from marketplace.members.models import Member
from marketplace.supply import queries, service
from marketplace.supply.forms.returning import ReturnForm
from marketplace.supply.models import SupplyHandOver, SupplyItem, SupplyPool
from marketplace.supply.rules import PaidWith, ReturnedPart, ways_back
from marketplace.supply.views import supply
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader, transaction


@dataclass(frozen=True, slots=True)
class Handed:
    """What was handed over to a member, what of it came back, and how money may go back."""

    hand: SupplyHandOver
    member: Member
    pool: SupplyPool
    item: SupplyItem
    returned: ReturnedPart
    ways: list[PaidWith]

    @property
    def left(self) -> int:
        """Say how much may still be brought back."""
        return self.hand.quantity - self.returned.quantity


def _handed(number: int, member_id: UUID, hand_id: UUID) -> Handed:
    session, shop = reader(), here()
    hand, line = queries.hand_over_of(session, shop.id, hand_id)
    packs = [lazyload(SupplyPool.packs)]  # not shown here
    pool = session.get_one(SupplyPool, (shop.id, line.pool_id), options=packs)
    if line.member_id != member_id or pool.number != number:
        raise NotFound(say("Penyerahan ini tidak ada."))
    owed = credit.use_of(session, shop.id, member_id).owed
    return Handed(
        hand,
        members.member(session, shop.id, member_id),
        pool,
        queries.item(session, shop.id, pool.item_id),
        queries.returned_of(session, hand),
        ways_back(hand.way, owed),
    )


@supply.get("/<int:number>/anggota/<id:member_id>/kembali/<id:hand_id>")
@requires(Permission.HAND_OVER_SUPPLIES)
def returning(slug: str, number: int, member_id: UUID, hand_id: UUID) -> ResponseReturnValue:
    """Ask what is brought back of a hand-over, and why."""
    return _page(
        slug,
        _handed(number, member_id, hand_id),
        ReturnForm(formdata=None, data={"key": new_secret()}),
    )


def _page(slug: str, handed: Handed, form: ReturnForm, *, status: int = 200) -> ResponseReturnValue:
    form.offer(handed.ways)
    return render_template("supply/return.html", handed=handed, form=form, slug=slug), status


@supply.post("/<int:number>/anggota/<id:member_id>/kembali/<id:hand_id>")
@requires(Permission.HAND_OVER_SUPPLIES)
def return_goods(slug: str, number: int, member_id: UUID, hand_id: UUID) -> ResponseReturnValue:
    """Take goods back against what they had cost."""
    handed, form = _handed(number, member_id, hand_id), ReturnForm()
    form.offer(handed.ways)
    if not form.validate_on_submit():
        return _page(slug, handed, form, status=422)
    try:
        back = form.returning(handed.item.factor)
        with transaction() as session:
            done = service.return_goods(
                session, handed.hand, back, key=form.key.data or "", by=me().account_id, at=now()
            )
            amount, return_id = done.back, to_text(done.id)
    except RuleBroken as broken:
        form.blame(broken)
        return _page(slug, handed, form, status=broken.status)
    text = gettext("Dikembalikan. %(amount)s kembali ke anggota.", amount=amount)
    undo = url_for(".undo_return", slug=slug, return_id=return_id)
    flash({"text": text, "undo": undo}, "toast")  # type: ignore[arg-type]
    return redirect(url_for(".basket", slug=slug, number=number, member_id=member_id), 303)


@supply.post("/kembali/<id:return_id>/urungkan")
@requires(Permission.HAND_OVER_SUPPLIES)
def undo_return(slug: str, return_id: UUID) -> ResponseReturnValue:
    """Take a return back."""
    done = queries.supply_return(reader(), here().id, return_id)
    _, line = queries.hand_over_of(reader(), here().id, done.hand_id)
    pool = reader().get_one(SupplyPool, (here().id, line.pool_id))
    back = url_for(".basket", slug=slug, number=pool.number, member_id=line.member_id)
    with transaction() as session:
        service.undo_return(session, done, by=me().account_id, at=now())
    flash(gettext("Pengembalian diurungkan."), "ok")
    return redirect(back, 303)
