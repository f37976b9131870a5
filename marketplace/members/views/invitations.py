"""What an invitation's link leads to."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.current import me
from marketplace.accounts.views.limits import LINKS
from marketplace.cooperatives import queries as cooperatives
from marketplace.members import service
from marketplace.members.views.blueprint import members
from marketplace.web.clock import now
from marketplace.web.extensions import limiter
from marketplace.web.guards import public, signed_in
from marketplace.web.transactions import reader, transaction


@members.get("/undangan/<secret>")
@limiter.limit(LINKS)
@public
def invitation(secret: str) -> ResponseReturnValue:
    """Say who invites and to what; who is signed in may accept."""
    session = reader()
    invite = cooperatives.open_invite(session, secret, at=now())
    cooperative = cooperatives.by_id(session, invite.cooperative_id)
    return render_template(
        "members/invitation.html", invite=invite, inviting=cooperative, secret=secret
    )


@members.post("/undangan/<secret>")
@limiter.limit(LINKS)
@signed_in
def accept(secret: str) -> ResponseReturnValue:
    """Take the post, and the line of the register that belongs to it."""
    with transaction() as session:
        cooperative = service.accept_invite(session, secret, me().account_id, at=now())
    flash(gettext("Selamat datang di %(name)s.", name=cooperative.name), "ok")
    return redirect(url_for("cooperatives.overview", slug=cooperative.slug), code=303)
