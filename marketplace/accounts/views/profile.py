"""How a person is called and which language they read."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from marketplace.accounts import queries, service
from marketplace.accounts.current import me
from marketplace.accounts.forms import ProfileForm
from marketplace.accounts.rules import safe_path
from marketplace.accounts.views.blueprint import accounts
from marketplace.web.clock import now
from marketplace.web.guards import public, signed_in
from marketplace.web.i18n import COOKIE, LANGUAGES
from marketplace.web.transactions import reader, transaction

YEAR = 365 * 24 * 3600


def _page(form: ProfileForm) -> str:
    waiting = queries.waiting_email(reader(), me().account_id, at=now())
    return render_template(
        "accounts/profile.html", form=form, account=me().account, waiting=waiting
    )


@accounts.get("/akun/profil")
@signed_in
def profile() -> ResponseReturnValue:
    """Show what the site knows of the person."""
    return _page(ProfileForm(name=me().name, language=me().language))


@accounts.post("/akun/profil")
@signed_in
def change_profile() -> ResponseReturnValue:
    """Change name and language."""
    form = ProfileForm()
    if not form.validate_on_submit():
        return _page(form), 422
    with transaction() as session:
        account = queries.account(session, me().account_id)
        service.rename(session, account, form.name.data or "")
        service.choose_language(session, account, form.language.data)
    flash(gettext("Tersimpan."), "ok")
    return in_language(redirect(url_for("accounts.profile"), code=303), form.language.data)


def in_language(answer: Response, code: str) -> Response:
    """Let a browser remember a language."""
    answer.set_cookie(COOKIE, code, max_age=YEAR, samesite="Lax", secure=request.is_secure)
    return answer


@accounts.get("/bahasa/<code>")
@public
def read_in(code: str) -> ResponseReturnValue:
    """Let this browser read in another language; changes nothing but its cookie."""
    if code not in LANGUAGES:
        abort(404)
    return in_language(redirect(safe_path(request.args.get("lanjut")), code=303), code)


@accounts.post("/bahasa")
@public
def choose_language() -> ResponseReturnValue:
    """Choose a language for this browser, and for the mails of who is signed in."""
    code = request.form.get("bahasa", "")
    if code not in LANGUAGES:
        abort(422)
    if current_user.is_authenticated:
        with transaction() as session:
            service.choose_language(session, queries.account(session, me().account_id), code)
    return in_language(redirect(safe_path(request.form.get("lanjut")), code=303), code)
