"""Claims: opened by the buyer, answered by the cooperative, agreed to or decided.

The order is locked first, as by everything that moves its money.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.claims import queries
from marketplace.claims.models import Claim, ClaimLine, ClaimPicture
from marketplace.claims.rules import (
    LONGEST_WORDS,
    MOST_PICTURES,
    REMIND_BEFORE,
    WITH_MONEY,
    Answer,
    ClaimKind,
    ClaimOpen,
    ClaimState,
    TooLateToClaim,
    WrongClaimStep,
    answer_until,
    claim_days,
    claim_step,
    claim_until,
    may_escalate,
)
from marketplace.files.models import StoredFile
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.orders import service as orders
from marketplace.orders.models import Order, Refund
from marketplace.orders.queries import refunds
from marketplace.orders.rules import RefundKind, RefundState, share_back
from marketplace.orders.service.moving import facts_of, locked_order
from marketplace.outbox import service as outbox


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a buyer says; without pieces it is about the whole order."""

    kind: ClaimKind
    words: str
    pieces: Mapping[UUID, int] = field(default_factory=dict)


def open_claim(
    session: Session,
    order: Order,
    complaint: Complaint,
    pictures: Sequence[StoredFile] = (),
    *,
    at: datetime,
) -> Claim:
    """Open a claim in the buyer's name; the cooperative's clock starts.

    Raises TooLateToClaim, ClaimOpen, TooMuchBack, Invalid.
    """
    locked = locked_order(session, order)
    _check_words(complaint.words)
    since = queries.handed_over_at(session, locked)
    if since is None or at >= claim_until(since):
        raise TooLateToClaim(
            say(
                "Keluhan bisa dikirim setelah barang diserahkan,"
                " paling lambat %(days)s hari kerja.",
                days=claim_days(local_day(at)),
            )
        )
    if queries.is_open(session, locked):
        raise ClaimOpen(say("Keluhan untuk pesanan ini sedang berjalan."))
    if len(pictures) > MOST_PICTURES:
        raise Invalid(say("Paling banyak %(most)s foto.", most=MOST_PICTURES))
    share_back(refunds.sold_lines(session, locked), complaint.pieces, None)
    claim = Claim(
        cooperative_id=locked.cooperative_id,
        order_id=locked.id,
        kind=complaint.kind,
        state=ClaimState.OPENED,
        words=complaint.words.strip(),
        opened_at=at,
        answer_by=answer_until(at),
        lines=[
            ClaimLine(cooperative_id=locked.cooperative_id, line_id=line_id, quantity=quantity)
            for line_id, quantity in complaint.pieces.items()
        ],
        pictures=[
            ClaimPicture(cooperative_id=locked.cooperative_id, file_id=file.id) for file in pictures
        ],
    )
    session.add(claim)
    session.flush()
    _tell(session, "claim.opened", locked, claim, at)
    return claim


def _check_words(words: str) -> None:
    if not 1 <= len(words.strip()) <= LONGEST_WORDS:
        wrong = say("Tulis ceritanya, paling panjang %(most)s huruf.", most=LONGEST_WORDS)
        raise Invalid(wrong, fields={"words": wrong})


def answer(
    session: Session,
    claim: Claim,
    wanted: Answer,
    words: str,
    *,
    amount: Rupiah | None = None,
    by: UUID,
    at: datetime,
) -> Claim:
    """Answer in the cooperative's name; a part of the money needs an amount.

    Raises WrongClaimStep, TooMuchBack, Invalid.
    """
    order, mine = _locked(session, claim)
    state = claim_step(mine.state, ClaimState.ANSWERED)
    _check_words(words)
    if wanted is Answer.PART and not amount:
        wrong = say("Isi berapa yang dikembalikan.")
        raise Invalid(wrong, fields={"amount": wrong})
    if wanted in WITH_MONEY:
        mine.amount = _offered(session, order, mine, amount if wanted is Answer.PART else None)
    mine.state, mine.answer, mine.answer_words = state, wanted, words.strip()
    mine.answered_by, mine.answered_at = by, at
    session.flush()
    _tell(session, "claim.answered", order, mine, at)
    return mine


def _offered(session: Session, order: Order, claim: Claim, amount: Rupiah | None) -> Rupiah:
    """Say how much money is meant, and that it can be given."""
    parts = share_back(refunds.sold_lines(session, order), _pieces(claim, amount), amount)
    return Rupiah.total(part.amount for part in parts)


def _pieces(claim: Claim, amount: Rupiah | None) -> dict[UUID, int]:
    """Name the pieces that go back: an amount alone takes no piece."""
    return {} if amount else {line.line_id: line.quantity for line in claim.lines}


def accept(session: Session, claim: Claim, *, at: datetime) -> Claim:
    """Agree to the answer in the buyer's name; money that was offered becomes a refund."""
    order, mine = _locked(session, claim)
    if mine.state is ClaimState.AGREED:
        return mine
    mine.state = claim_step(mine.state, ClaimState.AGREED)
    mine.closed_at = at
    session.flush()
    if mine.answer in WITH_MONEY:
        whole = mine.answer is Answer.FULL
        _give(session, order, mine, None if whole else mine.amount, mine.answered_by, at)
    _tell(session, "claim.closed", order, mine, at)
    return mine


def _give(
    session: Session,
    order: Order,
    claim: Claim,
    amount: Rupiah | None,
    by: UUID | None,
    at: datetime,
) -> Refund:
    refund = orders.request_refund(
        session,
        order,
        orders.RefundRequest(
            f"Keluhan: {claim.words}"[:300],
            amount,
            _pieces(claim, amount),
            kind=RefundKind.RETURN,
        ),
        key=f"claim:{claim.id}",
        by=by,
        at=at,
    )
    claim.refund_id = refund.id
    session.flush()
    return refund


def escalate(session: Session, claim: Claim, *, at: datetime) -> Claim:
    """Ask the operator in the buyer's name. Raises WrongClaimStep."""
    order, mine = _locked(session, claim)
    if mine.state is ClaimState.ESCALATED:
        return mine
    claim_step(mine.state, ClaimState.ESCALATED)
    if not may_escalate(mine.state, answer_by=mine.answer_by, at=at):
        raise WrongClaimStep(say("Koperasi masih punya waktu untuk menjawab."))
    _raise(session, order, mine, at)
    return mine


def tend(session: Session, *, at: datetime) -> int:
    """Keep the clock of all claims: remind a day before, and go on to the operator after it.

    Returns how many claims somebody is told of; a second run at the same time tells nothing.
    """
    done = 0
    for late in queries.unanswered(session, answer_by=at):
        order, mine = _locked(session, late)
        if mine.state is ClaimState.OPENED:  # nobody has answered meanwhile
            _raise(session, order, mine, at)
            done += 1
    for near in queries.to_remind(session, answer_by=at + REMIND_BEFORE):
        order, mine = _locked(session, near)
        if mine.state is ClaimState.OPENED and mine.reminded_at is None:
            mine.reminded_at = at
            session.flush()
            _tell(session, "claim.reminder", order, mine, at)
            done += 1
    return done


def _raise(session: Session, order: Order, claim: Claim, at: datetime) -> None:
    claim.state, claim.escalated_at = claim_step(claim.state, ClaimState.ESCALATED), at
    session.flush()
    _tell(session, "claim.escalated", order, claim, at)


def decide(
    session: Session,
    claim: Claim,
    amount: Rupiah | None,
    words: str,
    *,
    by: UUID,
    at: datetime,
) -> Claim:
    """Decide in the operator's name: so much money goes back, or none.

    The decision is the second person's word. Raises WrongClaimStep, TooMuchBack, Invalid.
    """
    order, mine = _locked(session, claim)
    state = claim_step(mine.state, ClaimState.DECIDED)
    _check_words(words)
    mine.state, mine.amount = state, amount or None
    mine.decision_words, mine.decided_by, mine.closed_at = words.strip(), by, at
    session.flush()
    if amount:
        refund = _give(session, order, mine, amount, None, at)
        if refund.state is RefundState.REQUESTED:
            orders.approve_refund(session, refund, by=by, at=at)
    _tell(session, "claim.closed", order, mine, at)
    return mine


def _locked(session: Session, claim: Claim) -> tuple[Order, Claim]:
    order = session.get_one(Order, (claim.cooperative_id, claim.order_id))
    locked = locked_order(session, order)
    mine = session.scalars(
        select(Claim)
        .where(Claim.cooperative_id == claim.cooperative_id, Claim.id == claim.id)
        .options(selectinload(Claim.lines))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    return locked, mine


def _tell(session: Session, what: str, order: Order, claim: Claim, at: datetime) -> None:
    outbox.tell(session, what, at=at, claim=str(claim.id), **facts_of(order))
