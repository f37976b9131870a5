"""Who fetches what of a round and when: the list at the counter, and the slots members choose."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import NotFound, RuleBroken
from marketplace.kernel.text import say
from marketplace.members import queries as members
from marketplace.members.models import Member
from marketplace.supply import queries, service
from marketplace.supply.forms.pickups import SlotForm, read_slot, slot_said
from marketplace.supply.models import SupplyRound
from marketplace.supply.rules import pickup_code, pickup_slots, said_code
from marketplace.supply.service import NotAMember
from marketplace.supply.views import supply
from marketplace.supply.views.pools import page_of
from marketplace.supply.views.present import own_member
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader, transaction

LONGEST_SEARCH = 80
supply.add_app_template_global(pickup_code)
supply.add_app_template_global(slot_said)
supply.add_app_template_global(pickup_slots)


@supply.get("/<int:number>/pengambilan")
@requires(Permission.HAND_OVER_SUPPLIES)
def pickups(slug: str, number: int) -> ResponseReturnValue:
    """List who fetches something of a round, by name, code or slot."""
    session, page = reader(), page_of()
    pools = queries.pools_numbered(session, here().id, number)
    round_ = pools[0].round
    said = request.args.get("cari", "")[:LONGEST_SEARCH].strip()
    slot = read_slot(request.args.get("jam"))
    meant = queries.Coming(said_code(said, number), slot)
    fetching, found = queries.taking_part(session, pools, page=page, coming=meant)
    return render_template(
        "supply/pickups.html",
        round=round_,
        fetching=fetching,
        found=found,
        said=said,
        slot=slot,
        slots=pickup_slots(round_.pickup_from, round_.pickup_until),
        coming=queries.coming_by_slot(session, round_),
        unfetched=queries.unfetched(session, here().id, round_.id, at=now()),
        page=page,
        pages=-(-found // queries.PER_PAGE),
        slug=slug,
        at=now(),
    )


@supply.get("/<int:number>/jam")
@requires(Permission.REQUEST_SUPPLIES)
def own_slot(slug: str, number: int) -> ResponseReturnValue:
    """Ask a member when they come."""
    return _slot_page(slug, number, _own(number))


@supply.post("/<int:number>/jam")
@requires(Permission.REQUEST_SUPPLIES)
def choose_own_slot(slug: str, number: int) -> ResponseReturnValue:
    """Note when a member comes."""
    return _choose(slug, number, _own(number), url_for(".show_round", slug=slug, number=number))


@supply.get("/<int:number>/anggota/<id:member_id>/jam")
@requires(Permission.HAND_OVER_SUPPLIES)
def slot(slug: str, number: int, member_id: UUID) -> ResponseReturnValue:
    """Ask an officer when a member comes."""
    return _slot_page(slug, number, members.member(reader(), here().id, member_id))


@supply.post("/<int:number>/anggota/<id:member_id>/jam")
@requires(Permission.HAND_OVER_SUPPLIES)
def choose_slot(slug: str, number: int, member_id: UUID) -> ResponseReturnValue:
    """Note for a member when they come."""
    member = members.member(reader(), here().id, member_id)
    back = url_for(".basket", slug=slug, number=number, member_id=member_id)
    return _choose(slug, number, member, back)


def _own(number: int) -> Member:
    member = own_member()
    if member is None:
        raise NotAMember
    return member


def _round(number: int, member: Member) -> SupplyRound:
    session = reader()
    round_ = queries.of_cooperative(session, here().id, number)
    if not queries.takes_part(session, round_, member.id):
        raise NotFound(say("Anggota ini tidak ikut putaran itu."))
    return round_


def _slot_page(
    slug: str, number: int, member: Member, form: SlotForm | None = None, status: int = 200
) -> ResponseReturnValue:
    session, round_ = reader(), _round(number, member)
    chosen = queries.slot_of(session, round_, member.id)
    shown = form or SlotForm(formdata=None, data={"slot": chosen.isoformat() if chosen else ""})
    _offer(shown, round_)
    page = render_template(
        "supply/slot.html", form=shown, round=round_, member=member, own=own_member(), slug=slug
    )
    return page, status


def _offer(form: SlotForm, round_: SupplyRound) -> None:
    coming = queries.coming_by_slot(reader(), round_)
    form.offer(pickup_slots(round_.pickup_from, round_.pickup_until), coming)


def _choose(slug: str, number: int, member: Member, back: str) -> ResponseReturnValue:
    form, round_ = SlotForm(), _round(number, member)
    _offer(form, round_)
    if not form.validate_on_submit():
        return _slot_page(slug, number, member, form, 422)
    try:
        with transaction() as session:
            service.choose_slot(
                session, round_, member, form.chosen(), by=me().account_id, at=now()
            )
    except RuleBroken as broken:
        form.blame(broken)
        return _slot_page(slug, number, member, form, broken.status)
    flash(gettext("Jam ambil dicatat."), "ok")
    return redirect(back, 303)
