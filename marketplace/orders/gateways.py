"""Speaking with gateways about orders: every call stands between two transactions."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from flask_babel import force_locale
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.orders import queries, service
from marketplace.orders.checkout import repeated
from marketplace.orders.models import Order
from marketplace.orders.notices import tracking_path
from marketplace.orders.rules import OrderState
from marketplace.payments.gateways import gateways
from marketplace.payments.models import PaymentAttempt, PaymentIntent
from marketplace.payments.ports import Checkout, Gateway, Handle, Hint, Wanted
from marketplace.payments.queries import attempt_of, by_reference, intent_of, to_ask
from marketplace.payments.rules.attempts import FINAL, GatewayFailed, ReferenceUsed, RefundRefused
from marketplace.payments.service import attempts
from marketplace.web.clock import now
from marketplace.web.i18n import LANGUAGES, translate
from marketplace.web.jobs import Jobs
from marketplace.web.mail import absolute
from marketplace.web.transactions import reader, transaction

MOST_AT_ONCE = 50
MOST_SECONDS = 40.0
MOST_FAILURES = 3
PATIENCE, GLANCE = 4.0, 0.1  # seconds that a buyer waits for a page, and between two looks
UNANSWERED = say("Layanan bayar online sedang tidak menjawab. Coba lagi sebentar lagi.")
log = structlog.get_logger()


class NotSetUp(GatewayFailed):
    """The site has no such gateway any more: it will not answer later either."""


def listen(jobs: Jobs) -> None:
    """Make pages, ask and close them after what caused it was kept, and ask regularly."""
    jobs.listen_outside(attempts.WANTED, lambda facts: make_page(*_key(facts)))
    jobs.listen_outside(attempts.HEARD, lambda facts: ask_if_due(*_key(facts)))
    jobs.listen_outside(attempts.UNWANTED, lambda facts: close_page(*_key(facts)))
    jobs.listen_outside(attempts.REFUND, give_back)
    jobs.every_minute_outside(ask_all)


def _key(facts: Mapping[str, Any]) -> tuple[int, UUID]:
    return facts["cooperative"], UUID(facts["attempt"])


def make_page(cooperative_id: int, attempt_id: UUID) -> None:
    """Have a page made on which an order is paid; one that is there already stays.

    When the gateway knows the reference but its answer was lost, another is taken.
    Raises GatewayFailed.
    """
    found = _plan(cooperative_id, attempt_id)
    if found is None:
        return
    provider, wanted = found
    try:
        page = _gateway(provider).create(wanted)
    except ReferenceUsed:
        make_page(cooperative_id, _another(cooperative_id, attempt_id))
    except GatewayFailed:
        with transaction() as session:
            attempts.unclaim(session, cooperative_id, attempt_id)
        raise
    else:
        _keep(cooperative_id, attempt_id, page)


def wait_for_page(cooperative_id: int, order_id: UUID) -> bool:
    """Say whether an order has a page now; one that somebody else makes is waited for a little."""
    until = time.monotonic() + PATIENCE
    while True:
        with transaction() as session:
            intent = intent_of(session, cooperative_id, order_id)
            attempt = attempt_of(session, intent)
            if attempt is not None and attempt.address is not None:
                return True
        if time.monotonic() >= until:
            return False
        time.sleep(GLANCE)


def _plan(cooperative_id: int, attempt_id: UUID) -> tuple[str, Wanted] | None:
    """Say what page is to be made, if it still is and nobody else is making it."""
    at = now()
    with transaction() as session:
        attempt = session.get_one(PaymentAttempt, (cooperative_id, attempt_id))
        order = queries.order_of_attempt(session, cooperative_id, attempt_id)
        waits = queries.standing_of(order, at=at) is OrderState.AWAITING_PAYMENT
        if not waits or attempt.due <= at or attempt.state in FINAL:
            return None
        if not attempts.claim(session, attempt, at=at):
            return None
        shop = session.get_one(Cooperative, cooperative_id)
        return attempt.provider, Wanted(
            reference=attempt.reference,
            amount=_left(session, attempt),
            title=_title(order, shop),
            buyer=order.purchase.buyer_name,
            minutes=max(1, (attempt.due - at) // timedelta(minutes=1)),
            back_to=absolute(tracking_path(order.purchase)),
        )


def _left(session: Session, attempt: PaymentAttempt) -> Rupiah:
    """Ask for what is still missing, not again for what has come."""
    key = (attempt.cooperative_id, attempt.intent_id)
    intent = session.get_one(PaymentIntent, key)
    return intent.amount_due - intent.received


def _title(order: Order, shop: Cooperative) -> str:
    """Say in the buyer's language what is paid for; a job has no language of its own."""
    spoken = order.purchase.language
    with force_locale(spoken if spoken in LANGUAGES else "id"):
        return translate(say("Pesanan %(number)s di %(shop)s", number=order.number, shop=shop.name))


def _another(cooperative_id: int, attempt_id: UUID) -> UUID:
    with transaction() as session:
        lost = attempts.locked_attempt(session, cooperative_id, attempt_id)
        order = queries.order_of_attempt(session, cooperative_id, attempt_id)
        return service.another_page(session, order, lost, at=now())


def _keep(cooperative_id: int, attempt_id: UUID, page: Checkout) -> None:
    with transaction() as session:
        attempts.opened(session, cooperative_id, attempt_id, page, at=now())


def ask(cooperative_id: int, attempt_id: UUID, *, quick: bool = False) -> None:
    """Ask the gateway how an attempt stands and let its answer take effect.

    Raises GatewayFailed; then it is asked again a little later.
    """
    provider, handle = _handle(reader(), cooperative_id, attempt_id)
    reader().rollback()
    try:
        facts = _gateway(provider).status(handle, quick=quick)
        if facts is not None and facts.reference != handle.reference:
            log.error("gateway spoke of another payment", provider=provider)
            raise GatewayFailed(UNANSWERED)
    except GatewayFailed:
        with transaction() as session:
            attempts.put_off(session, cooperative_id, attempt_id, at=now())
        raise

    def learn() -> None:
        with transaction() as session:
            service.learn(session, cooperative_id, attempt_id, facts, at=now())

    repeated(learn)


def _handle(session: Session, cooperative_id: int, attempt_id: UUID) -> tuple[str, Handle]:
    attempt = session.get_one(PaymentAttempt, (cooperative_id, attempt_id))
    return attempt.provider, Handle(attempt.reference, attempt.provider_id)


def _gateway(provider: str) -> Gateway:
    found = gateways().get(provider)
    if found is None:
        log.error("gateway is not set up any more", provider=provider)
        raise NotSetUp(UNANSWERED)
    return found


def is_paid(session: Session, cooperative_id: int, order_id: UUID) -> bool:
    """Say whether an order waits for money no more."""
    intent = intent_of(session, cooperative_id, order_id)
    return intent is not None and intent.received >= intent.amount_due


def ask_if_due(cooperative_id: int, attempt_id: UUID) -> None:
    """Ask unless somebody has asked since the news came."""
    attempt = reader().get_one(PaymentAttempt, (cooperative_id, attempt_id))
    if attempt.ask_at is not None and attempt.ask_at <= now():
        ask(cooperative_id, attempt_id)


def ask_all(at: datetime) -> None:
    """Ask after every open attempt that is due; stop early when the gateway is down."""
    until, failures = time.monotonic() + MOST_SECONDS, 0
    due = to_ask(reader(), at=at, limit=MOST_AT_ONCE)
    reader().rollback()
    for cooperative_id, attempt_id in due:
        if failures >= MOST_FAILURES or time.monotonic() > until:
            log.warning("gateways asked only in part", waiting=len(due))
            return
        try:
            ask(cooperative_id, attempt_id)
        except GatewayFailed:
            failures += 1


def close_page(cooperative_id: int, attempt_id: UUID) -> None:
    """Close a page that nobody should use any more; what was paid meanwhile is found by asking."""
    provider, handle = _handle(reader(), cooperative_id, attempt_id)
    reader().rollback()
    _gateway(provider).expire(handle)
    ask(cooperative_id, attempt_id)


def give_back(facts: Mapping[str, Any]) -> None:
    """Have money go back by the way it came; a busy gateway is told again, one key once.

    One that refuses, or is not set up any more, leaves it to the officers.
    """
    key, amount = _key(facts), Rupiah(facts["amount"])
    provider, handle = _handle(reader(), *key)
    reader().rollback()
    try:
        _gateway(provider).refund(handle, amount, key=facts["key"], reason=facts["reason"])
    except (RefundRefused, NotSetUp):
        with transaction() as session:
            service.refund_refused(session, *key, amount, key=facts["key"], at=now())


def hear(provider: str, hint: Hint) -> None:
    """Keep what a gateway tells once, then ask it; if it does not answer now, a job asks."""
    at = now()
    with transaction() as session:
        key = by_reference(session, provider, hint.reference)
        if key is None:
            log.warning("news of an unknown payment", provider=provider)
            return
        is_new = attempts.heard(session, *key, hint, at=at)
    if is_new:
        with suppress(GatewayFailed):  # logged where it failed
            ask(*key, quick=True)
