"""What members ask for: the list of goods, wishes, and one's own requests."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice

from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import NotFound, RuleBroken
from marketplace.kernel.ids import from_text, to_text
from marketplace.kernel.text import say
from marketplace.members import queries as members
from marketplace.members.models import Member
from marketplace.supply import queries, service
from marketplace.supply.forms import AskForm
from marketplace.supply.models import RequestLine, StandingRequest, SupplyItem, UnitRung
from marketplace.supply.rules import RHYTHM_LABELS, Rung
from marketplace.supply.views import supply
from marketplace.supply.views.present import acting_member, bar, own_member, told
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader, transaction

OTHER = "lain"


@supply.get("")
@requires(Permission.REQUEST_SUPPLIES, Permission.SEE_SUPPLIES)
def index(slug: str) -> ResponseReturnValue:
    """Show running rounds, one's own wishes, and to officers all that waits."""
    session = reader()
    own = own_member()
    sees_all = Permission.SEE_SUPPLIES in g.permissions
    goods = queries.items(session, here().id)
    mine = [own.id] if own else []
    views = queries.running(session, here().id, members=mine)
    return render_template(
        "supply/index.html",
        pools=[(view, bar(view, view.of_member(own.id if own else None))) for view in views],
        own=own,
        mine=queries.my_lines(session, here().id, own.id) if own else [],
        waiting=queries.waiting(session, here().id) if sees_all else [],
        all_items=goods,
        slug=slug,
        at=now(),
    )


@supply.get("/lalu")
@requires(Permission.REQUEST_SUPPLIES, Permission.SEE_SUPPLIES)
def past(slug: str) -> ResponseReturnValue:
    """List rounds that are over, page by page."""
    page = max(1, min(request.args.get("hal", 1, type=int) or 1, 10_000))
    pools, pages = queries.past_pools(reader(), here().id, page=page)
    return render_template("supply/past.html", pools=pools, page=page, pages=pages, slug=slug)


def ask_form(form: AskForm, goods: Sequence[SupplyItem]) -> AskForm:
    """Fill the choices of the form: the cooperative's goods, and members for officers."""
    form.item.choices = [
        *(choice for item in goods for choice in _named_units(item)),
        SelectChoice(OTHER, gettext("Barang lain, kutulis sendiri")),
    ]
    form.member.choices = member_choices()
    form.second.choices = second_choices(goods)
    return form


def second_choices(goods: Sequence[SupplyItem]) -> list[SelectChoice]:
    """List what may be wanted instead; first that nothing is."""
    nothing = SelectChoice("", gettext("Tidak usah"))
    return [nothing, *(SelectChoice(to_text(item.id), item.name) for item in goods)]


def _named_units(item: SupplyItem) -> list[SelectChoice]:
    """List a good once for each unit it may be asked in."""
    return [
        SelectChoice(choice.value, f"{item.name} ({choice.label})") for choice in unit_choices(item)
    ]


def unit_choices(item: SupplyItem) -> list[SelectChoice]:
    """List the units a good may be asked in, the main one first under the good's own id."""
    main = Rung(item.unit, item.factor)
    return [SelectChoice(to_text(item.id), item.unit)] + [
        SelectChoice(
            to_text(rung.id),
            gettext(
                "%(unit)s isi %(size)s",
                unit=rung.name,
                size=told(rung.factor, main),
            ),
        )
        for rung in item.asked_in
    ]


def chosen_unit(
    goods: Sequence[SupplyItem], text: str | None
) -> tuple[SupplyItem | None, UnitRung | None]:
    """Find which good was chosen, and in which unit; no unit is the main one."""
    id_ = from_text(text or "")
    for item in goods:
        if item.id == id_:
            return item, None
        for rung in item.asked_in:
            if rung.id == id_:
                return item, rung
    return None, None


def _goods() -> Sequence[SupplyItem]:
    return queries.items(reader(), here().id)


def member_choices() -> list[SelectChoice]:
    """List for whom the reader may enter a wish."""
    choices = [SelectChoice("", gettext("Aku sendiri"))]
    if Permission.SEE_SUPPLIES in g.permissions:
        choices += [
            SelectChoice(to_text(member.id), f"{member.called} ({member.number})")
            for member in members.present(reader(), here().id)
        ]
    return choices


@supply.get("/minta")
@requires(Permission.REQUEST_SUPPLIES)
def ask_page(slug: str) -> ResponseReturnValue:
    """Ask what a member needs."""
    return _ask_page(slug, ask_form(AskForm(), _goods()))


def _ask_page(slug: str, form: AskForm, status: int = 200) -> ResponseReturnValue:
    own = own_member()
    before = queries.asked_before(reader(), here().id, own.id) if own else []
    page = render_template(
        "supply/ask.html",
        form=form,
        before=before,
        standing=standing_of(own),
        rhythms=RHYTHM_LABELS,
        slug=slug,
    )
    return page, status


def standing_of(own: Member | None) -> Sequence[StandingRequest]:
    """List one's own standing requests; to officers those of all members."""
    if Permission.SEE_SUPPLIES in g.permissions:
        return queries.standing_requests(reader(), here().id)
    return queries.standing_requests(reader(), here().id, member_id=own.id) if own else []


@supply.post("/minta")
@requires(Permission.REQUEST_SUPPLIES)
def ask(slug: str) -> ResponseReturnValue:
    """Write down what a member needs."""
    goods = _goods()
    form = ask_form(AskForm(), goods)
    item, rung = chosen_unit(goods, form.item.data)
    valid = form.validate_on_submit()
    if item is None and not form.words.data:
        form.words.errors = [gettext("Tulis barang yang dibutuhkan.")]
        valid = False
    wanted = form.wanted(item.factor if item else 1, rung, goods) if valid else None
    if wanted is None:
        return _ask_page(slug, form, 422)
    try:
        member = acting_member(from_text(form.member.data or ""))
        with transaction() as session:
            service.ask(
                session,
                member,
                wanted,
                item=item,
                words=form.words.data,
                entered_by=me().account_id,
                at=now(),
            )
            rhythm = form.rhythm()
            if rhythm is not None:
                service.keep_asking(
                    session,
                    member,
                    wanted,
                    rhythm,
                    item=item,
                    entered_by=me().account_id,
                    at=now(),
                )
    except RuleBroken as broken:
        form.blame(broken)
        return _ask_page(slug, form, broken.status)
    flash(gettext("Dicatat. Pengurus melihat permintaanmu bersama yang lain."), "ok")
    return redirect(url_for(".index", slug=slug), 303)


def own_line(line_id: UUID) -> RequestLine:
    """Fetch a wish that the reader may change: one's own, or any as an officer."""
    line = queries.line(reader(), here().id, line_id)
    own = own_member()
    mine = own is not None and line.member_id == own.id
    if not (mine or Permission.BUY_SUPPLIES in g.permissions):
        raise NotFound(say("Permintaan ini tidak ada."))
    return line


@supply.post("/permintaan/<id:line_id>/tarik")
@requires(Permission.REQUEST_SUPPLIES)
def withdraw(slug: str, line_id: UUID) -> ResponseReturnValue:
    """Take a wish back."""
    with transaction() as session:
        service.withdraw(
            session,
            own_line(line_id),
            actor_id=me().account_id,
            by_officer=Permission.BUY_SUPPLIES in g.permissions,
            at=now(),
        )
    flash(gettext("Permintaan ditarik. Tidak ada yang ditagih."), "ok")
    return redirect(url_for(".index", slug=slug), 303)
