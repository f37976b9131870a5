"""A buyer's proof of a transfer: the clock stops until an officer has looked."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.files import service as files
from marketplace.files.pictures import Whole
from marketplace.files.store import FileStore
from marketplace.kernel.text import say
from marketplace.orders import queries
from marketplace.orders.models import Order
from marketplace.orders.queries.proofs import left_lying
from marketplace.orders.rules import OrderState
from marketplace.orders.service.moving import facts_of, intent_to_pay, line_ids, locked_order
from marketplace.outbox import service as outbox
from marketplace.payments.rules.proofs import REVIEW_TIME, NoProofWanted
from marketplace.payments.service import proofs
from marketplace.stock import service as stock

PROOF = "payment proof"


def send_proof(
    session: Session,
    store: FileStore,
    order: Order,
    picture: Whole,
    *,
    actor_id: UUID | None,
    at: datetime,
) -> Order:
    """Take a picture of a transfer in; the order waits for an officer, 48 hours at most.

    Raises NoProofWanted when the order waits for no money any more.
    """
    locked = locked_order(session, order)
    if queries.standing_of(locked, at=at) is not OrderState.AWAITING_PAYMENT:
        raise NoProofWanted(say("Bukti hanya bisa dikirim selama pesanan menunggu uang."))
    file = files.keep_whole(
        session, store, locked.cooperative_id, picture, kind=PROOF, actor_id=actor_id, at=at
    )
    pause = proofs.send(session, intent_to_pay(session, locked), file, at=at)
    _move_deadline(session, locked, pause)
    outbox.tell(session, "order.proof_sent", at=at, when=at.isoformat(), **facts_of(locked))
    return locked


def refuse_proof(session: Session, order: Order, *, by: UUID | None, at: datetime) -> Order:
    """Say in an officer's name that the money has not come; the buyer's clock goes on."""
    locked = locked_order(session, order)
    back = proofs.refuse(session, intent_to_pay(session, locked), by=by, at=at)
    _move_deadline(session, locked, -back)
    outbox.tell(session, "order.proof_refused", at=at, when=at.isoformat(), **facts_of(locked))
    return locked


def report_left_lying(session: Session, *, at: datetime) -> int:
    """Tell of every proof that nobody has looked at for 48 hours, each once; returns how many."""
    found = left_lying(session, sent_before=at - REVIEW_TIME, unreported=True)
    for sent in found:
        sent.proof.reported_at = at
        session.flush()
        outbox.tell(
            session,
            "order.proof_left_lying",
            at=at,
            cooperative=sent.order.cooperative_id,
            order=str(sent.order.id),
            proof=str(sent.proof.id),
        )
    return len(found)


def _move_deadline(session: Session, order: Order, by: timedelta) -> None:
    """Move the end of waiting, and the promise of the goods, with it."""
    if order.pay_by is None or not by:
        return
    order.pay_by += by
    stock.hold_until(session, order.cooperative_id, line_ids(order), order.pay_by)
    session.flush()
