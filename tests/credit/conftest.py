"""A member whose cooperative lets her take goods on account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.cooperatives.models import Cooperative
from marketplace.credit import queries, service
from marketplace.credit.models import CreditBill
from marketplace.kernel.access import Role
from marketplace.kernel.calendar import local_day
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.ledger import service as ledger
from marketplace.ledger.queries import parts_for
from marketplace.ledger.rules import MemberAccount, Move, Posting, Purpose, Unit
from marketplace.members.models import Member
from tests.makers import SATURDAY, make_account, make_cooperative, make_member, make_officer

HAND_OVER, REQUEST = "test_hand_over", "test_request"
TODAY = local_day(SATURDAY)


@pytest.fixture
def velodrome(session: Session) -> Cooperative:
    return make_cooperative(session, "Velodrome Rukun Jaya", member_count=1)


@pytest.fixture
def sri(session: Session) -> Account:
    return make_account(session, "Bu Sri")


@pytest.fixture
def member(session: Session, velodrome: Cooperative, sri: Account) -> Member:
    return make_member(session, velodrome, "Bu Sri", account=sri)


@pytest.fixture
def treasurer(session: Session, velodrome: Cooperative) -> Account:
    return make_officer(session, velodrome, Role.TREASURER, "Bu Wati")


@pytest.fixture
def limited(session, member, treasurer) -> Callable[..., None]:
    """The treasurer decides how much Bu Sri may take."""

    def limit(amount: int, due_days: int = 14) -> None:
        service.set_limit(
            session, member, Rupiah(amount), due_days=due_days, by=treasurer.id, at=SATURDAY
        )

    return limit


@pytest.fixture
def sold(session, member, treasurer) -> Callable[..., CreditBill]:
    """Bu Sri gets goods on account, and the sale is in the books as its seller posts it."""

    def sell(amount: int, *, source: UUID | None = None, at=SATURDAY, **more) -> CreditBill:
        return sell_to(session, member, amount, source or new_id(), treasurer.id, at, **more)

    return sell


def sell_to(session, member, amount, source, by, at=SATURDAY, **more) -> CreditBill:
    """Charge goods to a member and post their sale."""
    bill = service.charge(
        session, member, HAND_OVER, source, Rupiah(amount), memo="Minyak goreng 5 L", by=by, at=at,
        **more,
    )  # fmt: skip
    move = Move(service.receivable(member.id), Purpose.MEMBER_SALES, Rupiah(amount))
    posting = Posting(
        f"{HAND_OVER}:{bill.id}", "Kulakan diambil", (move,), local_day(at), HAND_OVER, source, by
    )
    ledger.post(session, member.cooperative_id, Unit.SHOP, posting, at=at)
    return bill


def save(session, member: Member, amount: int) -> None:
    """Leave money with the cooperative."""
    theirs = MemberAccount(Purpose.MEMBER_BALANCE, member.id)
    posting = Posting(
        f"titipan:{new_id()}", "Saldo awal titipan", (Move(Purpose.CASH, theirs, Rupiah(amount)),),
        local_day(SATURDAY), "manual",
    )  # fmt: skip
    ledger.post(session, member.cooperative_id, Unit.SHOP, posting, at=SATURDAY)


def in_the_books(session, member: Member, purpose: Purpose = Purpose.GOODS_ON_ACCOUNT) -> int:
    """Say what a member's part of an account is: negative is what the member owes."""
    session.expire_all()
    part = parts_for(session, purpose, [member.id]).get((member.cooperative_id, member.id))
    return part.balance.amount if part else 0


def figures(session, member: Member, today: date = TODAY) -> tuple[int, int, int, int]:
    """Give limit, debt, holds and room of a member."""
    found = queries.standing(session, member.cooperative_id, member.id, today=today)
    return tuple(each.amount for each in (found.limit, found.owed, found.held, found.free))
