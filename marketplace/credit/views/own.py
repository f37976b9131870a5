"""A member's own bons, in every cooperative that lets them take on account."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.cooperatives.models import Cooperative
from marketplace.credit import queries, service
from marketplace.credit.forms import OwnPaymentForm
from marketplace.credit.queries import Standing
from marketplace.credit.rules import PAID_BY_LABELS, PaidBy
from marketplace.credit.views.blueprint import LATEST, PAGE, credit
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import new_id, to_text
from marketplace.kernel.money import Rupiah
from marketplace.ledger.queries import parts_for
from marketplace.ledger.rules import Purpose
from marketplace.web.clock import now
from marketplace.web.guards import signed_in
from marketplace.web.paging import page_number, pages_of
from marketplace.web.transactions import reader, transaction


@credit.get("/akun/bon")
@signed_in
def mine() -> ResponseReturnValue:
    """List where the person stands with each of their cooperatives."""
    return render_template("credit/mine.html", found=_own())


@credit.get("/akun/bon/<slug>")
@signed_in
def one(slug: str) -> ResponseReturnValue:
    """Show what the person may still take in one cooperative, and what is due when."""
    return _page(slug, OwnPaymentForm(formdata=None, key=to_text(new_id())))


@credit.post("/akun/bon/<slug>")
@signed_in
def pay_own(slug: str) -> ResponseReturnValue:
    """Pay bons from the person's own titipan: doing so is the consent."""
    form = OwnPaymentForm()
    if not form.validate_on_submit():
        return _page(slug, form), 422
    try:
        with transaction() as session:
            mine = queries.own_in(session, here(), me().account_id, today=local_day(now()))
            service.pay(
                session,
                mine.member,
                form.amount.data,
                PaidBy.BALANCE,
                key=f"own:{to_text(me().account_id)}:{form.key.data}",
                by=me().account_id,
                at=now(),
            )
    except RuleBroken as broken:
        if broken.status == 404:
            raise
        form.blame(broken)
        return _page(slug, form), broken.status
    flash(gettext("Bon dibayar dari titipanmu."), "ok")
    return redirect(url_for(".one", slug=slug), 303)


def _page(slug: str, form: OwnPaymentForm) -> str:
    session, page = reader(), page_number()
    mine = queries.own_in(session, here(), me().account_id, today=local_day(now()))
    shop, member_id = here(), mine.member.id
    bills, count = queries.bills(session, shop.id, member_id, limit=PAGE, offset=(page - 1) * PAGE)
    part = parts_for(session, Purpose.MEMBER_BALANCE, [member_id]).get((shop.id, member_id))
    titipan = part.free if part else Rupiah(0)
    if form.amount.data is None and not form.is_submitted():
        form.amount.data = min(titipan, mine.owed)
    return render_template(
        "credit/one.html",
        cooperative=shop,
        mine=mine,
        bills=bills,
        payments=queries.payments(session, shop.id, member_id, limit=LATEST),
        ways=PAID_BY_LABELS,
        titipan=titipan,
        form=form,
        page=page,
        pages=pages_of(count, PAGE),
        slug=slug,
    )


@credit.app_context_processor
def on_the_account_page() -> dict[str, object]:
    """Let the account page say whether the person has bons, and what they owe."""
    return {"my_bons": _own}


def _own() -> list[tuple[Cooperative, Standing]]:
    if "my_bons" not in g:
        g.my_bons = queries.own(reader(), me().account_id, today=local_day(now()))
    found: list[tuple[Cooperative, Standing]] = g.my_bons
    return found
