"""The supervisor's page: what the last audits found, in plain words, and one right now."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace import audit
from marketplace.accounts.current import me
from marketplace.audit import kept
from marketplace.audit.words import WORDS
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.web.clock import now
from marketplace.web.extensions import limiter
from marketplace.web.guards import requires
from marketplace.web.transactions import reader, transaction, unlocked

audits = Blueprint("audits", __name__)
PATH = "/k/<slug>/kelola/periksa"


@audits.get(PATH)
@requires(Permission.SEE_BOOKS)
def show(slug: str) -> ResponseReturnValue:
    """Show the last audit check by check, and those before it."""
    runs = kept.latest(reader(), here().id)
    last = runs[0] if runs else None
    wrong: dict[str, list[tuple[str, str]]] = {}
    for check, row, found in last.findings if last else ():
        wrong.setdefault(check, []).append((row, found))
    return render_template(
        "audits/show.html", last=last, runs=runs, words=WORDS, wrong=wrong, slug=slug
    )


@audits.post(PATH)
@limiter.limit("6 per minute")
@requires(Permission.SEE_BOOKS)
def run(slug: str) -> ResponseReturnValue:
    """Recompute everything now; nobody waits for it meanwhile."""
    cooperative_id, asked_by, at = here().id, me().account_id, now()
    with unlocked() as session:
        findings = audit.run(session, at=at)
    with transaction() as session:
        done = kept.keep(session, cooperative_id, findings, asked_by=asked_by, at=at)
        count = len(done.findings)
    if count:
        flash(gettext("Ada %(count)s hal yang tidak cocok.", count=count), "bad")
    else:
        flash(gettext("Semua cocok."), "ok")
    return redirect(url_for(".show", slug=slug), code=303)
