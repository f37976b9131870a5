"""How friends who sell side by side become a cooperative."""

from __future__ import annotations

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from marketplace.config import Settings
from marketplace.storefront.views import storefront
from marketplace.web.guards import public
from marketplace.web.pages import kept


@storefront.get("/rintis")
@kept
@public
def found() -> ResponseReturnValue:
    """Explain the way to a cooperative, and whom to ask for a shop here."""
    settings: Settings = current_app.config["SETTINGS"]
    return render_template("storefront/found.html", contact=settings.mail_from)
