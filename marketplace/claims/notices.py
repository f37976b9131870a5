"""Who is told of claims, in the site and by mail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts import queries as people
from marketplace.accounts import service as accounts
from marketplace.claims import queries
from marketplace.claims.queries import ClaimedOrder
from marketplace.claims.rules import LABELS, ClaimState
from marketplace.cooperatives import queries as cooperatives
from marketplace.kernel.access import Permission
from marketplace.kernel.ids import to_text
from marketplace.kernel.text import Sentence, say
from marketplace.web.jobs import Jobs
from marketplace.web.mail import absolute, send_mail


def listen(jobs: Jobs) -> None:
    """Hear of everything that somebody is told about a claim."""
    jobs.listen("claim.opened", tell_officers)
    jobs.listen("claim.escalated", tell_officers)
    jobs.listen("claim.reminder", remind_officers)
    jobs.listen("claim.escalated", tell_operators)
    jobs.listen("claim.escalated", tell_buyer)
    jobs.listen("claim.closed", tell_officers)
    jobs.listen("claim.answered", tell_buyer)
    jobs.listen("claim.closed", tell_buyer)


def _found(session: Session, facts: Mapping[str, Any]) -> ClaimedOrder:
    return queries.claim(session, facts["cooperative"], UUID(facts["claim"]))


def _news(found: ClaimedOrder) -> Sentence:
    return say(
        "Keluhan %(code)s: %(state)s.",
        code=found.order.pickup_code,
        state=LABELS[found.claim.state],
    )


def tell_officers(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell the officers where a claim of theirs stands now."""
    found = _found(session, facts)
    _to_officers(session, found, found.claim.state.value, _news(found), at)


def remind_officers(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Remind the officers of a claim that they have one more day to answer."""
    found = _found(session, facts)
    if found.claim.state is not ClaimState.OPENED:
        return
    text = say(
        "Keluhan %(code)s harus dijawab paling lambat besok; setelah itu Guyub yang memutuskan.",
        code=found.order.pickup_code,
    )
    _to_officers(session, found, "reminder", text, at)


def _to_officers(
    session: Session, found: ClaimedOrder, what: str, text: Sentence, at: datetime
) -> None:
    claim, shop = found.claim, found.cooperative
    url = f"/k/{shop.slug}/kelola/keluhan/{to_text(claim.id)}"
    for account_id in cooperatives.holders_of(session, shop.id, Permission.CONFIRM_PAYMENTS):
        accounts.notify(session, account_id, f"claim:{claim.id}:{what}", text, url, at)


def tell_operators(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell those who run the site that a claim waits for their decision."""
    found = _found(session, facts)
    claim, shop = found.claim, found.cooperative
    text = say(
        "Keluhan %(code)s di %(shop)s menunggu keputusan Guyub.",
        code=found.order.pickup_code,
        shop=shop.name,
    )
    url = f"/operator/klaim/{shop.id}/{to_text(claim.id)}"
    for account_id in people.operators(session):
        accounts.notify(session, account_id, f"claim:{claim.id}:operator", text, url, at)


def tell_buyer(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell the buyer of an answer or a decision; guests hear by mail alone."""
    found = _found(session, facts)
    claim, purchase = found.claim, found.purchase
    part = found.order.number.rpartition("-")[2]
    path = f"/p/{purchase.number}/{purchase.key}/keluhan?pesanan={part}"
    new = True
    if purchase.account_id is not None:
        cause = f"claim:{claim.id}:{claim.state.value}:buyer"
        new = accounts.notify(session, purchase.account_id, cause, _news(found), path, at)
    if new and purchase.buyer_email:
        send_mail(
            purchase.buyer_email,
            _news(found),
            "claims/news",
            language=purchase.language,
            name=purchase.buyer_name,
            news=_news(found),
            shop=found.cooperative.name,
            words=claim.decision_words or claim.answer_words or "",
            link=absolute(path),
        )
