"""How the forms of the site are filled in: kinds of fields, and forms that are ready to be sent.

What is sent inside ``undone`` leaves no trace, so that every form finds the same market.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from marketplace.kernel.ids import from_text
from marketplace.listings import queries as listings
from marketplace.orders.models import Order
from marketplace.orders.rules import OrderState
from marketplace.web.extensions import db
from tests.architecture.site import BODIES, Site, Values, address, send, words_of

# The kind of a field by its name; what is not named here is a text.
KINDS: dict[str, frozenset[str]] = {
    "money": frozenset(
        {
            "variants-0-price", "pack_price", "cost", "received",
            "paid", "expected_total", "amount", "fee", "minimum", "free_from", "cash_up_to",
            "others-0-pack_price", "legal_price", "price_cap", "charge",
            "price", "lines-0-debit", "lines-1-credit", "limit", "total",
        }
    ),
    "qty": frozenset(
        {
            "variants-0-quantity", "shelf_life_days", "pack_size", "pack_minimum", "stock_cap",
            "others-0-pack_size", "max_per_member",
            "want", "accept_min", "flex_max", "packs", "quantity",
            "prepare_minutes", "payout_days", "payment_minutes", "share", "jumlah",
            "lead_days", "pack_step", "content", "cover_days",
            "due_days", "count", "step", "bagian", "banyak",
        }
    ),
    "date": frozenset(
        {
            "ready_on", "last_meeting_on", "admitted_on", "closed_from", "closed_until",
            "opens_at", "top_up_until", "pickup_from", "pickup_until",
            "closes_at", "arrives_on", "needed_by", "left_on", "ambil",
            "keep_until", "dated", "starts", "valid_until", "promised_on",
        }
    ),
    "id": frozenset(
        {
            "category", "maker", "variants-0-id", "kept-0", "item",
            "member", "account_id", "variant", "file", "code",
            "anggota", "seller", "lines-0-account", "lines-1-account",
        }
    ),
    "phone": frozenset({"phone", "whatsapp", "chair_phone", "login"}),
    "email": frozenset({"email", "login"}),
    "password": frozenset({"password", "current_password", "new_password"}),
    "next": frozenset({"lanjut"}),
    "choice": frozenset(
        {
            "aksi", "availability", "halal", "unit", "base_unit", "role", "language", "scopes",
            "days", "bahasa", "ke", "kolom", "status", "tahan", "aktif", "lepas", "motif",
            "takes_cash", "takes_qris", "qris_converts", "publish", "partial", "bayar", "pesanan",
            "position", "version", "variants-0-seen", "wilayah", "key", "checkout_key", "kind",
            "paid_by", "paid_from", "method", "answer", "way", "agreed", "cara", "setuju",
            "for_request", "second", "every",
            "what", "goes_to", "split_by", "place", "policy", "accept", "slot",
        }
    ),
}  # fmt: skip
# Money and amounts that a page has written itself: nobody types them.
UNSEEN = frozenset({"expected_total", "paid", "total", "charge"})
OPERATORS = "/operator/"


def kinds_of(name: str) -> frozenset[str]:
    """Say what kinds a field is of; ``jumlah-<id>`` is an amount as ``jumlah`` is."""
    known = [kind for kind, names in KINDS.items() if stem(name) in names]
    return frozenset(known or {"text"})


def stem(name: str) -> str:
    known = (
        "jumlah-",
        "bagian-",
        "banyak-",
        "ambil-",
        "bayar-",
        "catatan-",
        "jam-",
        "wilayah-",
        "jalan-",
        "patokan-",
        "count-",
        "price-",
        "note-",
    )
    return name.partition("-")[0] if name.startswith(known) else name


@dataclass
class Form:
    """A form that its visitor may send now, and what a plausible one says."""

    endpoint: str
    path: str
    visitor: FlaskClient
    values: Values

    def fields(self, *kinds: str) -> list[str]:
        """List its fields of these kinds."""
        return [name for name in self.values if kinds_of(name) & set(kinds)]

    def send(self, changes: Mapping[str, object]) -> TestResponse:
        """Send it with some fields changed, as bytes that no browser need have written."""
        pairs = [(encoded(k), encoded(v)) for k, v in {**self.values, **changes}.items()]
        answer = self.visitor.post(
            self.path, data=urlencode(pairs), content_type="application/x-www-form-urlencoded"
        )
        answer.get_data()
        answer.close()
        return answer


def encoded(value: object) -> bytes:
    """Write a text as bytes, also one that holds bytes which are no text or half a letter."""
    try:
        return str(value).encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return str(value).encode("utf-8", "surrogatepass")


def role_of(rule: Rule) -> str:
    return "operator" if rule.rule.startswith(OPERATORS) else "manager"


def forms_of(app: Flask) -> dict[str, Rule]:
    """Give all addresses that take a form with at least one field, by the name of their view."""
    return {
        rule.endpoint: rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint in BODIES and "POST" in (rule.methods or set())
    }


def ready(site: Site, endpoint: str) -> Form:
    """Bring the market so far that this form may be sent; call it inside ``undone``."""
    rule = forms_of(site.app)[endpoint]
    visitor = site.visitor(role_of(rule))
    path = address(site.app, rule, words_of(rule, site.a))
    form = Form(endpoint, path, visitor, dict(BODIES[endpoint](site.a)))
    if endpoint in STAGES:
        STAGES[endpoint](site, form)
    return form


def _post(site: Site, visitor: FlaskClient, endpoint: str, **changes: object) -> None:
    rule = forms_of(site.app)[endpoint]
    path = address(site.app, rule, words_of(rule, site.a))
    answer = send(visitor, "POST", path, {**BODIES[endpoint](site.a), **changes})
    assert answer.status_code == 303, (endpoint, answer.status_code)


def _basket(site: Site, form: Form) -> None:
    """Put a thing into the basket and take the total from the page."""
    _post(site, form.visitor, "orders.add")
    page = form.visitor.get("/keranjang").text
    total = re.search(r'name="expected_total"[^>]*value="(\d+)"', page)
    times = re.search(rf'name="ambil-{site.a.id}"[^>]*value="([^"]+)"', page)
    assert total
    assert times
    form.values = {
        **form.values, "expected_total": total[1], f"ambil-{site.a.id}": times[1],
    }  # fmt: skip


def _basket_alone(site: Site, form: Form) -> None:
    _basket(site, form)
    form.values = {k: v for k, v in form.values.items() if k != "expected_total"}


def _listing(site: Site, form: Form) -> None:
    """Say which version and which variant of the listing is changed."""
    with site.app.app_context():
        listing_id = from_text(site.a.listing_id)
        assert listing_id
        version = listings.listing(db.session(), site.a.id, listing_id).version
        db.session.remove()
    form.values = {
        **form.values, "version": str(version), "variants-0-id": site.a.variant_id,
    }  # fmt: skip


def _awaiting_money(site: Site, form: Form) -> None:
    """Choose an order that waits for money, so that its page has the form."""
    with site.app.app_context():
        number = db.session.scalars(
            select(Order.number).where(
                Order.cooperative_id == site.a.id, Order.state == OrderState.AWAITING_PAYMENT
            )
        ).first()
        db.session.remove()
    assert number
    form.path = form.path.replace(site.a.order, number)


def _to_send(site: Site, form: Form) -> None:
    """Choose an order that is ready to be brought."""
    form.path = form.path.replace(site.a.order, site.a.to_send)


def _ordered(site: Site, form: Form) -> None:
    _post(site, form.visitor, "supply.lock")
    _post(site, form.visitor, "supply.order")


def _answered(site: Site, form: Form) -> None:
    """Let the supplier change the order."""
    _post(site, form.visitor, "supplier_pages.answer")


def _shared_out(site: Site, form: Form) -> None:
    """Let the goods arrive, and ask for the price that the member has to pay."""
    _ordered(site, form)
    _post(site, form.visitor, "supply.receive")
    page = form.visitor.get(form.path.rpartition("/serahkan")[0]).text
    own = page.partition(f'action="{form.path}"')[2]
    price = re.search(r'name="paid"[^>]*value="([^"]+)"', own)
    assert price
    form.values = {"paid": price[1]}


def _basket_shared_out(site: Site, form: Form) -> None:
    """Let the goods arrive, and say what the member has to pay for all of them."""
    _ordered(site, form)
    _post(site, form.visitor, "supply.receive")
    total = re.search(r'name="total"[^>]*value="([^"]+)"', form.visitor.get(form.path).text)
    assert total
    form.values = {"way": "qris", "total": total[1]}


STAGES: dict[str, Callable[[Site, Form], None]] = {
    "orders.place": _basket,
    "orders.change": _basket_alone,
    "listings.edit": _listing,
    "orders.confirm_payment": _awaiting_money,
    "orders.send": _to_send,
    "supply.agree_order": _answered,
    "supply.receive": _ordered,
    "supply.hand_over": _shared_out,
    "supply.hand_over_basket": _basket_shared_out,
}


@contextmanager
def undone(site: Site) -> Iterator[Connection]:
    """Let everything that is done inside be rolled back at the end; gives what it is done on."""
    for role in ("manager", "operator"):
        site.visitor(role)  # who is signed in stays so
    app = site.app
    app.extensions["pages"].forget()
    with app.app_context():
        engine = db.engine
        connection = engine.connect()
        outer = connection.begin()
        engines = db._app_engines[app]
        engines[None] = connection  # type: ignore[assignment]
        db.session.configure(join_transaction_mode="create_savepoint")
        try:
            yield connection
        finally:
            db.session.remove()
            db.session.configure(join_transaction_mode="conditional_savepoint")
            engines[None] = engine
            outer.rollback()
            connection.close()


@contextmanager
def tried(connection: Connection, visitor: FlaskClient) -> Iterator[None]:
    """Let one request be undone, in the database as in its visitor's cookies."""
    step, cookies = connection.begin_nested(), dict(visitor._cookies)
    try:
        yield
    finally:
        db.session.remove()
        step.rollback()
        visitor._cookies = cookies
