"""Paying a balance out in cash or by transfer. The money is held from the first word on.

The books are taken first, as everybody does who moves money, then the row.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.balances import queries
from marketplace.balances.models import Withdrawal
from marketplace.balances.rules import WITHDRAWAL, WithdrawalState, step
from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import MemberAccount, Move, Posting, Purpose, Unit
from marketplace.members import queries as members
from marketplace.orders.rules import ProofMissing, SecondOfficer, needs_second
from marketplace.outbox import service as outbox
from marketplace.payouts.rules import PURSES, PaidBy

LONGEST_REFERENCE = 100
PAID_OUT = "balance.paid_out"


class WithdrawalKeyReused(RuleBroken):
    """The same key came with another paying-out."""

    code = "key_reused"


def ask(
    session: Session,
    cooperative: Cooperative,
    member_id: UUID,
    amount: Rupiah,
    *,
    key: str,
    by: UUID,
    at: datetime,
) -> Withdrawal:
    """Ask for a balance to be paid out; up to the limit of refunds that is agreed to at once.

    What a member got that day counts along, and nobody pays themselves alone. The same key
    asks once. Raises Invalid, NotFound, BalanceTooSmall, WithdrawalKeyReused.
    """
    ledger.take_book(session, cooperative.id, Unit.SHOP, at=at)
    known = queries.by_key(session, cooperative.id, key)
    if known is not None:
        if (known.member_id, known.amount) != (member_id, amount):
            raise WithdrawalKeyReused(say("Formulir ini sudah dipakai untuk pencairan lain."))
        return known
    member = members.member(session, cooperative.id, member_id)
    if amount <= Rupiah(0):
        wrong = say("Jumlahnya harus lebih dari Rp 0.")
        raise Invalid(wrong, fields={"amount": wrong})
    that_day = queries.asked_on(session, cooperative.id, member_id, local_day(at))
    id_ = new_id()
    held = ledger.hold(
        session,
        cooperative.id,
        Unit.SHOP,
        MemberAccount(Purpose.MEMBER_BALANCE, member_id),
        amount,
        key=f"{WITHDRAWAL}:{id_}",
        expires_at=None,
        at=at,
    )
    two = needs_second(cooperative.refund_limit, that_day, amount) or member.account_id == by
    withdrawal = Withdrawal(
        cooperative_id=cooperative.id,
        id=id_,
        member_id=member_id,
        hold_id=held.id,
        key=key,
        state=WithdrawalState.REQUESTED if two else WithdrawalState.APPROVED,
        amount=amount,
        two_people=two,
        requested_by=by,
        requested_at=at,
        decided_by=None if two else by,
        decided_at=None if two else at,
    )
    session.add(withdrawal)
    session.flush()
    return withdrawal


def approve(session: Session, withdrawal: Withdrawal, *, by: UUID, at: datetime) -> Withdrawal:
    """Agree to what another officer asked for; agreeing again changes nothing.

    Raises SecondOfficer, WrongWithdrawalStep.
    """
    mine = _locked(session, withdrawal, at)
    if mine.state in (WithdrawalState.APPROVED, WithdrawalState.PAID):
        return mine
    state = step(mine.state, WithdrawalState.APPROVED)
    if mine.two_people and by == mine.requested_by:
        raise SecondOfficer(
            say("Pencairan ini perlu disetujui pengurus lain, bukan yang mengusulkan.")
        )
    mine.state, mine.decided_by, mine.decided_at = state, by, at
    session.flush()
    return mine


def pay(
    session: Session,
    withdrawal: Withdrawal,
    way: PaidBy,
    *,
    reference: str | None,
    by: UUID,
    at: datetime,
) -> Withdrawal:
    """Say that the member has the money, and book it; twice is once.

    The member is told of it. Raises ProofMissing, WrongWithdrawalStep.
    """
    mine = _locked(session, withdrawal, at)
    if mine.state is WithdrawalState.PAID:
        return mine
    state = step(mine.state, WithdrawalState.PAID)
    proof = (reference or "").strip()[:LONGEST_REFERENCE] or None
    if way is PaidBy.TRANSFER and proof is None:
        wrong = say("Tulis nomor referensi transfernya.")
        raise ProofMissing(wrong, fields={"reference": wrong})
    held = ledger.hold_by_id(session, mine.cooperative_id, mine.hold_id)
    account = MemberAccount(Purpose.MEMBER_BALANCE, mine.member_id)
    posting = Posting(
        key=f"{WITHDRAWAL}:{mine.id}",
        memo="Titipan dicairkan",
        moves=(Move(account, PURSES[way], mine.amount),),
        dated=local_day(at),
        source_type=WITHDRAWAL,
        source_id=mine.id,
        created_by=by,
        approved_by=mine.decided_by if mine.decided_by != by else None,
    )
    ledger.post_hold(session, held, Unit.SHOP, posting, at=at)
    mine.state, mine.way, mine.reference, mine.paid_by, mine.paid_at = state, way, proof, by, at
    session.flush()
    shop, name = mine.cooperative_id, str(mine.id)
    outbox.tell(session, PAID_OUT, at=at, cooperative=shop, withdrawal=name)
    return mine


def cancel(session: Session, withdrawal: Withdrawal, *, by: UUID, at: datetime) -> Withdrawal:
    """Give a paying-out up; its money is free again. Doing so again changes nothing."""
    mine = _locked(session, withdrawal, at)
    if mine.state is WithdrawalState.CANCELLED:
        return mine
    was_asked = mine.state is WithdrawalState.REQUESTED
    mine.state = step(mine.state, WithdrawalState.CANCELLED)
    if was_asked:
        mine.two_people = mine.two_people and by != mine.requested_by  # taken back alone
        mine.decided_by, mine.decided_at = by, at
    held = ledger.hold_by_id(session, mine.cooperative_id, mine.hold_id)
    ledger.void_hold(session, held, Unit.SHOP, at=at)
    session.flush()
    return mine


def _locked(session: Session, withdrawal: Withdrawal, at: datetime) -> Withdrawal:
    ledger.take_book(session, withdrawal.cooperative_id, Unit.SHOP, at=at)
    return session.scalars(
        select(Withdrawal)
        .where(
            Withdrawal.cooperative_id == withdrawal.cooperative_id,
            Withdrawal.id == withdrawal.id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
