"""A gateway on this machine that behaves like Midtrans and like Xendit, faults on demand.

Tests pay, refuse and expire by its methods; ``news`` writes the webhook that the real one
would send, for the test to deliver early, late, twice, altered or never.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any
from urllib.request import Request as UrlRequest
from urllib.request import urlopen

from werkzeug import Request, Response
from werkzeug.serving import make_server
from werkzeug.utils import redirect

SERVER_KEY = "SB-Mid-server-CONTOH123"
SECRET_KEY = "xnd_development_CONTOH123"
CALLBACK_TOKEN = "token-panggilan-balik-contoh"
MERCHANT = "G0123"
QUIET = 31.0
PAGE = """<!doctype html><html lang="id"><title>Halaman bayar</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<h1>Bayar Rp {one.amount}</h1><p>Pesanan {one.reference}</p>
<form method="post"><button>Bayar sekarang</button></form>
<a href="{one.back_to}">Kembali ke toko</a>"""


@dataclass
class Attempt:
    """One payment as the gateway keeps it."""

    provider: str
    reference: str
    amount: int
    number: int
    word: str = ""
    fraud: str = "accept"
    paid: int | None = None
    refunded: int | None = None
    again: int = 0
    currency: str = "IDR"
    back_to: str = ""

    @property
    def transaction(self) -> str:
        again = f"-{self.again}" if self.again and self.provider == "midtrans" else ""
        return f"{self.provider}-tx-{self.number}{again}"


@dataclass
class Stub:
    """Both gateways; ``told`` lists what they were asked, ``before_answer`` runs first.

    When a buyer pays on its page, the news goes to ``site``, if that is set.
    """

    url: str = ""
    site: str = ""
    attempts: dict[str, Attempt] = field(default_factory=dict)
    told: list[tuple[str, str]] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    fails_with: int | None = None
    failures_left: int | None = None
    redirects_to: str | None = None
    is_slow: bool = False
    answers_with: bytes | None = None
    before_answer: Callable[[Attempt], None] | None = None
    _stop: Event = field(default_factory=Event)

    # What the buyer and the bank do

    def pay(self, reference: str, amount: int | None = None) -> Attempt:
        """Let the buyer pay; a second time is another transaction, but not of an invoice."""
        attempt = self.attempts[reference]
        attempt.again += 1 if attempt.paid is not None else 0
        attempt.word = "settlement" if attempt.provider == "midtrans" else "PAID"
        attempt.paid = attempt.amount if amount is None else amount
        return attempt

    def set(self, reference: str, word: str, *, fraud: str = "accept") -> Attempt:
        attempt = self.attempts[reference]
        attempt.word, attempt.fraud = word, fraud
        return attempt

    def pending(self, reference: str) -> Attempt:
        """Let the buyer choose how to pay, without paying yet."""
        return self.set(reference, "pending" if self._is_midtrans(reference) else "PENDING")

    def expire(self, reference: str) -> Attempt:
        return self.set(reference, "expire" if self._is_midtrans(reference) else "EXPIRED")

    def deny(self, reference: str) -> Attempt:
        return self.set(reference, "deny", fraud="deny")

    def challenge(self, reference: str) -> Attempt:
        return self.set(reference, "capture", fraud="challenge")

    def chargeback(self, reference: str) -> Attempt:
        return self.set(reference, "chargeback")

    def give_back(self, reference: str, amount: int) -> Attempt:
        attempt = self.set(reference, "partial_refund")
        attempt.refunded = amount
        return attempt

    def _is_midtrans(self, reference: str) -> bool:
        return self.attempts[reference].provider == "midtrans"

    def only(self) -> Attempt:
        """Give the one attempt there is."""
        (attempt,) = self.attempts.values()
        return attempt

    # What it would send us

    def news(
        self,
        attempt: Attempt,
        *,
        key: str | None = None,
        sign_first: bool = False,
        drop: str | None = None,
        **changes: object,
    ) -> tuple[str, bytes, dict[str, str]]:
        """Write a webhook: its path, body and headers.

        ``changes`` alter the body before it is signed; with ``sign_first`` after.
        """
        write = self._midtrans_news if attempt.provider == "midtrans" else self._xendit_news
        return write(attempt, key, sign_first, drop, changes)

    def _midtrans_news(self, attempt, key, sign_first, drop, changes):
        body = {**self._midtrans_facts(attempt), **({} if sign_first else changes)}
        body["signature_key"] = signature(body, key or SERVER_KEY)
        body |= changes
        body.pop(drop, None)
        return "/webhooks/midtrans", json.dumps(body).encode(), {}

    def _xendit_news(self, attempt, key, sign_first, drop, changes):
        body = {**self._xendit_facts(attempt), **changes}
        headers = {"X-Callback-Token": key or CALLBACK_TOKEN}
        if drop == "signature_key":
            headers = {}
        body.pop(drop, None)
        return "/webhooks/xendit", json.dumps(body).encode(), headers

    # What it answers

    def _midtrans_facts(self, attempt: Attempt) -> dict[str, Any]:
        found = {
            "transaction_time": "2026-11-28 10:00:00",
            "transaction_status": attempt.word or "pending",
            "transaction_id": attempt.transaction,
            "status_code": {"pending": "201", "deny": "202", "expire": "407"}.get(
                attempt.word, "200"
            ),
            "payment_type": "qris",
            "order_id": attempt.reference,
            "merchant_id": MERCHANT,
            "gross_amount": f"{attempt.amount if attempt.paid is None else attempt.paid}.00",
            "fraud_status": attempt.fraud,
            "currency": attempt.currency,
            "customer_details": {"phone": "081234567890", "email": "sari@contoh.id"},
        }
        if attempt.refunded is not None:
            found["refund_amount"] = f"{attempt.refunded}.00"
        return found

    def _xendit_facts(self, attempt: Attempt) -> dict[str, Any]:
        found: dict[str, Any] = {
            "id": attempt.transaction,
            "external_id": attempt.reference,
            "user_id": MERCHANT,
            "status": attempt.word or "PENDING",
            "amount": attempt.amount,
            "currency": attempt.currency,
            "invoice_url": f"{self.url}/halaman/{attempt.reference}",
            "expiry_date": "2026-11-28T04:00:00.000Z",
        }
        if attempt.paid is not None:
            found["paid_amount"] = attempt.paid
        return found

    def page(self, request: Request) -> Response:
        """Show a buyer what to pay; whoever pays is led back, and the site hears of it."""
        attempt = self.attempts[request.path.rpartition("/")[2]]
        if request.method == "GET":
            return Response(PAGE.format(one=attempt), mimetype="text/html")
        self.pay(attempt.reference)
        if self.site:
            path, body, headers = self.news(attempt)
            urlopen(UrlRequest(self.site + path, body, headers), timeout=QUIET).close()
        return redirect(f"{attempt.back_to}?order_id={attempt.reference}", 303)

    def answer(self, request: Request) -> Response:
        if request.path.startswith("/halaman/"):
            return self.page(request)
        self.told.append((request.method, request.path))
        fault = self._fault()
        if fault is not None:
            return fault
        if request.method == "POST":
            self.bodies.append(json.loads(request.get_data() or b"{}"))
        user = b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
        path = request.path.strip("/").split("/")
        if user == f"{SERVER_KEY}:":
            return _json(*self._midtrans(request.method, path))
        if user == f"{SECRET_KEY}:":
            return _json(*self._xendit(request, path))
        return _json({"error_messages": ["Access denied"]}, 401)

    def _fault(self) -> Response | None:
        if self.is_slow:
            self._stop.wait(QUIET)
        if self.redirects_to:
            return Response(status=302, headers={"Location": self.redirects_to})
        if self.fails_with and self.failures_left != 0:
            self.failures_left = self.failures_left and self.failures_left - 1
            return Response("gangguan", self.fails_with)
        if self.answers_with is not None:
            return Response(self.answers_with, 200, mimetype="application/json")
        return None

    def _make(self, provider: str, reference: str, amount: int, back_to: str = "") -> Attempt:
        number = len(self.attempts) + 1
        attempt = Attempt(provider, reference, amount, number, back_to=back_to)
        self.attempts[reference] = attempt
        if self.before_answer:
            self.before_answer(attempt)
        return attempt

    def _midtrans(self, method: str, path: list[str]) -> tuple[Any, int]:
        if path == ["snap", "v1", "transactions"]:
            said = self.bodies[-1]["transaction_details"]
            reference = said["order_id"]
            if reference in self.attempts:
                return {"error_messages": ["transaction_details.order_id sudah digunakan"]}, 400
            back_to = self.bodies[-1]["callbacks"]["finish"]
            self._make("midtrans", reference, said["gross_amount"], back_to)
            return {"token": "t", "redirect_url": f"{self.url}/halaman/{reference}"}, 201
        attempt = self.attempts.get(path[1])
        if attempt is None or not attempt.word:
            return {"status_code": "404", "status_message": "Transaction doesn't exist."}, 404
        if path[2] == "expire" and attempt.word == "pending":
            attempt.word = "expire"
        if path[2] == "refund":
            attempt.refunded = (attempt.refunded or 0) + self.bodies[-1]["amount"]
        return self._midtrans_facts(attempt), 200

    def _xendit(self, request: Request, path: list[str]) -> tuple[Any, int]:
        if request.path == "/v2/invoices":
            if request.method == "POST":
                said = self.bodies[-1]
                back_to = said["success_redirect_url"]
                attempt = self._make("xendit", said["external_id"], said["amount"], back_to)
                return self._xendit_facts(attempt), 200
            known = self.attempts.get(request.args["external_id"])
            return [self._xendit_facts(known)] if known else [], 200
        if path[0] == "refunds":
            return {"id": "rfd-1", "status": "PENDING"}, 200
        found = next((one for one in self.attempts.values() if one.transaction in path), None)
        if found is None:
            return {"error_code": "INVOICE_NOT_FOUND_ERROR"}, 404
        if path[-1] == "expire!" and found.paid is None:
            found.word = "EXPIRED"
        return self._xendit_facts(found), 200

    def stop(self) -> None:
        """Let nobody wait for a slow answer any more."""
        self._stop.set()


def signature(body: dict[str, Any], key: str) -> str:
    """Sign as Midtrans does, over the strings as they are sent."""
    signed = "".join(str(body.get(name, "")) for name in ("order_id", "status_code"))
    return hashlib.sha512(f"{signed}{body.get('gross_amount', '')}{key}".encode()).hexdigest()


def _json(body: Any, status: int) -> Response:
    return Response(json.dumps(body), status, mimetype="application/json")


@contextmanager
def serving() -> Iterator[Stub]:
    """Run a stub on a free port of this machine."""
    stub = Stub()
    server = make_server("127.0.0.1", 0, Request.application(stub.answer), threaded=True)
    server.daemon_threads = True
    stub.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield stub
    finally:
        stub.stop()
        server.shutdown()
        thread.join()
        server.server_close()
