"""Members' bons as officers see them: who owes what, limits, and taking payments."""

from __future__ import annotations

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.credit import queries, service
from marketplace.credit.forms import LimitForm, PaymentForm
from marketplace.credit.queries import Standing
from marketplace.credit.rules import NOTHING, PAID_BY_LABELS, USUAL_DAYS
from marketplace.credit.views.blueprint import LATEST, PAGE, PATH, credit
from marketplace.kernel.access import Permission
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import new_id, to_text
from marketplace.ledger.queries import parts_for
from marketplace.ledger.rules import Purpose
from marketplace.members import queries as members
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.paging import page_number, pages_of
from marketplace.web.transactions import reader, transaction

MEMBER = f"{PATH}/<id:member_id>"
LATE = "terlambat"


@credit.get(PATH)
@requires(Permission.SEE_BOOKS)
def show(slug: str) -> ResponseReturnValue:
    """List the members with credit: who is late first, then who owes most."""
    session, today, page = reader(), local_day(now()), page_number()
    only_late = request.args.get("saring") == LATE
    found, count = queries.standings(
        session,
        here().id,
        today=today,
        only_late=only_late,
        limit=PAGE,
        offset=(page - 1) * PAGE,
    )
    return render_template(
        "credit/show.html",
        found=found,
        sums=queries.sums(session, here().id, today=today),
        only_late=only_late,
        late=LATE,
        page=page,
        pages=pages_of(count, PAGE),
        slug=slug,
    )


@credit.get(MEMBER)
@requires(Permission.SEE_BOOKS)
def member(slug: str, member_id: UUID) -> ResponseReturnValue:
    """Show where one member stands, their bons and payments, and what was decided."""
    return _page(slug, member_id)


@credit.post(f"{MEMBER}/batas")
@requires(Permission.GRANT_CREDIT)
def limit(slug: str, member_id: UUID) -> ResponseReturnValue:
    """Decide how much a member may take on account from now on."""
    form = LimitForm()
    if not form.validate_on_submit():
        return _page(slug, member_id, limit_form=form), 422
    try:
        with transaction() as session:
            service.set_limit(
                session,
                members.member(session, here().id, member_id),
                form.limit.data,
                due_days=form.due_days.data,
                by=me().account_id,
                at=now(),
            )
    except RuleBroken as broken:
        if broken.status == 404:
            raise
        form.blame(broken)
        return _page(slug, member_id, limit_form=form), broken.status
    flash(gettext("Batas bon disimpan."), "ok")
    return redirect(url_for(".member", slug=slug, member_id=member_id), 303)


@credit.post(f"{MEMBER}/bayar")
@requires(Permission.CONFIRM_PAYMENTS)
def pay(slug: str, member_id: UUID) -> ResponseReturnValue:
    """Take what a member pays; the oldest bon is paid first."""
    form = PaymentForm()
    form.offer()
    if not form.validate_on_submit():
        return _page(slug, member_id, payment_form=form), 422
    try:
        with transaction() as session:
            service.pay(
                session,
                members.member(session, here().id, member_id),
                form.amount.data,
                form.chosen(),
                key=f"page:{to_text(me().account_id)}:{form.key.data}",
                by=me().account_id,
                at=now(),
                agreed=form.agreed.data,
            )
    except RuleBroken as broken:
        if broken.status == 404:
            raise
        form.blame(broken)
        return _page(slug, member_id, payment_form=form), broken.status
    flash(gettext("Pembayaran bon dicatat dan dibukukan."), "ok")
    return redirect(url_for(".member", slug=slug, member_id=member_id), 303)


def _page(
    slug: str,
    member_id: UUID,
    *,
    limit_form: LimitForm | None = None,
    payment_form: PaymentForm | None = None,
) -> str:
    session, page = reader(), page_number()
    found = queries.standing(session, here().id, member_id, today=local_day(now()))
    bills, count = queries.bills(
        session, here().id, member_id, limit=PAGE, offset=(page - 1) * PAGE
    )
    part = parts_for(session, Purpose.MEMBER_BALANCE, [member_id]).get((here().id, member_id))
    titipan = part.free if part else NOTHING
    payment_form = payment_form or _payment_form(found)
    payment_form.offer(titipan=bool(titipan))
    is_own = found.member.account_id == me().account_id
    return render_template(
        "credit/member.html",
        found=found,
        bills=bills,
        payments=queries.payments(session, here().id, member_id, limit=LATEST),
        decided=queries.decisions(session, here().id, member_id, limit=LATEST),
        ways=PAID_BY_LABELS,
        titipan=titipan,
        limit_form=limit_form or _limit_form(found),
        payment_form=payment_form,
        may_limit=Permission.GRANT_CREDIT in g.permissions and not is_own,
        may_pay=Permission.CONFIRM_PAYMENTS in g.permissions and bool(found.owed),
        page=page,
        pages=pages_of(count, PAGE),
        slug=slug,
    )


def _limit_form(found: Standing) -> LimitForm:
    """Begin with what counts now."""
    known = found.limit if found.due_days else None
    return LimitForm(formdata=None, limit=known, due_days=found.due_days or USUAL_DAYS)


def _payment_form(found: Standing) -> PaymentForm:
    """Begin with all that is owed."""
    return PaymentForm(formdata=None, amount=found.owed or None, key=to_text(new_id()))
