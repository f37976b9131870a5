"""Claims by program, on the cooperative's side and on the operator's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts.current import me
from marketplace.api import cursors
from marketplace.api.blueprint import operation
from marketplace.api.schemas.claims import (
    AnswerRequest,
    ClaimPageSchema,
    ClaimQuery,
    ClaimSchema,
    DecisionRequest,
)
from marketplace.claims import queries, service
from marketplace.claims.models import Claim
from marketplace.claims.queries import ClaimedOrder
from marketplace.claims.rules import Answer, ClaimState
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.web.clock import now
from marketplace.web.guards import operator, requires
from marketplace.web.transactions import reader

PATH = "/cooperatives/<slug>/claims"


@operation(
    method="GET",
    path=PATH,
    summary=say("Daftar keluhan pembeli"),
    guard=requires(Permission.SEE_BOARD),
    scope="orders",
    asks=ClaimQuery,
    gives=ClaimPageSchema,
)
def list_claims(asked: dict[str, Any], slug: str) -> dict[str, Any]:
    """List what buyers claimed of a cooperative, the newest first."""
    return _page(asked, here().id, ClaimState(asked["state"]) if asked["state"] else None)


@operation(
    method="GET",
    path="/operator/claims",
    summary=say("Daftar keluhan di semua koperasi"),
    guard=operator,
    scope="orders",
    asks=ClaimQuery,
    gives=ClaimPageSchema,
)
def list_escalated_claims(asked: dict[str, Any]) -> dict[str, Any]:
    """List the claims of all cooperatives in a state; those that wait for us unless told."""
    return _page(asked, None, ClaimState(asked["state"] or ClaimState.ESCALATED.value))


def _page(
    asked: dict[str, Any], cooperative_id: int | None, state: ClaimState | None
) -> dict[str, Any]:
    limit = asked["limit"]
    found = queries.claims_before(
        reader(),
        cursors.decode_id(asked["cursor"]) if asked["cursor"] else None,
        cooperative_id=cooperative_id,
        state=state,
        limit=limit + 1,
    )
    shown = found[:limit]
    return {
        "items": said(shown),
        "next_cursor": cursors.encode(to_text(shown[-1].claim.id)) if len(found) > limit else None,
    }


@operation(
    method="GET",
    path=f"{PATH}/<id:claim_id>",
    summary=say("Satu keluhan"),
    guard=requires(Permission.SEE_BOARD),
    scope="orders",
    gives=ClaimSchema,
)
def get_claim(slug: str, claim_id: UUID) -> dict[str, Any]:
    """Say how a claim stands."""
    return said([queries.claim(reader(), here().id, claim_id)])[0]


@operation(
    method="POST",
    path=f"{PATH}/<id:claim_id>/answer",
    summary=say("Jawab keluhan"),
    guard=requires(Permission.CONFIRM_PAYMENTS),
    scope="orders",
    takes=AnswerRequest,
    gives=ClaimSchema,
    once=True,
    codes=("wrong_step", "refund_too_much", "nothing_owed"),
)
def answer_claim(
    session: Session, body: dict[str, Any], slug: str, claim_id: UUID
) -> dict[str, Any]:
    """Answer the buyer in the cooperative's name."""
    found = queries.claim(session, here().id, claim_id)
    claim = service.answer(
        session,
        found.claim,
        Answer(body["answer"]),
        body["words"],
        amount=_amount(body),
        by=me().account_id,
        at=now(),
    )
    return after(session, claim)


@operation(
    method="POST",
    path="/operator/claims/<slug>/<id:claim_id>/decide",
    summary=say("Putuskan keluhan"),
    guard=operator,
    scope="orders",
    takes=DecisionRequest,
    gives=ClaimSchema,
    once=True,
    codes=("wrong_step", "refund_too_much", "nothing_owed", "account_closed"),
)
def decide_claim(
    session: Session, body: dict[str, Any], slug: str, claim_id: UUID
) -> dict[str, Any]:
    """Decide how much money goes back, if any; both sides are told."""
    found = queries.claim(session, here().id, claim_id)
    claim = service.decide(
        session, found.claim, _amount(body), body["words"], by=me().account_id, at=now()
    )
    return after(session, claim)


def _amount(body: dict[str, Any]) -> Rupiah | None:
    return Rupiah(body["amount"]) if body["amount"] else None


def after(session: Session, claim: Claim) -> dict[str, Any]:
    """Say a claim as it is after a change."""
    return said([queries.claim(session, claim.cooperative_id, claim.id)])[0]


def said(found: Sequence[ClaimedOrder]) -> list[dict[str, Any]]:
    """Say claims with the lines they are about."""
    return [_said(each) for each in found]


def _said(found: ClaimedOrder) -> dict[str, Any]:
    claim = found.claim
    lines = {line.id: line for line in found.order.lines}
    return {
        "id": claim.id,
        "cooperative": found.cooperative.slug,
        "order": found.order.number,
        "kind": claim.kind.value,
        "state": claim.state.value,
        "words": claim.words,
        "lines": [
            {
                "variant": lines[part.line_id].variant_id,
                "title": lines[part.line_id].title,
                "quantity": part.quantity,
            }
            for part in claim.lines
        ],
        "pictures": len(claim.pictures),
        "opened_at": claim.opened_at,
        "answer_by": claim.answer_by,
        "answer": claim.answer.value if claim.answer else None,
        "answer_words": claim.answer_words,
        "answered_at": claim.answered_at,
        "escalated_at": claim.escalated_at,
        "decision_words": claim.decision_words,
        "amount": claim.amount,
        "closed_at": claim.closed_at,
        "refund": claim.refund_id,
    }
