"""Every view says who may open it, and every change is protected."""

from __future__ import annotations

from flask import Flask

from marketplace.api.blueprint import PREFIX
from marketplace.web.extensions import csrf
from marketplace.web.guards import GUARD

# Views that take a POST without a token: what they do is harmless or proven otherwise.
# Origin is checked for all of them.
WITHOUT_TOKEN = {"cart.add"}
# Where cookies do not count, a form token would prove nothing: see tests/api/test_tokens.py.
WITHOUT_COOKIES = {"api", "webhooks"}


def test_every_view_says_who_may_open_it(shared_app: Flask) -> None:
    unguarded = [
        name for name, view in shared_app.view_functions.items() if not hasattr(view, GUARD)
    ]

    assert unguarded == ["static"]


def test_only_named_views_do_without_a_form_token(shared_app: Flask) -> None:
    exempt = {
        name.rsplit(".", 2)[-2] + "." + name.rsplit(".", 1)[-1] for name in csrf._exempt_views
    }

    assert exempt == WITHOUT_TOKEN


def test_only_what_programs_call_does_without_cookies_and_form_tokens(shared_app: Flask) -> None:
    exempt = {blueprint.name for blueprint in csrf._exempt_blueprints}
    addresses = [
        rule.rule
        for rule in shared_app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] in exempt
    ]

    assert exempt == WITHOUT_COOKIES
    assert addresses
    assert all(address.startswith((f"{PREFIX}/", "/webhooks/")) for address in addresses)


def test_no_get_request_changes_anything_by_its_name(shared_app: Flask) -> None:
    words = ("delete", "hapus", "cancel", "batal", "confirm", "advance")
    suspicious = [
        rule.rule
        for rule in shared_app.url_map.iter_rules()
        if "GET" in (rule.methods or set()) and rule.rule.rstrip("/").split("/")[-1] in words
    ]

    assert suspicious == []
