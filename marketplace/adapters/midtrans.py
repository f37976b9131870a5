"""Midtrans: a payment page by Snap, everything else by its core API."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from marketplace.adapters.calling import Answer, Caller, check_refund, failed, rupiah_of, text_of
from marketplace.adapters.hints import forged, read_object, unreadable
from marketplace.kernel.money import Rupiah
from marketplace.payments.ports import (
    IDR,
    Checkout,
    Facts,
    Handle,
    Hint,
    Wanted,
)
from marketplace.payments.rules.attempts import AttemptState, ReferenceUsed, RefundRefused

SANDBOX = "SB-"
_STATES = {
    "pending": AttemptState.OPEN,
    "authorize": AttemptState.OPEN,
    "settlement": AttemptState.PAID,
    "deny": AttemptState.REFUSED,
    "expire": AttemptState.OVER,
    "cancel": AttemptState.OVER,
    "failure": AttemptState.OVER,
    "refund": AttemptState.PAID,
    "partial_refund": AttemptState.PAID,
    "chargeback": AttemptState.PAID,
    "partial_chargeback": AttemptState.PAID,
}
_CAPTURED = {"accept": AttemptState.PAID, "challenge": AttemptState.UNDER_REVIEW}


@dataclass(frozen=True, slots=True)
class Midtrans:
    """One merchant of Midtrans. Without ``base_url`` the key says which of its two worlds."""

    caller: Caller
    base_url: str | None = None
    name: str = "midtrans"

    def create(self, wanted: Wanted) -> Checkout:
        """Make a Snap page; a reference that was used is refused, so nothing is paid twice."""
        answer = self.caller.post(
            f"{self._host('app')}/snap/v1/transactions",
            {
                "transaction_details": {
                    "order_id": wanted.reference,
                    "gross_amount": wanted.amount.amount,
                },
                "item_details": [
                    {
                        "id": wanted.reference,
                        "price": wanted.amount.amount,
                        "quantity": 1,
                        "name": wanted.title[:50],
                    }
                ],
                "customer_details": {"first_name": wanted.buyer[:40]},
                "expiry": {"unit": "minutes", "duration": wanted.minutes},
                "callbacks": {"finish": wanted.back_to},
            },
        )
        if _is_used(answer):
            raise ReferenceUsed(failed().message)
        address = text_of(answer.body, "redirect_url")
        if not answer.good or not address:
            raise failed()
        return Checkout(address)

    def status(self, handle: Handle, *, quick: bool = False) -> Facts | None:
        """Ask the core API; a page on which nobody has chosen how to pay is not known to it."""
        answer = self.caller.get(self._of(handle, "status"), quick=quick)
        if answer.status == 404 or text_of(answer.body, "status_code") == "404":
            return None
        if not answer.good:
            raise failed()
        try:
            return _facts(answer.body)
        except (KeyError, ValueError) as error:
            raise failed() from error

    def refund(self, handle: Handle, amount: Rupiah, *, key: str, reason: str) -> None:
        """Give money back; Midtrans takes each refund key once."""
        body = {"refund_key": key, "amount": amount.amount, "reason": reason}
        answer = self.caller.post(self._of(handle, "refund"), body)
        check_refund(answer)
        if text_of(answer.body, "status_code") != "200":
            raise RefundRefused(failed().message)

    def expire(self, handle: Handle) -> None:
        """Close a page; one on which nobody has chosen how to pay runs out by itself."""
        answer = self.caller.post(self._of(handle, "expire"), {})
        if answer.status >= 500 or answer.status == 429:
            raise failed()

    def read_hint(self, body: bytes, headers: Mapping[str, str]) -> Hint:
        """Check the signature, which covers reference, status code and amount as sent."""
        said = read_object(body)
        reference, amount = text_of(said, "order_id"), text_of(said, "gross_amount")
        signed = reference + text_of(said, "status_code") + amount + self.caller.secret
        expected = hashlib.sha512(signed.encode()).hexdigest()
        given = text_of(said, "signature_key")
        if not hmac.compare_digest(expected.encode(), given.encode()):
            raise forged()
        word = text_of(said, "transaction_status")
        try:
            return Hint(
                reference=reference,
                external_id=text_of(said, "transaction_id"),
                word=word,
                amount=rupiah_of(amount),
                currency=text_of(said, "currency") or IDR,
                merchant=text_of(said, "merchant_id"),
            )
        except ValueError as error:
            raise unreadable() from error

    def _of(self, handle: Handle, what: str) -> str:
        return f"{self._host('api')}/v2/{quote(handle.reference, safe='')}/{what}"

    def _host(self, which: str) -> str:
        if self.base_url:
            return self.base_url.rstrip("/")
        world = ".sandbox" if self.caller.secret.startswith(SANDBOX) else ""
        return f"https://{which}{world}.midtrans.com"


def _is_used(answer: Answer) -> bool:
    told = answer.body.get("error_messages")
    return answer.status == 406 or (
        answer.status == 400 and any("order_id" in str(one) for one in told or ())
    )


def _facts(body: dict[str, Any]) -> Facts:
    word = text_of(body, "transaction_status")
    refunded = body.get("refund_amount")
    return Facts(
        reference=text_of(body, "order_id"),
        state=_CAPTURED.get(text_of(body, "fraud_status"), AttemptState.REFUSED)
        if word == "capture"
        else _STATES[word],
        amount=rupiah_of(body.get("gross_amount")),
        currency=text_of(body, "currency") or IDR,
        transaction=text_of(body, "transaction_id"),
        merchant=text_of(body, "merchant_id"),
        refunded=rupiah_of(refunded) if refunded is not None else Rupiah(0),
        disputed="chargeback" in word,
    )
