"""Reading pictures that buyers sent as proof."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.errors import NotFound
from marketplace.kernel.text import say
from marketplace.payments.models import PaymentIntent, PaymentProof


def proofs_of(session: Session, intent: PaymentIntent) -> Sequence[PaymentProof]:
    """List the pictures sent for an intent, oldest first."""
    return session.scalars(
        select(PaymentProof)
        .where(
            PaymentProof.cooperative_id == intent.cooperative_id,
            PaymentProof.intent_id == intent.id,
        )
        .order_by(PaymentProof.id)
    ).all()


def used_before(
    session: Session, proofs: Sequence[PaymentProof], intent: PaymentIntent
) -> dict[UUID, set[UUID]]:
    """Say by picture for which other intents the very same file was sent."""
    if not proofs:
        return {}
    rows = session.execute(
        select(PaymentProof.sha256, PaymentProof.intent_id).where(
            PaymentProof.cooperative_id == intent.cooperative_id,
            PaymentProof.sha256.in_({proof.sha256 for proof in proofs}),
            PaymentProof.intent_id != intent.id,
        )
    )
    others: dict[str, set[UUID]] = {}
    for sha256, intent_id in rows:
        others.setdefault(sha256, set()).add(intent_id)
    return {proof.id: others[proof.sha256] for proof in proofs if proof.sha256 in others}


def proof(session: Session, intent: PaymentIntent, proof_id: UUID) -> PaymentProof:
    """Fetch one picture that was sent for this intent."""
    found = session.get(PaymentProof, (intent.cooperative_id, proof_id))
    if found is None or found.intent_id != intent.id:
        raise NotFound(say("Bukti ini tidak ada."))
    return found
