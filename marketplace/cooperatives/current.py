"""The cooperative in the address of this request, and what its visitor may do there."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from marketplace.accounts.current import me
from marketplace.cooperatives import queries
from marketplace.cooperatives.models import Cooperative
from marketplace.database import stand_in
from marketplace.kernel.access import permissions
from marketplace.kernel.errors import NotFound
from marketplace.web.extensions import db
from marketplace.web.guards import is_public
from marketplace.web.security import SAFE_METHODS


def install(app: Flask) -> None:
    """Resolve the cooperative once, before any view runs. The tenant comes only from here."""
    app.url_value_preprocessor(find_cooperative)
    app.before_request(follow_rename)
    app.context_processor(for_templates)


def find_cooperative(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Put the cooperative of ``<slug>`` and its visitor's permissions where guards look."""
    g.permissions = frozenset()
    if not values or "slug" not in values:
        return
    session = db.session()
    try:
        g.cooperative = queries.by_slug(session, values["slug"])
    except NotFound as missing:
        g.missing_cooperative = missing
        return
    if current_user.is_authenticated:
        g.roles = queries.roles_of(session, g.cooperative.id, me().account_id)
        g.permissions = permissions(g.roles)
    if not is_public(endpoint):
        stand_in(session, g.cooperative.id)


def follow_rename() -> ResponseReturnValue | None:
    """Lead an old address to the present one for ever; else say that there is none."""
    missing: NotFound | None = g.get("missing_cooperative")
    if missing is None or request.view_args is None:
        return None
    new_slug = queries.renamed_to(db.session(), request.view_args["slug"])
    if new_slug is None or request.method not in SAFE_METHODS:
        raise missing
    address = url_for(request.endpoint or "", **{**request.view_args, "slug": new_slug})
    query = request.query_string.decode("ascii", "ignore")
    return redirect(f"{address}?{query}" if query else address, code=301)


def here() -> Cooperative:
    """Return the cooperative of the address."""
    cooperative: Cooperative = g.cooperative
    return cooperative


def for_templates() -> dict[str, object]:
    """Let layouts know whose pages these are and what may be opened there."""
    return {
        "cooperative": g.get("cooperative"),
        "my_permissions": frozenset(permission.name for permission in g.get("permissions", ())),
    }
