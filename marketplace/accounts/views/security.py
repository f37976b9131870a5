"""A person's password, open sign-ins and tokens."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts import queries, service
from marketplace.accounts.current import me
from marketplace.accounts.forms import SCOPE_NAMES, ChangePasswordForm, TokenForm
from marketplace.accounts.views.blueprint import accounts
from marketplace.accounts.views.limits import TRIES
from marketplace.kernel.errors import RuleBroken
from marketplace.web.clock import now
from marketplace.web.extensions import limiter
from marketplace.web.guards import signed_in
from marketplace.web.transactions import reader, transaction, unlocked

NEW_TOKEN = "new_token"  # noqa: S105 - the name of a place in the cookie


def _page(
    password_form: ChangePasswordForm | None = None, token_form: TokenForm | None = None
) -> str:
    account_id = me().account_id
    return render_template(
        "accounts/security.html",
        form=password_form or token_form,
        password_form=password_form or ChangePasswordForm(formdata=None),
        token_form=token_form or TokenForm(formdata=None),
        sign_ins=queries.sign_ins_of(reader(), account_id, at=now()),
        tokens=queries.tokens_of(reader(), account_id),
        scope_names=SCOPE_NAMES,
        new_token=session.pop(NEW_TOKEN, None),
        at=now(),
    )


def _back() -> ResponseReturnValue:
    return redirect(url_for("accounts.security"), code=303)


@accounts.get("/akun/keamanan")
@signed_in
def security() -> ResponseReturnValue:
    """Show where the person is signed in and what acts for them."""
    return _page()


@accounts.post("/akun/keamanan/sandi")
@limiter.limit(TRIES)
@signed_in
def change_password() -> ResponseReturnValue:
    """Change the password; every other browser is signed out."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        try:
            with unlocked() as reading:
                account = queries.account(reading, me().account_id)
                proof = service.prove_again(reading, account.id, form.current_password.data or "")
                ready = service.prepare_new_password(account, form.new_password.data or "")
            with transaction() as writing:
                service.change_password(writing, proof, ready, keep=me().sign_in_id, at=now())
        except RuleBroken as broken:
            form.blame(broken)
        else:
            flash(gettext("Kata sandi diganti. Perangkat lain sudah dikeluarkan."), "ok")
            return _back()
    return _page(password_form=form), 422


@accounts.post("/akun/keamanan/sesi/<id:sign_in_id>/akhiri")
@signed_in
def end_sign_in(sign_in_id: UUID) -> ResponseReturnValue:
    """Sign the person out of one browser."""
    with transaction() as writing:
        service.end_sign_in(writing, me().account_id, sign_in_id, at=now())
    flash(gettext("Perangkat itu sudah dikeluarkan."), "ok")
    return _back()


@accounts.post("/akun/keamanan/sesi/lain")
@signed_in
def end_others() -> ResponseReturnValue:
    """Sign the person out of every other browser."""
    with transaction() as writing:
        service.end_other_sign_ins(writing, me().account_id, keep=me().sign_in_id, at=now())
    flash(gettext("Semua perangkat lain sudah dikeluarkan."), "ok")
    return _back()


@accounts.post("/akun/keamanan/token")
@signed_in
def create_token() -> ResponseReturnValue:
    """Make a token; its secret is shown once."""
    form = TokenForm()
    if form.validate_on_submit():
        at, days = now(), form.lasts()
        try:
            with transaction() as writing:
                account = queries.account(writing, me().account_id)
                expires = at + timedelta(days=days) if days else None
                secret = service.create_token(
                    writing, account, form.name.data or "", form.scopes.data or [], expires, at=at
                )
        except RuleBroken as broken:
            form.blame(broken)
        else:
            session[NEW_TOKEN] = secret
            return _back()
    return _page(token_form=form), 422


@accounts.post("/akun/keamanan/token/<id:token_id>/cabut")
@signed_in
def revoke_token(token_id: UUID) -> ResponseReturnValue:
    """Take a token back."""
    with transaction() as writing:
        service.revoke_token(writing, me().account_id, token_id, at=now())
    flash(gettext("Token dicabut."), "ok")
    return _back()
