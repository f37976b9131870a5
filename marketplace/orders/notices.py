"""Who is told of orders, in the site and by mail, when the outbox tells of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.accounts import queries as people
from marketplace.accounts import service as accounts
from marketplace.cooperatives import queries as cooperatives
from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.access import Permission
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import Sentence, say
from marketplace.members.models import Member
from marketplace.orders.models import Order, Purchase, Refund
from marketplace.orders.rules import OrderState
from marketplace.web.jobs import Jobs
from marketplace.web.mail import absolute, send_mail

# What a buyer hears of; steps inside the kitchen are only on the tracking page.
NEWS: dict[OrderState, Sentence] = {
    OrderState.READY_FOR_PICKUP: say("Siap diambil"),
    OrderState.SHIPPED: say("Sedang diantar"),
    OrderState.CANCELLED: say("Pesanan dibatalkan"),
    OrderState.EXPIRED: say("Waktu bayar sudah lewat"),
}


def listen(jobs: Jobs) -> None:
    """Hear of everything that somebody is told about an order."""
    jobs.listen("order.placed", tell_cooperatives)
    jobs.listen("order.placed", mail_receipt)
    jobs.listen("order.paid", tell_paid)
    jobs.listen("order.moved", tell_buyer)
    jobs.listen("order.refund_due", tell_refund)
    jobs.listen("order.reduced", tell_reduced)
    jobs.listen("order.refund_asked", tell_asked)
    jobs.listen("order.refunded", tell_refunded)
    jobs.listen("order.proof_sent", tell_proof)
    jobs.listen("order.proof_left_lying", tell_left_lying)
    jobs.listen("order.proof_refused", tell_refused)
    jobs.listen("order.gateway_fact", tell_gateway_fact)


def tell_cooperatives(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell officers of a new order, and makers what they are to prepare."""
    for order in _orders(session, facts["orders"]):
        cooperative = session.get_one(Cooperative, order.cooperative_id)
        url = f"/k/{cooperative.slug}/kelola/pesanan/{order.number}"
        officers = cooperatives.holders_of(session, cooperative.id, Permission.SEE_BOARD)
        text = say("Pesanan baru %(code)s, %(total)s.", code=order.pickup_code, total=order.total)
        _notify(session, officers, f"order:{order.id}:new", text, url, at)
        for account_id, what in _makers(session, order).items():
            if account_id not in officers:
                told = say("Siapkan %(what)s untuk %(code)s.", what=what, code=order.pickup_code)
                _notify(session, [account_id], f"order:{order.id}:make", told, "/akun", at)


def _makers(session: Session, order: Order) -> dict[UUID, str]:
    """Say which makers with an account have to prepare what."""
    rows = session.execute(
        select(Member.id, Member.account_id).where(
            Member.cooperative_id == order.cooperative_id,
            Member.id.in_([line.maker_id for line in order.lines if line.maker_id]),
            Member.account_id.is_not(None),
        )
    )
    accounts_of = {member_id: account_id for member_id, account_id in rows}  # noqa: C416
    found: dict[UUID, list[str]] = {}
    for line in order.lines:
        account_id = accounts_of.get(line.maker_id) if line.maker_id else None
        if account_id is not None:
            found.setdefault(account_id, []).append(f"{line.quantity} {line.title}")
    return {account_id: ", ".join(parts) for account_id, parts in found.items()}


def tell_paid(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell a signed-in buyer that the money was seen."""
    order = _order(session, facts)
    text = say("Uang untuk %(code)s sudah diterima.", code=order.pickup_code)
    _tell(session, order, "paid", text, at)


def tell_buyer(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell the buyer what matters to them: ready, cancelled, expired."""
    news = NEWS.get(OrderState(facts["state"]))
    if news is None or facts.get("undone"):
        return
    order = _order(session, facts)
    text = say("%(news)s: %(code)s.", news=news, code=order.pickup_code)
    if _tell(session, order, facts["state"], text, at):
        _mail(session, order.purchase, [order], news)


def tell_refund(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell officers that money is owed back."""
    order = _order(session, facts)
    cooperative = session.get_one(Cooperative, order.cooperative_id)
    officers = cooperatives.holders_of(session, cooperative.id, Permission.CONFIRM_PAYMENTS)
    text = say(
        "Kembalikan %(amount)s untuk %(code)s.", amount=order.refund_due, code=order.pickup_code
    )
    url = f"/k/{cooperative.slug}/kelola/pesanan/{order.number}"
    _notify(session, officers, f"order:{order.id}:refund:{order.refund_due.amount}", text, url, at)


def tell_reduced(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell the buyer that the cooperative cannot give everything, and why."""
    order = _order(session, facts)
    text = say(
        "%(code)s dikurangi %(pieces)s barang, %(amount)s: %(reason)s",
        code=order.pickup_code,
        pieces=facts["pieces"],
        amount=Rupiah(facts["amount"]),
        reason=facts["reason"],
    )
    if _tell(session, order, f"cut:{facts['cut']}", text, at):
        _mail(session, order.purchase, [order], say("Pesanan dikurangi"))


def tell_asked(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell the other officers that a refund needs one of them."""
    order = _order(session, facts)
    refund = session.get_one(Refund, (order.cooperative_id, UUID(facts["refund"])))
    cooperative = session.get_one(Cooperative, order.cooperative_id)
    officers = cooperatives.holders_of(session, cooperative.id, Permission.CONFIRM_PAYMENTS)
    others = [account_id for account_id in officers if account_id != refund.requested_by]
    text = say(
        "Setujui pengembalian %(amount)s untuk %(code)s.",
        amount=refund.amount,
        code=order.pickup_code,
    )
    url = f"/k/{cooperative.slug}/kelola/pengembalian/{to_text(refund.id)}"
    _notify(session, others, f"refund:{refund.id}:asked", text, url, at)


def tell_refunded(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell the buyer that the money has gone back."""
    order = _order(session, facts)
    refund = session.get_one(Refund, (order.cooperative_id, UUID(facts["refund"])))
    text = say(
        "Koperasi mengembalikan %(amount)s untuk %(code)s.",
        amount=refund.amount,
        code=order.pickup_code,
    )
    if _tell(session, order, f"refund:{refund.id}", text, at):
        _mail(session, order.purchase, [order], say("Uang dikembalikan"))


def tell_proof(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell officers that a buyer claims to have paid."""
    order = _order(session, facts)
    cooperative = session.get_one(Cooperative, order.cooperative_id)
    officers = cooperatives.holders_of(session, cooperative.id, Permission.CONFIRM_PAYMENTS)
    text = say("Periksa bukti transfer untuk %(code)s.", code=order.pickup_code)
    url = f"/k/{cooperative.slug}/kelola/pesanan/{order.number}"
    _notify(session, officers, f"order:{order.id}:proof:{facts['when']}", text, url, at)


def tell_left_lying(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell officers and the operator that nobody has looked at a proof for two days."""
    order = _order(session, facts)
    shop = session.get_one(Cooperative, order.cooperative_id)
    officers = cooperatives.holders_of(session, shop.id, Permission.CONFIRM_PAYMENTS)
    cause = f"proof:{facts['proof']}:left_lying"
    text = say("Bukti transfer %(code)s sudah 48 jam belum dilihat.", code=order.pickup_code)
    url = f"/k/{shop.slug}/kelola/pesanan/{order.number}"
    _notify(session, officers, cause, text, url, at)
    text = say(
        "Bukti transfer %(code)s di %(shop)s sudah 48 jam belum dilihat.",
        code=order.pickup_code,
        shop=shop.name,
    )
    _notify(session, people.operators(session), f"{cause}:operator", text, "/operator/klaim", at)


def tell_refused(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell the buyer that the money of their proof has not come."""
    order = _order(session, facts)
    text = say("Uang untuk %(code)s belum terlihat di rekening koperasi.", code=order.pickup_code)
    if _tell(session, order, f"refused:{facts['when']}", text, at):
        _mail(session, order.purchase, [order], say("Transfer belum terlihat"))


def tell_gateway_fact(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell officers what a gateway did with money, which they have to settle by hand."""
    order = _order(session, facts)
    cooperative = session.get_one(Cooperative, order.cooperative_id)
    officers = cooperatives.holders_of(session, cooperative.id, Permission.CONFIRM_PAYMENTS)
    text = _gateway_fact(facts["kind"], Rupiah(facts["amount"]), order.pickup_code)
    url = f"/k/{cooperative.slug}/kelola/pesanan/{order.number}"
    cause = f"order:{order.id}:gateway:{facts['kind']}:{facts['amount']}"
    _notify(session, officers, cause, text, url, at)


def _gateway_fact(kind: str, amount: Rupiah, code: str) -> Sentence:
    match kind:
        case "refund":
            return say(
                "Penyedia pembayaran mengembalikan %(amount)s untuk %(code)s.",
                amount=amount,
                code=code,
            )
        case "no_refund":
            return say(
                "Penyedia pembayaran tidak bisa mengembalikan %(amount)s untuk %(code)s. "
                "Kembalikan langsung ke pembeli.",
                amount=amount,
                code=code,
            )
        case "dispute":
            return say("Pembeli menyanggah pembayaran %(code)s di banknya.", code=code)
        case "void":
            return say("Pembayaran %(code)s dibatalkan penyedia pembayaran.", code=code)
        case _:
            return say("Pembayaran %(code)s masuk dengan mata uang lain.", code=code)


def mail_receipt(session: Session, facts: Mapping[str, Any], _at: datetime) -> None:
    """Send the buyer the link to the order, if there is an address."""
    purchase = session.get_one(Purchase, UUID(facts["purchase"]))
    _mail(session, purchase, _orders(session, facts["orders"]), say("Pesanan dibuat"))


def _mail(session: Session, purchase: Purchase, orders: list[Order], news: Sentence) -> None:
    if purchase.buyer_email is None:
        return
    names = session.execute(
        select(Cooperative.id, Cooperative.name).where(
            Cooperative.id.in_([order.cooperative_id for order in orders])
        )
    )
    send_mail(
        purchase.buyer_email,
        say("%(news)s: %(number)s", news=news, number=purchase.number),
        "orders/news",
        language=purchase.language,
        name=purchase.buyer_name,
        news=news,
        orders=orders,
        shops={id_: name for id_, name in names},  # noqa: C416 - rows, not pairs
        link=absolute(tracking_path(purchase)),
    )


def tracking_path(purchase: Purchase) -> str:
    """Give the address of the secret page of a purchase."""
    return f"/p/{purchase.number}/{purchase.key}"


def _tell(session: Session, order: Order, what: str, text: Sentence, at: datetime) -> bool:
    """Leave a notice for a signed-in buyer; True also for guests, who hear by mail alone."""
    purchase = order.purchase
    if purchase.account_id is None:
        return True
    return accounts.notify(
        session,
        purchase.account_id,
        f"order:{order.id}:{what}",
        text,
        tracking_path(purchase),
        at,
    )


def _notify(
    session: Session,
    account_ids: Iterable[UUID],
    cause: str,
    text: Sentence,
    url: str,
    at: datetime,
) -> None:
    for account_id in account_ids:
        accounts.notify(session, account_id, cause, text, url, at)


def _orders(session: Session, ids: list[list[Any]]) -> list[Order]:
    return [_load(session, cooperative_id, UUID(order_id)) for cooperative_id, order_id in ids]


def _order(session: Session, facts: Mapping[str, Any]) -> Order:
    return _load(session, facts["cooperative"], UUID(facts["order"]))


def _load(session: Session, cooperative_id: int, order_id: UUID) -> Order:
    return session.scalars(
        select(Order)
        .where(Order.cooperative_id == cooperative_id, Order.id == order_id)
        .options(selectinload(Order.lines), selectinload(Order.purchase))
    ).one()
