"""Signing in, registering, signing out, and a forgotten password."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from marketplace.accounts import queries, service
from marketplace.accounts.current import forget, me, remember
from marketplace.accounts.forms import ForgottenForm, NewPasswordForm, RegisterForm, SignInForm
from marketplace.accounts.rules import Login, WeakPassword, safe_path
from marketplace.accounts.views.blueprint import accounts
from marketplace.accounts.views.limits import (
    LINKS,
    TRIES,
    TRIES_AT_ONE_LOGIN,
    TRIES_FROM_EVERYWHERE,
    this_login,
    this_login_from_here,
)
from marketplace.web.clock import now
from marketplace.web.extensions import caller, limiter
from marketplace.web.guards import public
from marketplace.web.i18n import COOKIE, language
from marketplace.web.transactions import reader, transaction, unlocked

YEAR = 365 * 24 * 3600
TYPED = "typed_login"


@accounts.get("/masuk")
@public
def sign_in() -> ResponseReturnValue:
    """Show the form for signing in; who is signed in goes on."""
    onward = safe_path(request.args.get("lanjut"))
    if current_user.is_authenticated:
        return redirect(onward)
    form = SignInForm(login=session.pop(TYPED, None))
    return render_template("accounts/sign_in.html", form=form, onward=onward)


@accounts.post("/masuk")
@limiter.limit(TRIES_FROM_EVERYWHERE, key_func=this_login)
@limiter.limit(TRIES_AT_ONE_LOGIN, key_func=this_login_from_here)
@limiter.limit(TRIES)
@public
def start() -> ResponseReturnValue:
    """Sign in, or say that login and password do not belong together."""
    form = SignInForm()
    onward = safe_path(request.values.get("lanjut"))
    if form.validate_on_submit():
        try:
            return _signed_in(form.who(), form.password.data or "", onward)
        except service.WrongPassword as wrong:
            form.blame(wrong)
    return render_template("accounts/sign_in.html", form=form, onward=onward), 422


def _signed_in(who: Login | None, password: str, onward: str) -> ResponseReturnValue:
    with unlocked() as reading:
        proof = service.prove(reading, who, password)
    with transaction() as writing:
        browser = request.headers.get("User-Agent", "")
        secret = service.sign_in(writing, proof, browser=browser, address=caller(), at=now())
        tongue = queries.account(writing, proof.account_id).language
    remember(secret)
    answer = redirect(onward, code=303)
    if COOKIE not in request.cookies:
        answer.set_cookie(COOKIE, tongue, max_age=YEAR, samesite="Lax", secure=request.is_secure)
    return answer


@accounts.get("/daftar")
@public
def registration() -> ResponseReturnValue:
    """Show the form for a new account."""
    onward = safe_path(request.args.get("lanjut"))
    if current_user.is_authenticated:
        return redirect(onward)
    return render_template("accounts/register.html", form=RegisterForm(), onward=onward)


@accounts.post("/daftar")
@limiter.limit(TRIES_AT_ONE_LOGIN, key_func=this_login_from_here)
@limiter.limit(TRIES)
@public
def register() -> ResponseReturnValue:
    """Make an account. The answer is the same whether or not there is one already."""
    form = RegisterForm()
    onward = safe_path(request.values.get("lanjut"))
    if form.validate_on_submit():
        try:
            return _registered(form, onward)
        except WeakPassword as weak:
            form.blame(WeakPassword(weak.message, fields={"password": weak.message}))
    return render_template("accounts/register.html", form=form, onward=onward), 422


def _registered(form: RegisterForm, onward: str) -> ResponseReturnValue:
    login: Login = form.login.data
    name = form.name.data or ""
    ready = service.prepare_password(form.password.data or "", own=[name, login.text])
    with transaction() as writing:
        service.register(
            writing, name=name, login=login, password_hash=ready, language=language(), at=now()
        )
    session[TYPED] = form.login.typed
    flash(
        gettext(
            "Akunmu siap. Masuk dengan kata sandi yang baru kamu buat. "
            "Kalau sebelumnya sudah punya akun, pakai kata sandi yang lama."
        ),
        "ok",
    )
    return redirect(url_for("accounts.sign_in", lanjut=onward), code=303)


@accounts.post("/keluar")
@public
def sign_out() -> ResponseReturnValue:
    """End this browser's sign-in, so that its cookie opens nothing any more."""
    if current_user.is_authenticated:
        person = me()
        if person.sign_in_id is not None:
            with transaction() as writing:
                service.end_sign_in(writing, person.account_id, person.sign_in_id, at=now())
    forget()
    flash(gettext("Kamu sudah keluar."), "ok")
    return redirect(url_for("accounts.sign_in"), code=303)


@accounts.get("/lupa-sandi")
@public
def forgotten() -> ResponseReturnValue:
    """Show how to get a new password: by mail, or from an officer."""
    sent = request.args.get("terkirim") == "1"
    return render_template("accounts/forgotten.html", form=ForgottenForm(), sent=sent)


@accounts.post("/lupa-sandi")
@limiter.limit(TRIES_AT_ONE_LOGIN, key_func=this_login_from_here)
@limiter.limit(TRIES)
@public
def ask_reset() -> ResponseReturnValue:
    """Ask for a link by mail. The answer is the same for unknown people."""
    form = ForgottenForm()
    if not form.validate_on_submit():
        return render_template("accounts/forgotten.html", form=form, sent=False), 422
    with transaction() as writing:
        service.ask_reset(writing, form.who(), at=now())
    return redirect(url_for("accounts.forgotten", terkirim=1), code=303)


@accounts.get("/tautan/<secret>")
@limiter.limit(LINKS)
@public
def link(secret: str) -> ResponseReturnValue:
    """Show the form for a new password to who holds an open link."""
    queries.open_link(reader(), secret, at=now())
    return render_template("accounts/link.html", form=NewPasswordForm(), secret=secret)


@accounts.post("/tautan/<secret>")
@limiter.limit(LINKS)
@public
def use_link(secret: str) -> ResponseReturnValue:
    """Set the new password and use the link up."""
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            with unlocked() as reading:
                opened = queries.open_link(reading, secret, at=now())
                account = queries.account(reading, opened.account_id)
                ready = service.prepare_new_password(account, form.new_password.data or "")
            with transaction() as writing:
                service.use_reset_link(writing, secret, ready, at=now())
        except WeakPassword as weak:
            form.blame(weak)
        else:
            forget()
            flash(gettext("Kata sandi baru tersimpan. Masuk dengan kata sandi itu."), "ok")
            return redirect(url_for("accounts.sign_in"), code=303)
    return render_template("accounts/link.html", form=form, secret=secret), 422
