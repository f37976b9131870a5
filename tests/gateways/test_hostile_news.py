"""Every attack on the hook that is listed, and every hostile value in every field of news."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from marketplace import audit
from marketplace.kernel.money import Rupiah
from marketplace.orders import gateways
from marketplace.payments.models import PaymentAttempt, PaymentEvent
from marketplace.web.clock import now
from marketplace.web.extensions import db
from tests.gateways.buying import Bought, buy, send
from tests.gateways.conftest import plug_in
from tests.gateways.stub import CALLBACK_TOKEN, SERVER_KEY, Stub, signature
from tests.makers import make_cooperative, make_listing, make_officer, make_point
from tools.vectors.hostile import value_of
from tools.vectors.outcome import NotBuilt

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "hostile.json").read_text())
ATTACKS = [case for case in VECTORS["inputs"] if case["cat"] == "payment-webhook"]
WORDS = {"amount": "gross_amount", "signature": "signature_key", "refund": "refund_amount"}


class Attacked:
    """An order that was attacked, and by whom."""

    def __init__(self, client, browser, stub: Stub, bought: Bought, foreign: Bought) -> None:
        self.client, self.browser, self.stub = client, browser, stub
        self.bought, self.foreign = bought, foreign
        self.answers: list[int] = []

    def news(self, happen: Callable[[str], Any], **how: object) -> None:
        attempt = happen(self.bought.reference)
        self.bought.session.commit()
        self.answers.append(send(self.client, self.stub.news(attempt, **how)).status_code)

    def run(self, mutation: dict[str, Any]) -> None:
        """Do what a record says to a piece of news about an order that is really waiting."""
        if "sequence" in mutation:
            for word in mutation["sequence"]:
                self.news(getattr(self.stub, word if word in ("pending", "expire") else "pay"))
        elif "method" in mutation:
            self.answers.append(self.client.get("/webhooks/midtrans").status_code)
        elif "get" in mutation:
            self._come_back(mutation["get"])
        else:
            self.news(self.stub.pending, **self._altered(mutation))

    def _come_back(self, address: str) -> None:
        purchase = self.bought.purchase
        path = f"/p/{purchase.number}/{purchase.key}?{address.partition('?')[2]}"
        self.bought.session.commit()
        self.answers.append(self.client.get(path).status_code)

    def _altered(self, mutation: dict[str, Any]) -> dict[str, Any]:
        if mutation.get("with_session_cookie"):
            self.client = self.browser
        if "pad" in mutation:
            return {"pad": "x" * mutation["pad"]}
        if mutation.get("sign_with"):
            return {"key": "SB-Mid-server-LAIN"}
        if "drop" in mutation:
            return {"drop": "signature_key"}
        said = {WORDS.get(name, name): value for name, value in mutation["set"].items()}
        if said.get("order_id") == "{ORDER_OF_OTHER_TENANT}":
            said["order_id"] = self.foreign.reference
        return {"sign_first": "signature_key" in said, **said}


@pytest.fixture
def attacked(app, client, session, stub, keripik, sanan, sign_in):
    plug_in(app, stub, "midtrans")
    other = make_cooperative(session, "Velodrome Rukun Jaya", takes_gateway=True)
    make_point(session, other)
    cilok = make_listing(session, other, "Cilok", price=10_000)
    bought, foreign = (buy(session, stub, "midtrans", each) for each in (keripik, cilok))
    browser = sign_in(make_officer(session, sanan))
    bought.make_page()
    foreign.make_page()
    yield Attacked(client, browser, stub, bought, foreign)
    app.extensions["gateways"] = {}


def allowed(expected: list[str], status: int) -> bool:
    return str(status) in expected or f"{status // 100}xx" in expected


@pytest.mark.parametrize("case", ATTACKS, ids=lambda case: case["id"])
def test_every_listed_attack_on_the_hook_is_refused_or_has_no_false_effect(attacked, case):
    attacked.run(case["mutation"])

    assert all(allowed(case["expect"]["status"], status) for status in attacked.answers)
    assert attacked.answers
    paid = case["mutation"].get("sequence", [])
    times = {"settlement": 1, "settlement tx1": 1, "settlement tx2": 1}
    assert len(attacked.bought.money) == sum(times.get(word, 0) for word in paid)
    assert attacked.foreign.money == []
    assert attacked.foreign.state == ("menunggu_bayar", "menunggu")
    assert attacked.bought.state[0] == ("baru" if paid else "menunggu_bayar")
    assert attacked.bought.is_sound()


def test_every_listed_attack_is_tried():
    assert len(ATTACKS) == 17


def hostile_values() -> list[object]:
    found: list[object] = [None, [], {}, True, -1, 1e308, "9" * 400]
    for case in VECTORS["inputs"]:
        try:
            value = value_of(case)
        except (NotBuilt, ValueError):
            continue
        if len(str(value)) < 20_000:
            found.append(value)
    return found


def news_with(provider: str, name: str, value: object, reference: str) -> tuple[str, bytes, dict]:
    """Sign a piece of news in which one field is hostile."""
    body: dict[str, Any] = {
        "order_id": reference, "status_code": "200", "gross_amount": "30000.00",
        "transaction_id": "tx", "transaction_status": "settlement", "currency": "IDR",
        "external_id": reference, "id": "tx", "status": "PAID", "amount": 30_000,
    }  # fmt: skip
    body[name] = value
    try:
        body["signature_key"] = signature(body, SERVER_KEY)
    except UnicodeEncodeError:
        body["signature_key"] = "tidak-bisa-ditulis"
    path, headers = f"/webhooks/{provider}", {"X-Callback-Token": CALLBACK_TOKEN}
    return path, json.dumps(body).encode(), headers


FIELDS = {
    "midtrans": ("order_id", "gross_amount", "transaction_id", "transaction_status", "currency"),
    "xendit": ("external_id", "amount", "id", "status", "currency"),
}


def test_no_hostile_value_in_signed_news_is_a_fault_or_pays(
    client, session, stub, gateway, provider, keripik
):
    bought = buy(session, stub, gateway, keripik).make_page()
    reference = bought.reference
    session.commit()
    wrong = []

    for count, value in enumerate(hostile_values()):
        for name in (FIELDS[provider][count % 5], FIELDS[provider][(count + 1) % 5]):
            status = send(client, news_with(provider, name, value, reference)).status_code
            if status not in (200, 400, 403, 413):
                wrong.append((name, value, status))

    assert wrong == []
    assert bought.state == ("menunggu_bayar", "menunggu")
    assert bought.money == []
    assert bought.is_sound()


RAW = [case["json_raw"] for case in VECTORS["inputs"] if "json_raw" in case]


@pytest.mark.parametrize("raw", RAW)
def test_a_body_that_is_no_news_is_taken_or_refused_and_pays_nothing(client, session, gateway, raw):
    body = raw.encode("utf-8", "surrogatepass")
    news = (f"/webhooks/{gateway}", body, {"X-Callback-Token": CALLBACK_TOKEN})

    assert send(client, news).status_code in (200, 400, 403)
    assert session.scalars(select(PaymentEvent)).all() == []


@pytest.mark.race
def test_sixteen_at_once_and_a_hundred_times_pay_once(own_app, stub):
    plug_in(own_app, stub, "midtrans")
    with own_app.app_context():
        session = db.session()
        shop = make_cooperative(session, "Sanan Tempe Muda", takes_gateway=True)
        make_point(session, shop)
        bought = buy(session, stub, "midtrans", make_listing(session, shop, "Keripik"))
        bought.make_page()
        reference = bought.reference
        session.commit()
        db.session.remove()
    news = stub.news(stub.pay(reference))

    with ThreadPoolExecutor(16) as threads:
        answers = list(
            threads.map(lambda _: send(own_app.test_client(), news).status_code, range(100))
        )

    assert set(answers) == {200}
    with own_app.app_context():
        key = db.session.execute(select(PaymentAttempt.cooperative_id, PaymentAttempt.id)).one()
        db.session.rollback()
        gateways.ask(*key)
        some = PaymentEvent.amount != Rupiah(0)
        money = db.session.scalars(select(PaymentEvent.amount).where(some))
        assert [each.amount for each in money] == [30_000]
        assert audit.run(db.session(), at=now()) == []
        db.session.remove()
