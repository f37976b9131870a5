"""A person's home: their cooperatives and their account."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.accounts.current import me
from marketplace.cooperatives import queries
from marketplace.cooperatives.views.blueprint import cooperatives
from marketplace.web.guards import signed_in
from marketplace.web.transactions import reader


@cooperatives.get("/akun")
@signed_in
def mine() -> ResponseReturnValue:
    """List the cooperatives in which the person holds a post."""
    held = queries.mine(reader(), me().account_id)
    return render_template("cooperatives/mine.html", held=held)
