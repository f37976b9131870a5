"""Pages on which a cooperative sets how it is paid."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.current import me
from marketplace.cooperatives import service as cooperatives
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.text import say
from marketplace.payments import queries, service
from marketplace.payments.gateways import gateway_name
from marketplace.payments.models import PaymentDestination
from marketplace.payments.rules import DestinationKind, DestinationState, QrisCode
from marketplace.payments.settings.codes import OwnCode, checked, read_photo, resembles
from marketplace.payments.settings.forms import (
    AccountForm,
    CodeForm,
    ConfirmForm,
    RefundLimitForm,
    TermsForm,
)
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.i18n import translate
from marketplace.web.security import takes_files
from marketplace.web.transactions import reader, transaction

payment_settings = Blueprint("payment_settings", __name__)
WAITS = say("Usulan terkirim. Pengurus lain perlu menyetujuinya.")
PATH = "/k/<slug>/kelola/pembayaran"


def _page(
    terms: TermsForm | None = None,
    code: CodeForm | None = None,
    account: AccountForm | None = None,
    limit: RefundLimitForm | None = None,
) -> str:
    cooperative = here()
    known = TermsForm(
        formdata=None,
        share=cooperative.share_basis_points,
        payment_minutes=cooperative.payment_minutes,
        takes_cash=cooperative.takes_cash,
        takes_qris=cooperative.takes_qris,
        takes_transfer=cooperative.takes_transfer,
        takes_gateway=cooperative.takes_gateway,
        cash_rounding=cooperative.cash_rounding,
        qris_converts=cooperative.qris_converts,
    )
    return render_template(
        "payment_settings/show.html",
        form=terms or known,
        code_form=code or CodeForm(formdata=None),
        account_form=account or AccountForm(formdata=None),
        limit_form=limit or RefundLimitForm(formdata=None, refund_limit=cooperative.refund_limit),
        wrong=terms or code or account or limit,
        destinations=_by_kind(),
        my_id=me().account_id,
        has_gateway=gateway_name() is not None,
        may_change=Permission.MANAGE_PAYMENTS in g.permissions,
    )


def _by_kind() -> dict[str, list[queries.Shown]]:
    shown = queries.shown_destinations(reader(), here().id)
    return {
        kind.value: [one for one in shown if one.destination.kind is kind]
        for kind in DestinationKind
    }


def _back(slug: str, told: str) -> ResponseReturnValue:
    flash(told, "ok")
    return redirect(url_for(".show", slug=slug), code=303)


@payment_settings.get(PATH)
@requires(Permission.MANAGE_PAYMENTS, Permission.CONFIRM_PAYMENTS)
def show(slug: str) -> ResponseReturnValue:
    """Show the ways to be paid; only some may change them."""
    return _page()


@payment_settings.post(PATH)
@requires(Permission.MANAGE_PAYMENTS)
def change_terms(slug: str) -> ResponseReturnValue:
    """Set share, deadline and ways to pay."""
    form = TermsForm()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                cooperatives.set_payment_terms(session, here(), **form.terms(), at=now())
        except RuleBroken as broken:
            form.blame(broken)
        else:
            return _back(slug, gettext("Cara pembayaran tersimpan."))
    return _page(terms=form), 422


@payment_settings.post(f"{PATH}/batas-pengembalian")
@requires(Permission.MANAGE_PAYMENTS)
def change_refund_limit(slug: str) -> ResponseReturnValue:
    """Set up to which sum one officer alone may give money back; the others are told."""
    form = RefundLimitForm()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                limit = form.refund_limit.data
                cooperatives.set_refund_limit(session, here(), limit, by=me().account_id, at=now())
        except RuleBroken as broken:
            form.blame(broken)
        else:
            return _back(slug, gettext("Batas pengembalian tersimpan; pengurus lain diberi tahu."))
    return _page(limit=form), 422


@payment_settings.post(f"{PATH}/qris")
@takes_files
@requires(Permission.MANAGE_PAYMENTS)
def read_code(slug: str) -> ResponseReturnValue:
    """Read a code from a photo or text and ask whether it is the right one."""
    form = CodeForm()
    if form.validate_on_submit():
        try:
            return _ask(_read(form))
        except RuleBroken as broken:
            form.blame(broken)
    return _page(code=form), 422


def _read(form: CodeForm) -> OwnCode:
    text = (form.text.data or "").strip()
    field = "text" if text else "photo"
    try:
        if not text:
            if not form.photo.data:
                raise Invalid(say("Pilih foto atau tempel teksnya."))
            text = read_photo(form.photo.data.read())
        return checked(text)
    except RuleBroken as broken:
        raise Invalid(broken.message, fields={field: broken.message}) from broken


def _ask(code: OwnCode) -> str:
    cooperative = here()
    return render_template(
        "payment_settings/confirm.html",
        form=ConfirmForm(formdata=None, payload=code.payload),
        code=code,
        alike=resembles(code.name, cooperative.name, cooperative.legal_name),
    )


@payment_settings.post(f"{PATH}/qris/pakai")
@requires(Permission.MANAGE_PAYMENTS)
def use_code(slug: str) -> ResponseReturnValue:
    """Take payments by the code that was confirmed; it is checked once more."""
    form = ConfirmForm()
    if not form.validate_on_submit():
        raise Invalid(say("Kode QRIS tidak terkirim. Ulangi dari foto."))
    code = checked(form.payload.data or "")
    details = QrisCode(code.payload, code.name, converts=bool(form.qris_converts.data))
    with transaction() as session:
        proposed = service.propose(session, here(), details, by=me().account_id, at=now())
        told = _told(proposed)
    return _back(slug, told)


def _told(row: PaymentDestination) -> str:
    used = row.state is DestinationState.IN_USE
    text = say("%(name)s dipasang.", name=row.title) if used else WAITS
    return translate(text)


@payment_settings.post(f"{PATH}/rekening")
@requires(Permission.MANAGE_PAYMENTS)
def propose_account(slug: str) -> ResponseReturnValue:
    """Propose the bank account that transfers go to."""
    form = AccountForm()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                proposed = service.propose(
                    session, here(), form.account(), by=me().account_id, at=now()
                )
                told = _told(proposed)
        except RuleBroken as broken:
            form.blame(broken)
            return _page(account=form), broken.status
        return _back(slug, told)
    return _page(account=form), 422


@payment_settings.post(f"{PATH}/tujuan/<id:destination_id>/setujui")
@requires(Permission.MANAGE_PAYMENTS)
def approve(slug: str, destination_id: UUID) -> ResponseReturnValue:
    """Approve what another officer proposed."""
    with transaction() as session:
        service.approve(session, here(), destination_id, by=me().account_id, at=now())
    return _back(slug, gettext("Disetujui. Mulai dipakai 24 jam lagi."))


@payment_settings.post(f"{PATH}/tujuan/<id:destination_id>/tarik")
@requires(Permission.MANAGE_PAYMENTS)
def withdraw(slug: str, destination_id: UUID) -> ResponseReturnValue:
    """Take a change back, or take no more money there."""
    with transaction() as session:
        row = service.withdraw(session, here(), destination_id, by=me().account_id, at=now())
        told = gettext("%(name)s ditarik.", name=row.title)
    return _back(slug, told)
