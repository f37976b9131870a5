"""Members' balances as officers see them, and paying them out."""

from __future__ import annotations

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts import queries as accounts
from marketplace.accounts.current import me
from marketplace.balances import queries, service
from marketplace.balances.forms import PaidForm, WithdrawForm
from marketplace.balances.models import Withdrawal
from marketplace.balances.rules import LABELS, WithdrawalState
from marketplace.balances.views.blueprint import PAGE, PATH, balances
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import from_text, new_id, to_text
from marketplace.ledger.queries import book_of, purpose_account
from marketplace.ledger.rules import Purpose, Unit
from marketplace.members import queries as members
from marketplace.payouts.rules import PAID_BY_LABELS
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.paging import page_number, pages_of
from marketplace.web.transactions import reader, transaction

MEMBER = f"{PATH}/<id:member_id>"
ONE = f"{PATH}/cair/<id:withdrawal_id>"


@balances.get(PATH)
@requires(Permission.SEE_BOOKS)
def show(slug: str) -> ResponseReturnValue:
    """List the members that have something, what it adds up to, and the latest payings-out."""
    session = reader()
    count, total = queries.total(session, here().id)
    found = queries.of_members(
        session, here(), after=from_text(request.args.get("sesudah", "")), limit=PAGE + 1
    )
    latest = queries.withdrawals(session, here().id, limit=20)
    book = book_of(session, here().id, Unit.SHOP)
    return render_template(
        "balances/show.html",
        found=found[:PAGE],
        more=len(found) > PAGE,
        count=count,
        total=total,
        latest=latest,
        names=members.names_of(session, here().id, {each.member_id for each in latest}),
        card=purpose_account(session, book, Purpose.MEMBER_BALANCE) if book else None,
        labels=LABELS,
        slug=slug,
    )


@balances.get(MEMBER)
@requires(Permission.SEE_BOOKS)
def member(slug: str, member_id: UUID) -> ResponseReturnValue:
    """Show one member's balance and how it came so."""
    return _member_page(slug, member_id, WithdrawForm(formdata=None, key=to_text(new_id())))


def _member_page(slug: str, member_id: UUID, form: WithdrawForm) -> str:
    session = reader()
    found = queries.of_member(session, here(), member_id)
    page = page_number()
    changes, count = queries.changes(session, found.part, limit=PAGE, offset=(page - 1) * PAGE)
    return render_template(
        "balances/member.html",
        found=found,
        changes=changes,
        page=page,
        pages=pages_of(count, PAGE),
        form=form,
        may_pay=Permission.CONFIRM_PAYMENTS in g.permissions and bool(found.free),
        limit=here().refund_limit,
        slug=slug,
    )


@balances.post(MEMBER)
@requires(Permission.CONFIRM_PAYMENTS)
def ask(slug: str, member_id: UUID) -> ResponseReturnValue:
    """Ask for a balance to be paid out."""
    form = WithdrawForm()
    status = 422
    if form.validate_on_submit():
        try:
            with transaction() as session:
                asked = service.ask(
                    session,
                    here(),
                    member_id,
                    form.amount.data,
                    key=f"page:{to_text(me().account_id)}:{form.key.data}",
                    by=me().account_id,
                    at=now(),
                )
                asked_id, two = asked.id, asked.two_people
        except RuleBroken as broken:
            if broken.status == 404:
                raise
            form.blame(broken)
            status = broken.status
        else:
            flash(
                gettext("Diusulkan. Pengurus lain perlu menyetujuinya.")
                if two
                else gettext("Pencairan dibuat. Catat setelah uangnya diserahkan."),
                "ok",
            )
            return redirect(url_for(".withdrawal", slug=slug, withdrawal_id=asked_id), 303)
    return _member_page(slug, member_id, form), status


@balances.get(ONE)
@requires(Permission.SEE_BOOKS)
def withdrawal(slug: str, withdrawal_id: UUID) -> ResponseReturnValue:
    """Show a paying-out and what may be done with it now."""
    return _page(slug, queries.withdrawal(reader(), here().id, withdrawal_id), PaidForm())


def _page(slug: str, found: Withdrawal, form: PaidForm) -> str:
    session = reader()
    form.offer()
    own = found.requested_by == me().account_id
    may = Permission.CONFIRM_PAYMENTS in g.permissions
    asked = found.state is WithdrawalState.REQUESTED
    return render_template(
        "balances/withdrawal.html",
        withdrawal=found,
        member=members.member(session, here().id, found.member_id),
        people=accounts.names_of(session, [found.requested_by, found.decided_by, found.paid_by]),
        labels=LABELS,
        ways=PAID_BY_LABELS,
        form=form,
        may_approve=may and asked and not own,
        waits_for_another=asked and own,
        may_pay=may and found.state is WithdrawalState.APPROVED,
        may_cancel=may and found.state in (WithdrawalState.REQUESTED, WithdrawalState.APPROVED),
        slug=slug,
    )


@balances.post(f"{ONE}/setuju")
@requires(Permission.CONFIRM_PAYMENTS)
def approve(slug: str, withdrawal_id: UUID) -> ResponseReturnValue:
    """Agree to what another officer asked for."""
    with transaction() as session:
        found = queries.withdrawal(session, here().id, withdrawal_id)
        service.approve(session, found, by=me().account_id, at=now())
    flash(gettext("Disetujui. Catat setelah uangnya diserahkan."), "ok")
    return redirect(url_for(".withdrawal", slug=slug, withdrawal_id=withdrawal_id), 303)


@balances.post(f"{ONE}/bayar")
@requires(Permission.CONFIRM_PAYMENTS)
def pay(slug: str, withdrawal_id: UUID) -> ResponseReturnValue:
    """Say that the member has the money."""
    form = PaidForm()
    form.offer()
    status = 422
    if form.validate_on_submit():
        try:
            with transaction() as session:
                found = queries.withdrawal(session, here().id, withdrawal_id)
                service.pay(
                    session,
                    found,
                    form.chosen(),
                    reference=form.reference.data,
                    by=me().account_id,
                    at=now(),
                )
        except RuleBroken as broken:
            if broken.status == 404:
                raise
            form.blame(broken)
            status = broken.status
        else:
            flash(gettext("Pencairan dicatat dan dibukukan."), "ok")
            return redirect(url_for(".withdrawal", slug=slug, withdrawal_id=withdrawal_id), 303)
    found = queries.withdrawal(reader(), here().id, withdrawal_id)
    return _page(slug, found, form), status


@balances.post(f"{ONE}/batal")
@requires(Permission.CONFIRM_PAYMENTS)
def cancel(slug: str, withdrawal_id: UUID) -> ResponseReturnValue:
    """Give a paying-out up; its money is free again."""
    with transaction() as session:
        found = queries.withdrawal(session, here().id, withdrawal_id)
        service.cancel(session, found, by=me().account_id, at=now())
    flash(gettext("Pencairan dibatalkan. Uangnya kembali ke titipan."), "ok")
    return redirect(url_for(".show", slug=slug), 303)
