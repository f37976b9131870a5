"""Closing one's account: what is erased, what cooperatives have to keep."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts import mail
from marketplace.accounts import queries as accounts
from marketplace.accounts.current import forget, me, prove_me
from marketplace.accounts.views.limits import CHANGES, this_person
from marketplace.cooperatives import queries as cooperatives
from marketplace.kernel.errors import RuleBroken
from marketplace.members import queries, service
from marketplace.members.forms import ClosingForm
from marketplace.members.views.blueprint import members
from marketplace.web.clock import now
from marketplace.web.extensions import limiter
from marketplace.web.guards import signed_in
from marketplace.web.transactions import reader, transaction


def _page(form: ClosingForm) -> str:
    session, account_id = reader(), me().account_id
    return render_template(
        "members/closing.html",
        form=form,
        left_alone=cooperatives.left_alone_without(session, account_id),
        lines=queries.lines_of(session, account_id),
    )


@members.get("/akun/tutup")
@signed_in
def closing() -> ResponseReturnValue:
    """Explain what closing an account means, and ask for the password."""
    return _page(ClosingForm())


@members.post("/akun/tutup")
@limiter.limit(CHANGES, key_func=this_person)
@signed_in
def close() -> ResponseReturnValue:
    """Close the account for good, and say goodbye by mail."""
    form = ClosingForm()
    if form.validate_on_submit():
        try:
            proof = prove_me(form.current_password.data or "")
            with transaction() as session:
                mail.send_closed(accounts.account(session, me().account_id))
                service.close_account(session, proof, at=now())
        except RuleBroken as broken:
            form.blame(broken)
        else:
            forget()
            flash(gettext("Akunmu sudah ditutup. Terima kasih sudah bersama kami."), "ok")
            return redirect(url_for("accounts.sign_in"), code=303)
    return _page(form), 422
