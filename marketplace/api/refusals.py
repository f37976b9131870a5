"""Refusals that only programs meet, and how every refusal of the API is told."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app

from marketplace.kernel.errors import NotAllowed, RuleBroken
from marketplace.kernel.ids import to_text
from marketplace.kernel.text import say
from marketplace.orders.service import PriceChanged
from marketplace.stock.rules import OutOfStock
from marketplace.supply.service import NotEnough
from marketplace.web.errors import problem
from marketplace.web.i18n import translate


class TokenRefused(RuleBroken):
    """A token that opens nothing: unknown, taken back or run out."""

    status = 401
    code = "token_refused"

    def __init__(self) -> None:
        super().__init__(say("Token ini tidak dikenal, sudah dicabut, atau lewat waktu."))


class ScopeMissing(NotAllowed):
    """A token was not made for this."""

    code = "scope_missing"

    def __init__(self, scope: str) -> None:
        super().__init__(say("Token ini tidak punya izin “%(scope)s”.", scope=scope))


class KeyMissing(RuleBroken):
    """A change of goods or money came without a key that makes it safe to repeat."""

    status = 400
    code = "idempotency_key_missing"

    def __init__(self) -> None:
        super().__init__(say("Sertakan kepala Idempotency-Key, satu kunci acak per tindakan."))


class KeyInvalid(RuleBroken):
    """A key that is too short to be one's own, or no plain text."""

    status = 400
    code = "idempotency_key_invalid"

    def __init__(self) -> None:
        super().__init__(say("Idempotency-Key terdiri atas 8 sampai 100 huruf ASCII."))


class KeyReused(RuleBroken):
    """The same key came with another request."""

    code = "key_reused"

    def __init__(self) -> None:
        super().__init__(say("Idempotency-Key ini sudah dipakai untuk permintaan lain."))


class KeyInUse(RuleBroken):
    """The same request is being worked on."""

    code = "key_in_use"

    def __init__(self) -> None:
        super().__init__(say("Permintaan yang sama sedang dikerjakan. Ulangi sebentar lagi."))


def refused(broken: RuleBroken) -> Response:
    """Answer a broken rule with its code and the numbers a program needs to go on."""
    errors = {name: translate(message) for name, message in broken.fields.items()}
    response = problem(broken.status, broken.code, translate(broken.message), errors)
    extra = _facts(broken)
    if extra:
        body: dict[str, Any] = response.get_json()
        response.set_data(current_app.json.dumps(body | extra))
    return response


def _facts(broken: RuleBroken) -> dict[str, Any]:
    if isinstance(broken, PriceChanged):
        return {"total": broken.total.amount}
    if isinstance(broken, OutOfStock):
        return {"variant": to_text(broken.item_id), "left": max(int(broken.left), 0)}
    if isinstance(broken, NotEnough):
        return {"missing": broken.missing}
    return {}
