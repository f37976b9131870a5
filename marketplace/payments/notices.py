"""Which officers are told that money shall go elsewhere, when the outbox tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts import queries as people
from marketplace.accounts import service as accounts
from marketplace.cooperatives import queries as cooperatives
from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.access import Permission
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import Sentence, say
from marketplace.payments.models import PaymentDestination
from marketplace.payments.rules import DestinationState
from marketplace.web.jobs import Jobs


def listen(jobs: Jobs) -> None:
    """Hear of every change of where money goes."""
    jobs.listen("payment_destination.changed", tell_officers)
    jobs.listen("cooperative.refund_limit_changed", tell_limit)


def tell_officers(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell everybody who watches over the orders or the money, but not who did it."""
    cooperative_id = facts["cooperative"]
    row = session.get_one(PaymentDestination, (cooperative_id, UUID(facts["destination"])))
    cooperative = session.get_one(Cooperative, cooperative_id)
    text = _news(DestinationState(facts["state"]), row.title)
    with_money = cooperatives.holders_of(session, cooperative_id, Permission.CONFIRM_PAYMENTS)
    for account_id in cooperatives.holders_of(session, cooperative_id, Permission.SEE_BOARD):
        if str(account_id) != facts["by"]:
            page = "kelola/pembayaran" if account_id in with_money else "kelola"
            accounts.notify(
                session,
                account_id,
                f"destination:{row.id}:{facts['state']}",
                text,
                f"/k/{cooperative.slug}/{page}",
                at,
            )


def tell_limit(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell the other officers that more or less money may go back by one officer's word."""
    shop = session.get_one(Cooperative, facts["cooperative"])
    by = UUID(facts["by"])
    text = say(
        "%(name)s mengubah batas pengembalian uang dari %(before)s menjadi %(after)s.",
        name=people.names_of(session, [by]).get(by, ""),
        before=Rupiah(facts["before"]),
        after=Rupiah(facts["after"]),
    )
    for account_id in cooperatives.holders_of(session, shop.id, Permission.CONFIRM_PAYMENTS):
        if account_id != by:
            cause = f"refund_limit:{shop.id}:{facts['when']}"
            url = f"/k/{shop.slug}/kelola/pembayaran"
            accounts.notify(session, account_id, cause, text, url, at)


def _news(state: DestinationState, what: str) -> Sentence:
    match state:
        case DestinationState.PROPOSED:
            return say("Usulan tujuan uang baru: %(what)s. Periksa sebelum disetujui.", what=what)
        case DestinationState.APPROVED:
            return say("%(what)s disetujui sebagai tujuan uang, berlaku 24 jam lagi.", what=what)
        case DestinationState.WITHDRAWN:
            return say("%(what)s ditarik dari tujuan uang koperasi.", what=what)
        case _:
            return say("Uang pembeli sekarang masuk ke %(what)s.", what=what)
