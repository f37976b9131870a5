"""Members are told inside the site of a new bon, of its day, and of what they paid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts import service as accounts
from marketplace.cooperatives.models import Cooperative
from marketplace.credit import queries
from marketplace.credit.models import CreditBill
from marketplace.credit.rules import LATE_DAYS_LOOKED_BACK, REMINDED_DAYS_BEFORE
from marketplace.credit.service import CHARGED, PAID
from marketplace.kernel.calendar import in_words, local_day
from marketplace.kernel.text import Sentence, say
from marketplace.members import queries as members
from marketplace.web.clock import now
from marketplace.web.jobs import Jobs
from marketplace.web.transactions import transaction


def listen(jobs: Jobs) -> None:
    """Hear of bons and payments, and look every night for those that are due."""
    jobs.listen(CHARGED, tell_charged)
    jobs.listen(PAID, tell_paid)
    jobs.every_night(remind_of_bons)


def tell_charged(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell the member what was put on account and by when it is to be paid."""
    bill = queries.bill(session, facts["cooperative"], UUID(facts["bill"]))
    if bill.undone_at is not None:
        return
    shop = session.get_one(Cooperative, bill.cooperative_id)
    text = say(
        "%(shop)s mencatat bon %(amount)s untuk %(memo)s. Bayar paling lambat %(day)s.",
        shop=shop.name,
        amount=bill.amount,
        memo=bill.memo,
        day=in_words(bill.due_on),
    )
    _tell(session, shop, bill.member_id, f"bon:{bill.id}:charged", text, at)


def tell_paid(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell the member what was paid and what is still open."""
    payment = queries.payment(session, facts["cooperative"], UUID(facts["payment"]))
    shop = session.get_one(Cooperative, payment.cooperative_id)
    left = queries.use_of(session, shop.id, payment.member_id).owed
    text = say(
        "Pembayaran bonmu %(amount)s di %(shop)s sudah dicatat. Sisa bonmu %(left)s.",
        amount=payment.amount,
        shop=shop.name,
        left=left,
    )
    _tell(session, shop, payment.member_id, f"bon:{payment.id}:paid", text, at)


def remind_of_bons() -> None:
    """Remind of the bons of all cooperatives that are due soon or late."""
    with transaction() as session:
        remind(session, at=now())


def remind(session: Session, *, at: datetime) -> None:
    """Remind once of each bon two days before its day, and once when that day is over."""
    today = local_day(at)
    shops: dict[int, Cooperative] = {}
    first = today - timedelta(days=LATE_DAYS_LOOKED_BACK)
    last = today + timedelta(days=REMINDED_DAYS_BEFORE)
    for bill in queries.due_between(session, first, last):
        shop = shops.setdefault(
            bill.cooperative_id, session.get_one(Cooperative, bill.cooperative_id)
        )
        is_late = bill.due_on < today
        cause = f"bon:{bill.id}:{'late' if is_late else 'due'}"
        _tell(session, shop, bill.member_id, cause, _reminder(shop, bill, is_late=is_late), at)


def _reminder(shop: Cooperative, bill: CreditBill, *, is_late: bool) -> Sentence:
    facts = {"amount": bill.left, "shop": shop.name, "day": in_words(bill.due_on)}
    if is_late:
        return say("Bonmu %(amount)s di %(shop)s sudah lewat jatuh tempo %(day)s.", **facts)
    return say("Bonmu %(amount)s di %(shop)s jatuh tempo %(day)s.", **facts)


def _tell(
    session: Session,
    shop: Cooperative,
    member_id: UUID,
    cause: str,
    text: Sentence,
    at: datetime,
) -> None:
    account_id = members.member(session, shop.id, member_id).account_id
    if account_id is not None:
        accounts.notify(session, account_id, cause, text, f"/akun/bon/{shop.slug}", at)
