"""The front page of the back office."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.cooperatives import overview as gathered
from marketplace.cooperatives import service
from marketplace.cooperatives.current import here
from marketplace.cooperatives.rules import open_state
from marketplace.cooperatives.service.posts import lock
from marketplace.cooperatives.views.blueprint import MANAGE, cooperatives
from marketplace.kernel.access import Permission
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader, transaction


@cooperatives.get(f"{MANAGE}/", strict_slashes=False)
@requires(*Permission)
def overview(slug: str) -> ResponseReturnValue:
    """Show what needs doing today."""
    at, cooperative = now(), here()
    state = open_state(
        cooperative.hours,
        at,
        closed_from=cooperative.closed_from,
        closed_until=cooperative.closed_until,
    )
    return render_template(
        "cooperatives/overview.html",
        tasks=gathered.tasks(reader(), cooperative, g.permissions, at),
        state=state,
        roles=sorted(g.roles, key=lambda role: role.value),
        slug=slug,
    )


@cooperatives.post(f"{MANAGE}/buka-toko")
@requires(Permission.MANAGE_COOPERATIVE)
def open_shop(slug: str) -> ResponseReturnValue:
    """Let the public in."""
    with transaction() as session:
        service.open_shop(session, lock(session, here().id), at=now())
    flash(gettext("Toko sudah dibuka untuk umum."), "ok")
    return redirect(url_for(".overview", slug=slug), code=303)


@cooperatives.get(f"{MANAGE}/pengaturan")
@requires(Permission.MANAGE_COOPERATIVE)
def settings(slug: str) -> ResponseReturnValue:
    """Lead to everything that can be set."""
    return render_template("cooperatives/settings.html", slug=slug)
