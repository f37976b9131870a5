"""Every address of the site, as everybody, with another cooperative's ids: nothing leaks.

Cooperative B's every text carries a marker. People of cooperative A, buyers, guests and the
city office send every method to every address built from B's ids; no answer may show the
marker, and afterwards B's rows must be what they were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask, abort
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from marketplace.app import create_app
from marketplace.demo.load import MARKER
from marketplace.kernel.ids import new_id, to_text
from marketplace.members.models import Member
from marketplace.web.extensions import db
from marketplace.web.guards import GUARD, public, signed_in
from marketplace.web.transactions import transaction
from tests.architecture.site import (
    BODIES,
    Shop,
    Site,
    Values,
    address,
    rows_of,
    send,
    words_of,
)
from tests.conftest import Browser, close

pytestmark = pytest.mark.slow
ROLES = ("guest", "buyer", "member", "seller", "manager", "treasurer", "supervisor", "office")
# Public pages that may show B's public texts: its shop and goods, to everyone alike; the rest
# only to who holds the secret of the address.
PUBLIC_TEXTS = frozenset(
    {
        "storefront.home",
        "storefront.search",
        "storefront.suggest",
        "storefront.category",
        "storefront.directory",
        "storefront.shop",
        "storefront.product",
        "storefront.sitemap_of",
        "orders.add",
        "orders.track",
        "claims.mine",
        "orders.courier",
        "supplier_pages.show",
        "supplier_pages.document",
        "orders.change",
        "orders.place",
        "members.invitation",
        "accounts.link",
    }
)
REFUSED = frozenset({401, 403, 404, 405, 410})
# The buyer's own orders, some of them from B.
OWN_TEXTS = {("buyer", "orders.mine"), ("buyer", "accounts.download_data")}
# Leads on whatever the id, and marks only one's own as read.
ALWAYS_LEADS_ON = frozenset({"accounts.open_notice"})
# Addresses whose secret lets anyone act for B: they are tried with a secret that is wrong.
BY_SECRET = frozenset(
    {"accounts.use_link", "members.accept", "orders.cancel", "orders.again", "orders.send_proof",
     "orders.pay_online", "orders.check_online", "claims.open_claim", "claims.accept",
     "claims.escalate", "orders.arrive", "orders.fail", "supplier_pages.answer"}
)  # fmt: skip
NOT_WALKED = frozenset({"static"})
WRONG_SECRET = "tidak-ada-rahasia-seperti-ini-0000"


@dataclass(frozen=True)
class Leak:
    """An answer that nobody of A should have had."""

    role: str
    method: str
    path: str
    why: str


def is_for_programs(rule: Rule) -> bool:
    """Say whether a token opens an address, not a cookie; ``test_api_walk`` goes there."""
    return rule.rule.startswith("/api/")


def rules_of(app: Flask) -> list[Rule]:
    """List all addresses; what ends a sign-in comes last."""
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in NOT_WALKED and not is_for_programs(rule)
    ]
    return sorted(rules, key=lambda rule: (rule.endpoint == "accounts.sign_out", rule.rule))


def walk(site: Site, role: str) -> Iterator[Leak]:
    """Send everything to every address of B; yields what is wrong with the answers."""
    for rule in rules_of(site.app):
        words = _without_secrets(rule, words_of(rule, site.b))
        path = address(site.app, rule, words)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = send(site.visitor(role), method, path, _body(rule, method, site.b))
            for why in faults(site.app, rule, answer, role):
                yield Leak(role, method, path, why)
    site.forget(role)  # the walk ended by signing out


def _without_secrets(rule: Rule, words: dict[str, object]) -> dict[str, object]:
    if rule.endpoint not in BY_SECRET:
        return words
    return {
        name: WRONG_SECRET if name in ("secret", "key") else value for name, value in words.items()
    }


def _body(rule: Rule, method: str, shop: Shop) -> Values | None:
    if method in ("GET", "HEAD"):
        return None
    return BODIES[rule.endpoint](shop)


def faults(app: Flask, rule: Rule, answer: TestResponse, role: str) -> Iterator[str]:
    """Say what is wrong with an answer that somebody of A got about B."""
    status = answer.status_code
    if status >= 500:
        yield f"status {status}"
    if _is_private(app, rule) and not _turned_away(answer):
        yield f"opened with status {status}"
    texts = answer.get_data(as_text=False) + repr(list(answer.headers)).encode()
    may_read = rule.endpoint in PUBLIC_TEXTS or (role, rule.endpoint) in OWN_TEXTS
    if not may_read and MARKER.encode() in texts:
        yield "shows the marker"


def _is_private(app: Flask, rule: Rule) -> bool:
    """Say whether an address belongs to B or its people; /akun alone is everyone's own."""
    if rule.endpoint in ALWAYS_LEADS_ON:
        return False
    guard = getattr(app.view_functions[rule.endpoint], GUARD, None)
    if rule.endpoint in BY_SECRET:
        return True
    return guard != "public" and (bool(rule.arguments) or guard != "signed in")


def _turned_away(answer: TestResponse) -> bool:
    to_sign_in = answer.status_code in (302, 303) and answer.location.startswith("/masuk")
    return to_sign_in or answer.status_code in REFUSED


# ------------------------------------------------------------------------------ the walk


@pytest.mark.parametrize("role", ROLES)
def test_nobody_outside_reaches_a_cooperative_by_its_ids(site: Site, role: str) -> None:
    before = rows_of(site.app, site.b)

    leaks = [str(leak) for leak in walk(site, role)]

    assert "\n".join(leaks) == ""
    assert rows_of(site.app, site.b) == before


def test_the_walk_goes_to_every_address(site: Site) -> None:
    rules = [rule for rule in site.app.url_map.iter_rules() if not is_for_programs(rule)]
    endpoints = {rule.endpoint for rule in rules}
    needing_a_body = {rule.endpoint for rule in rules if "POST" in (rule.methods or ())}

    assert endpoints - {rule.endpoint for rule in rules_of(site.app)} == NOT_WALKED
    assert needing_a_body - BODIES.keys() == set()
    assert set(BODIES) - endpoints == set(), "a form of a view that is no more"
    assert PUBLIC_TEXTS - endpoints == set()


def test_the_marker_can_be_seen_by_who_may_see_it(site: Site) -> None:
    """Otherwise the walk would prove nothing."""
    own = site.visitor("manager", "B")
    guest = site.visitor("guest")

    for page in ("anggota", "barang", "pesanan/riwayat", "kulakan", "titik-ambil", "profil"):
        assert MARKER in own.get(f"/k/{site.b.slug}/kelola/{page}").text, page
    for path in ("/", f"/k/{site.b.slug}", f"/b/{site.b.listing_id}", "/cari?q=keripik"):
        assert MARKER in guest.get(path, follow_redirects=True).text, path


# ---------------------------------------------------------------------- ids put crosswise

IDS = (
    "listing_id", "photo_id", "member_id", "taker_id", "post_id", "invite_id", "point_id",
    "line_id", "item_id", "sheet_id", "price_list_id", "supplier_id", "offer_id", "order",
    "destination_id",
    "bank_line_id", "statement_id", "proof_id", "draft_id", "entry_id",
    "book_account_id", "batch_id", "counted_listing_id", "refund_id", "claim_id", "evidence_id",
    "supplier_claim_id", "receipt_id", "rung_id", "standing_id",
    "supplier_claim_id", "receipt_id", "cost_id",
    "withdrawal_id", "zone_id", "courier_id", "trip", "pool_id", "short_line_id",
    "link_id", "shelf_item_id", "hand_id", "return_id", "fetcher_id",
    "supplier_key",
)  # fmt: skip


def with_ids_of(shop: Shop, other: Shop | None) -> Shop:
    """Give a cooperative with another's ids, or with ids that nobody has."""
    strange = {
        name: other.words[name] if other else _unknown(name, shop.words[name]) for name in IDS
    }
    return replace(shop, words={**shop.words, **strange})


def _unknown(name: str, text: str) -> str:
    return text[:-6] + "9999-A" if name == "order" else to_text(new_id())


def crosswise(site: Site) -> Iterator[Rule]:
    """List the addresses of one's own back office with a thing's id in them."""
    for rule in rules_of(site.app):
        things = rule.arguments - {"slug"}
        counted = _counted(rule) and things <= {"number", "place", "order_number"}
        if "slug" in rule.arguments and things and not counted:
            yield rule


def _counted(rule: Rule) -> bool:
    """Rounds and their goods are counted 1, 2, 3 everywhere: such a number is no one's id."""
    return rule.endpoint.startswith("supply.")


def test_a_manager_finds_nothing_of_another_cooperative_at_home(site: Site) -> None:
    """What exists elsewhere is answered to the letter as what exists nowhere."""
    before = rows_of(site.app, site.b)
    wrong = []
    for rule in crosswise(site):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            seen = {}
            for name, other in (("foreign", site.b), ("unknown", None)):
                shop = with_ids_of(site.a, other)
                words = words_of(rule, shop)
                answer = send(
                    site.visitor("manager"),
                    method,
                    address(site.app, rule, words),
                    _body(rule, method, site.a),
                )
                seen[name] = (answer.status_code, _without(answer.text, words.values()))
            if seen["foreign"] != seen["unknown"] or seen["foreign"][0] != 404:
                wrong.append((method, rule.rule, {k: v[0] for k, v in seen.items()}))

    assert "\n".join(map(str, wrong)) == ""
    assert rows_of(site.app, site.b) == before


def _without(text: str, values: Iterable[object]) -> str:
    for value in values:
        if len(str(value)) > 9:  # ids and order numbers; "1" stands everywhere
            text = text.replace(str(value), "…")
    return text


def test_a_manager_cannot_hand_in_ids_of_another_cooperative(site: Site) -> None:
    before = rows_of(site.app, site.b)
    wrong = []
    for rule in rules_of(site.app):
        if "POST" not in (rule.methods or set()) or "slug" not in rule.arguments:
            continue
        path = address(site.app, rule, words_of(rule, site.a))
        answer = send(site.visitor("manager"), "POST", path, _body(rule, "POST", site.b))
        if answer.status_code >= 500 or MARKER in answer.text:
            wrong.append((rule.rule, answer.status_code, MARKER in answer.text))

    assert "\n".join(map(str, wrong)) == ""
    assert rows_of(site.app, site.b) == before


@pytest.mark.parametrize("path", ["/k/{slug}/kelola/pesanan", "/akun", "/akun/pesanan"])
def test_private_pages_may_not_be_kept_by_anyone(site: Site, path: str) -> None:
    answer = site.visitor("manager").get(path.format(slug=site.a.slug))

    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("width", [160, 320, 640])
def test_a_document_is_never_sent_as_a_picture(site: Site, width: int) -> None:
    guest = site.visitor("guest")

    answer = guest.get(f"/foto/{site.b.id}/{site.b.sheet_id}-{width}.webp")

    assert answer.status_code == 404


def test_a_picture_is_found_only_under_its_own_cooperative(site: Site) -> None:
    guest = site.visitor("guest")

    own = guest.get(f"/foto/{site.b.id}/{site.b.picture_id}-320.webp")
    foreign = guest.get(f"/foto/{site.a.id}/{site.b.picture_id}-320.webp")

    assert (own.status_code, foreign.status_code) == (200, 404)


# --------------------------------------------------------- the walk finds what is planted


def _open_register(slug: str) -> str:
    """Forget to ask for a permission."""
    return ", ".join(db.session().scalars(select(Member.name)))


def _by_id_alone(slug: str, member_id: UUID) -> str:
    """Look a row up without its cooperative."""
    found = db.session().scalars(select(Member).where(Member.id == member_id)).first()
    return found.name if found else abort(404)


def _write_anywhere(slug: str, member_id: UUID) -> tuple[str, int]:
    """Change a row without its cooperative, and answer as if there were none."""
    with transaction() as session:
        for member in session.scalars(select(Member).where(Member.id == member_id)):
            member.trade = "diubah orang lain"
    return "tidak ada", 404


def _in_a_header(slug: str) -> tuple[str, int, dict[str, str]]:
    name = db.session().scalars(select(Member.name).where(Member.name.contains(MARKER))).first()
    return "tidak ada", 404, {"X-Debug": str(name)}


PLANTED: dict[str, tuple[str, Callable[..., object], str, str]] = {
    "no permission": ("/k/<slug>/kelola/bocor", _open_register, "GET", "signed in"),
    "no guard at all": ("/k/<slug>/kelola/bocor", _open_register, "GET", "public"),
    "no cooperative": ("/k/<slug>/kelola/bocor/<id:member_id>", _by_id_alone, "GET", "signed in"),
    "a header": ("/k/<slug>/kelola/bocor", _in_a_header, "GET", "signed in"),
}


@pytest.fixture
def spoilt(site: Site, tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Build the site anew over the same database, with one bad view more."""
    apps = []

    def build(path: str, view: Callable[..., object], method: str, guard: str) -> Site:
        app = create_app(site.app.config["SETTINGS"])
        app.config["WTF_CSRF_ENABLED"] = False
        app.test_client_class = Browser

        def planted(**values: object) -> object:
            return view(**values)

        wear = public if guard == "public" else signed_in
        app.add_url_rule(path, "planted", wear(planted), methods=[method])  # type: ignore[type-var]
        apps.append(app)
        return replace(site, app=app)

    yield build
    for app in apps:
        close(app)


@pytest.mark.parametrize("name", PLANTED)
def test_the_walk_finds_a_view_that_leaks(
    spoilt: Callable[..., Site], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    bad = spoilt(*PLANTED[name])
    monkeypatch.setattr(
        f"{__name__}.rules_of",
        lambda app: [rule for rule in app.url_map.iter_rules() if rule.endpoint == "planted"],
    )

    leaks = list(walk(bad, "member"))

    assert {leak.why for leak in leaks} & {"shows the marker", "opened with status 200"}


def test_the_walk_finds_a_view_that_writes(
    spoilt: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = spoilt("/k/<slug>/kelola/bocor/<id:member_id>", _write_anywhere, "POST", "signed in")
    monkeypatch.setattr(
        f"{__name__}.rules_of",
        lambda app: [rule for rule in app.url_map.iter_rules() if rule.endpoint == "planted"],
    )
    monkeypatch.setitem(BODIES, "planted", lambda _shop: {})
    before = rows_of(bad.app, bad.b)

    list(walk(bad, "member"))
    after = rows_of(bad.app, bad.b)

    assert {name for name in before if before[name] != after[name]} == {"members"}


def test_an_address_that_nobody_taught_us_to_build_is_a_failure(
    spoilt: Callable[..., Site],
) -> None:
    bad = spoilt("/k/<slug>/kelola/baru/<int:mystery>", _open_register, "GET", "signed in")

    with pytest.raises(KeyError, match="mystery"):
        list(walk(bad, "guest"))
