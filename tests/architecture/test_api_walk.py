"""Every address for programs, with the token of everybody of cooperative A and the ids of B."""

from __future__ import annotations

import pytest
from werkzeug.routing import Rule

from marketplace.demo import ACCOUNTS
from marketplace.demo.load import MARKER
from marketplace.web.guards import GUARD
from tests.architecture.site import Site, address, rows_of, words_of
from tests.architecture.test_walk import is_for_programs

TOKENS = {"guest": None} | {
    account.role: account.token for account in ACCOUNTS if account.letter != "B"
}
REFUSED = frozenset({401, 403, 404})
# What everybody may ask of themselves: no id of anybody is in the address.
OWN = frozenset({"api.list_own_balances"})
pytestmark = pytest.mark.slow


def private_rules(site: Site) -> list[Rule]:
    """List the addresses for programs that are not for everybody."""
    return [
        rule
        for rule in site.app.url_map.iter_rules()
        if is_for_programs(rule)
        and getattr(site.app.view_functions[rule.endpoint], GUARD, None) != "public"
    ]


@pytest.mark.parametrize("role", [role for role in TOKENS if role != "operator"])
def test_no_token_of_another_cooperative_opens_anything(site: Site, role: str) -> None:
    before = rows_of(site.app, site.b)
    token = TOKENS[role]
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    leaks = []

    for rule in private_rules(site):
        path = address(site.app, rule, words_of(rule, site.b))
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            sent = {**headers, "Idempotency-Key": f"walk-{role}-{rule.endpoint}"}
            body = None if method == "GET" else {}
            answer = site.app.test_client().open(path, method=method, json=body, headers=sent)
            own = rule.endpoint in OWN and answer.status_code == 200
            if not (own or answer.status_code in REFUSED) or MARKER in answer.text:
                leaks.append(f"{role} {method} {path}: {answer.status_code}")

    assert leaks == []
    assert rows_of(site.app, site.b) == before
