"""Taking proofs in and refusing them; says for how long the clock stands still."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.files.models import StoredFile
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.payments import queries
from marketplace.payments.models import PaymentIntent, PaymentProof
from marketplace.payments.rules import PaymentState, step
from marketplace.payments.rules.proofs import (
    BY_PROOF,
    MOST_PROOFS,
    NoProofWanted,
    pause_left,
    pause_used,
)
from marketplace.payments.service.money import locked


def send(session: Session, intent: PaymentIntent, file: StoredFile, *, at: datetime) -> timedelta:
    """Put an intent under review; gives by how much its deadlines move away.

    A further picture while one is looked at stops nothing more. Raises NoProofWanted.
    """
    mine = locked(session, intent)
    before = queries.proofs_of(session, mine)
    if mine.method not in BY_PROOF:
        raise NoProofWanted(say("Pesanan ini tidak dibayar dengan transfer."))
    if len(before) >= MOST_PROOFS:
        raise NoProofWanted(
            say("Paling banyak %(most)s bukti. Hubungi koperasi.", most=MOST_PROOFS)
        )
    pause = timedelta()
    if mine.state is not PaymentState.UNDER_REVIEW:
        mine.state = step(mine.state, PaymentState.UNDER_REVIEW)
        pause = pause_left(timedelta(seconds=each.paused_seconds) for each in before)
        _move_deadlines(session, mine, pause)
    session.add(
        PaymentProof(
            cooperative_id=mine.cooperative_id,
            intent_id=mine.id,
            file_id=file.id,
            sha256=file.sha256,
            paused_seconds=int(pause.total_seconds()),
            sent_at=at,
        )
    )
    session.flush()
    return pause


def refuse(session: Session, intent: PaymentIntent, *, by: UUID | None, at: datetime) -> timedelta:
    """Say that the money has not come; gives by how much the deadlines come nearer again.

    The buyer keeps all the time that was left when the picture was sent.
    """
    mine = locked(session, intent)
    if mine.state is not PaymentState.UNDER_REVIEW:
        raise NoProofWanted(say("Tidak ada bukti yang sedang diperiksa."))
    mine.state = step(
        mine.state, PaymentState.SHORT if mine.received > Rupiah(0) else PaymentState.WAITING
    )
    back = timedelta()
    for proof in queries.proofs_of(session, mine):
        if proof.refused_at is None:
            granted = timedelta(seconds=proof.paused_seconds)
            taken = pause_used(proof.sent_at, at, granted=granted)
            proof.paused_seconds = int(taken.total_seconds())
            proof.refused_at, proof.refused_by = at, by
            back += granted - timedelta(seconds=proof.paused_seconds)
    _move_deadlines(session, mine, -back)
    return back


def _move_deadlines(session: Session, intent: PaymentIntent, by: timedelta) -> None:
    """Move the deadline, and the time in which the amount names the order, with it."""
    if intent.expires_at is not None:
        intent.expires_at += by
    to = queries.transfer_of(session, intent)
    if to is not None:
        to.transfer.held_until += by
    session.flush()
