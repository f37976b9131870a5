"""Who is told of orders to suppliers: officers inside the site, suppliers by mail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts import service as accounts
from marketplace.cooperatives import queries as cooperatives
from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.access import Permission
from marketplace.kernel.text import Sentence, say
from marketplace.supply.models import PurchaseOrder, SentBy
from marketplace.web.jobs import Jobs
from marketplace.web.mail import absolute, send_mail


def listen(jobs: Jobs) -> None:
    """Hear of everything that somebody is told about an order to a supplier."""
    jobs.listen("supply.po_approved", tell_approved)
    jobs.listen("supply.po_sent", mail_order)
    jobs.listen("supply.po_confirmed", tell_answer)
    jobs.listen("supply.po_decided", mail_decision)
    jobs.listen("supply.po_cancelled", mail_cancelled)


def tell_approved(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell who made an order that it may go to the supplier."""
    order = _order(session, facts)
    if order.approved_by != order.created_by:
        text = say("Pesanan %(number)s disetujui. Kirim ke pemasok.", number=order.number)
        _tell(session, order, [order.created_by], "approved", text, at)


def tell_answer(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell officers what the supplier answered; each answer once."""
    order = _order(session, facts)
    if order.confirmed_at is None:
        return
    said = {"supplier": order.supplier, "number": order.number}
    text = (
        say("%(supplier)s mengubah pesanan %(number)s. Setujui atau tolak.", **said)
        if order.differs
        else say("%(supplier)s menerima pesanan %(number)s.", **said)
    )
    officers = cooperatives.holders_of(session, order.cooperative_id, Permission.BUY_SUPPLIES)
    _tell(session, order, officers, f"answer:{order.confirmed_at.isoformat()}", text, at)


def _tell(
    session: Session,
    order: PurchaseOrder,
    people: list[UUID],
    what: str,
    text: Sentence,
    at: datetime,
) -> None:
    slug = session.get_one(Cooperative, order.cooperative_id).slug
    url = f"/k/{slug}/kelola/kulakan/pesanan/{order.number}"
    for account_id in people:
        accounts.notify(session, account_id, f"purchase_order:{order.id}:{what}", text, url, at)


def mail_order(session: Session, facts: Mapping[str, Any], _at: datetime) -> None:
    """Send an order to the supplier, with the link to its document and for the answer."""
    if facts["way"] == SentBy.MAIL.value:
        _mail(session, facts, say("Pesanan %(number)s", number=facts["number"]))


def mail_decision(session: Session, facts: Mapping[str, Any], _at: datetime) -> None:
    """Tell a supplier that was asked by mail what officers say to the changes."""
    agreed = _order(session, facts).agreed
    if facts["way"] == SentBy.MAIL.value and agreed is not None:
        number = facts["number"]
        _mail(
            session,
            facts,
            say("Perubahan pesanan %(number)s diterima", number=number)
            if agreed
            else say("Perubahan pesanan %(number)s belum diterima", number=number),
        )


def mail_cancelled(session: Session, facts: Mapping[str, Any], _at: datetime) -> None:
    """Tell a supplier that was asked by mail not to bring anything."""
    if facts["way"] == SentBy.MAIL.value:
        _mail(session, facts, say("Pesanan %(number)s dibatalkan", number=facts["number"]))


def _mail(session: Session, facts: Mapping[str, Any], news: Sentence) -> None:
    order = _order(session, facts)
    if not order.email:
        return
    shop = session.get_one(Cooperative, order.cooperative_id)
    link = absolute(f"/k/{shop.slug}/pemasok/{order.key}")
    send_mail(
        order.email,
        say("%(shop)s: %(news)s", shop=shop.name, news=news),
        "supply/order",
        news=news,
        order=order,
        shop=shop,
        link=link,
    )


def _order(session: Session, facts: Mapping[str, Any]) -> PurchaseOrder:
    return session.get_one(PurchaseOrder, (facts["cooperative"], UUID(facts["order"])))
