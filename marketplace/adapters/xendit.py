"""Xendit: a payment page is an invoice."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from marketplace.adapters.calling import Caller, check_refund, failed, rupiah_of, text_of
from marketplace.adapters.hints import forged, read_object, unreadable
from marketplace.kernel.money import Rupiah
from marketplace.payments.ports import IDR, Checkout, Facts, Handle, Hint, Wanted
from marketplace.payments.rules.attempts import AttemptState, ReferenceUsed

PUBLIC = "https://api.xendit.co"
_STATES = {
    "PENDING": AttemptState.OPEN,
    "PAID": AttemptState.PAID,
    "SETTLED": AttemptState.PAID,
    "EXPIRED": AttemptState.OVER,
}


@dataclass(frozen=True, slots=True)
class Xendit:
    """One merchant of Xendit. ``token`` is what its news carries: a password, no signature."""

    caller: Caller
    token: str
    base_url: str = PUBLIC
    name: str = "xendit"

    def create(self, wanted: Wanted) -> Checkout:
        """Make an invoice. Xendit takes a reference twice, so it is asked for first."""
        known = self.caller.get(self._by_reference(wanted.reference))
        if not known.good and known.status != 404:
            raise failed()
        if known.body:
            return _checkout(known.body)
        answer = self.caller.post(
            f"{self._root()}/v2/invoices",
            {
                "external_id": wanted.reference,
                "amount": wanted.amount.amount,
                "currency": IDR,
                "description": wanted.title,
                "customer": {"given_names": wanted.buyer},
                "invoice_duration": wanted.minutes * 60,
                "success_redirect_url": wanted.back_to,
                "failure_redirect_url": wanted.back_to,
            },
        )
        if not answer.good:
            raise failed()
        return _checkout(answer.body)

    def status(self, handle: Handle, *, quick: bool = False) -> Facts | None:
        """Ask for the invoice by its own name, else by our reference."""
        address = (
            f"{self._root()}/v2/invoices/{quote(handle.provider_id, safe='')}"
            if handle.provider_id
            else self._by_reference(handle.reference)
        )
        answer = self.caller.get(address, quick=quick)
        if answer.status == 404 or (answer.good and not answer.body):
            return None
        if not answer.good:
            raise failed()
        try:
            return _facts(answer.body)
        except (KeyError, ValueError) as error:
            raise failed() from error

    def refund(self, handle: Handle, amount: Rupiah, *, key: str, reason: str) -> None:
        """Give money of an invoice back; Xendit does the same key once."""
        answer = self.caller.post(
            f"{self._root()}/refunds",
            {
                "invoice_id": handle.provider_id,
                "reference_id": key,
                "amount": amount.amount,
                "currency": IDR,
                "reason": "OTHERS",
                "metadata": {"reason": reason},
            },
            headers={"idempotency-key": key},
        )
        check_refund(answer)

    def expire(self, handle: Handle) -> None:
        """Close an invoice; one that is paid or over stays as it is."""
        if handle.provider_id is None:
            return
        name = quote(handle.provider_id, safe="")
        answer = self.caller.post(f"{self._root()}/invoices/{name}/expire!", {})
        if answer.status >= 500 or answer.status == 429:
            raise failed()

    def read_hint(self, body: bytes, headers: Mapping[str, str]) -> Hint:
        """Check the token and read what the news claims."""
        given = headers.get("x-callback-token") or ""
        if not hmac.compare_digest(self.token.encode(), given.encode(errors="replace")):
            raise forged()
        said = read_object(body)
        word = text_of(said, "status")
        paid = said.get("paid_amount")
        try:
            return Hint(
                reference=text_of(said, "external_id"),
                external_id=text_of(said, "id"),
                word=word,
                amount=rupiah_of(said.get("amount") if paid is None else paid),
                currency=text_of(said, "currency") or IDR,
                merchant=text_of(said, "user_id"),
            )
        except ValueError as error:
            raise unreadable() from error

    def _root(self) -> str:
        return self.base_url.rstrip("/")

    def _by_reference(self, reference: str) -> str:
        return f"{self._root()}/v2/invoices?{urlencode({'external_id': reference})}"


def _checkout(body: dict[str, Any]) -> Checkout:
    address, name = text_of(body, "invoice_url"), text_of(body, "id")
    if not address or not name:
        raise failed()
    if text_of(body, "status") not in ("", "PENDING"):
        raise ReferenceUsed(failed().message)
    return Checkout(address, name)


def _facts(body: dict[str, Any]) -> Facts:
    paid = body.get("paid_amount")
    return Facts(
        reference=text_of(body, "external_id"),
        state=_STATES[text_of(body, "status")],
        amount=rupiah_of(body.get("amount") if paid is None else paid),
        currency=text_of(body, "currency") or IDR,
        transaction=text_of(body, "id"),
        merchant=text_of(body, "user_id"),
    )
