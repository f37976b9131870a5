"""Cash that couriers collected at doors: theirs to bring until the treasurer has taken it.

Source: worked journal JRN-11, with the drawer replaced by a debt of the courier.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.delivery import queries
from marketplace.delivery.models import CashHandIn, Courier
from marketplace.delivery.rules import may_hand_in
from marketplace.delivery.service.shipments import locked_courier
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import MemberAccount, Move, Place, Posting, Purpose, Unit

CASH_HAND_IN = "cash_hand_in"


class HandInKeyReused(RuleBroken):
    """The same key came with another sum or courier."""

    code = "key_reused"


def cash_place(courier: Courier) -> Place:
    """Name the account of what a courier owes; each member has a part of their own."""
    if courier.member_id is None:
        return Purpose.COD_RECEIVABLE
    return MemberAccount(Purpose.COD_RECEIVABLE, courier.member_id)


def hand_in(
    session: Session,
    cooperative_id: int,
    courier_id: UUID,
    amount: Rupiah,
    *,
    key: str,
    by: UUID | None,
    at: datetime,
) -> CashHandIn:
    """Take cash from a courier, all of it or a part; the same key takes it once.

    Raises TooMuchHandedIn, HandInKeyReused, Invalid, NotFound.
    """
    courier = locked_courier(session, cooperative_id, courier_id)
    known = queries.hand_in_by_key(session, cooperative_id, key)
    if known is not None:
        if (known.courier_id, known.amount) != (courier.id, amount):
            raise HandInKeyReused(say("Formulir ini sudah dipakai untuk setoran lain."))
        return known
    hand_in_ = CashHandIn(
        cooperative_id=cooperative_id,
        courier_id=courier.id,
        key=key,
        amount=may_hand_in(queries.open_cash(session, courier), amount),
        taken_by=by,
        at=at,
    )
    session.add(hand_in_)
    session.flush()
    ledger.post(
        session,
        cooperative_id,
        Unit.SHOP,
        Posting(
            key=f"cash_hand_in:{hand_in_.id}",
            memo=f"Setor uang antar {courier.name}",
            moves=(Move(Purpose.CASH, cash_place(courier), amount),),
            dated=local_day(at),
            source_type=CASH_HAND_IN,
            source_id=hand_in_.id,
            created_by=by,
        ),
        at=at,
    )
    return hand_in_
