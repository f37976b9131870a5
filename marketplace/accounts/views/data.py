"""What the site holds about a person, to read and to take along."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.accounts.current import me
from marketplace.accounts.own_data import collect
from marketplace.accounts.views.blueprint import accounts
from marketplace.accounts.views.limits import DOWNLOADS, this_person
from marketplace.web.downloads import json_answer
from marketplace.web.extensions import limiter
from marketplace.web.guards import signed_in
from marketplace.web.transactions import reader


@accounts.get("/akun/data")
@signed_in
def own_data() -> ResponseReturnValue:
    """Say what is held about the person, and lead to taking it along or closing the account."""
    return render_template("accounts/own_data.html")


@accounts.get("/akun/data.json")
@limiter.limit(DOWNLOADS, key_func=this_person)
@signed_in
def download_data() -> ResponseReturnValue:
    """Give everything that is held about the person, for people and programs to read."""
    return json_answer("data-akun", collect(reader(), me().account_id))
