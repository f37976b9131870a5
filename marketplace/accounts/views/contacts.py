"""Changing the phone number and the e-mail address by which a person signs in."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts import mail, queries, service
from marketplace.accounts.current import me, prove_me
from marketplace.accounts.forms import EmailForm, PhoneForm
from marketplace.accounts.views.blueprint import accounts
from marketplace.accounts.views.limits import CHANGES, LINKS, this_person
from marketplace.kernel.errors import RuleBroken
from marketplace.web.clock import now
from marketplace.web.extensions import limiter
from marketplace.web.guards import signed_in
from marketplace.web.transactions import reader, transaction


def _back() -> ResponseReturnValue:
    return redirect(url_for("accounts.profile"), code=303)


@accounts.get("/akun/profil/hp")
@signed_in
def phone() -> ResponseReturnValue:
    """Show the form for another phone number."""
    return render_template("accounts/phone.html", form=PhoneForm())


@accounts.post("/akun/profil/hp")
@limiter.limit(CHANGES, key_func=this_person)
@signed_in
def change_phone() -> ResponseReturnValue:
    """Take another phone number; the password is asked for again."""
    form = PhoneForm()
    if form.validate_on_submit():
        try:
            proof = prove_me(form.current_password.data or "")
            with transaction() as session:
                service.change_phone(session, proof, form.phone.data, at=now())
        except RuleBroken as broken:
            form.blame(broken)
        else:
            flash(gettext("Nomor HP diganti. Masuk berikutnya dengan nomor baru."), "ok")
            return _back()
    return render_template("accounts/phone.html", form=form), 422


@accounts.get("/akun/profil/email")
@signed_in
def email() -> ResponseReturnValue:
    """Show the form for another e-mail address."""
    return render_template("accounts/email.html", form=EmailForm())


@accounts.post("/akun/profil/email")
@limiter.limit(CHANGES, key_func=this_person)
@signed_in
def ask_email() -> ResponseReturnValue:
    """Have a new address confirmed. The answer is the same for everybody's addresses."""
    form = EmailForm()
    if form.validate_on_submit():
        try:
            proof = prove_me(form.current_password.data or "")
            with transaction() as session:
                service.ask_email(session, proof, form.email.data, at=now())
        except RuleBroken as broken:
            form.blame(broken)
        else:
            flash(gettext("Kami mengirim tautan ke alamat itu. Buka untuk memastikannya."), "ok")
            return _back()
    return render_template("accounts/email.html", form=form), 422


@accounts.get("/akun/email/<secret>")
@limiter.limit(LINKS)
@signed_in
def email_link(secret: str) -> ResponseReturnValue:
    """Ask whether the address is to be taken: mail programs open links by themselves."""
    link = queries.open_email_link(reader(), me().account_id, secret, at=now())
    return render_template("accounts/email_link.html", link=link, secret=secret)


@accounts.post("/akun/email/<secret>")
@limiter.limit(LINKS)
@signed_in
def use_email_link(secret: str) -> ResponseReturnValue:
    """Take the new address, and tell the old one."""
    with transaction() as session:
        old = service.use_email_link(session, me().account_id, secret, at=now())
        if old is not None:
            mail.send_email_changed(queries.account(session, me().account_id), old)
    flash(gettext("Alamat e-mail diganti. Masuk berikutnya dengan alamat baru."), "ok")
    return _back()
