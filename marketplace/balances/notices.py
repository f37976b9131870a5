"""Members are told, in the site and by mail, when their titipan was paid out to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts import service as accounts
from marketplace.accounts.models import Account
from marketplace.balances import queries
from marketplace.balances.service import PAID_OUT
from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.text import say
from marketplace.payouts.rules import PAID_BY_LABELS
from marketplace.web.jobs import Jobs
from marketplace.web.mail import absolute, send_mail


def listen(jobs: Jobs) -> None:
    """Hear of titipan that was paid out."""
    jobs.listen(PAID_OUT, tell_paid)


def tell_paid(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell the member what came, by which way and what is left; who has no account signed."""
    paid = queries.withdrawal(session, facts["cooperative"], UUID(facts["withdrawal"]))
    shop = session.get_one(Cooperative, paid.cooperative_id)
    balance = queries.of_member(session, shop, paid.member_id)
    account_id, way = balance.member.account_id, paid.way
    if account_id is None or way is None:
        return
    text = say(
        "%(shop)s membayarkan titipanmu %(amount)s. Cara: %(way)s.",
        shop=shop.name,
        amount=paid.amount,
        way=PAID_BY_LABELS[way],
    )
    path = f"/akun/titipan/{shop.slug}"
    is_new = accounts.notify(session, account_id, f"titipan:{paid.id}:paid", text, path, at)
    account = session.get_one(Account, account_id)
    if is_new and account.email is not None:
        send_mail(
            account.email,
            say("Titipanmu dibayarkan"),
            "balances/paid_out",
            language=account.language,
            name=account.name,
            news=text,
            reference=paid.reference,
            left=balance.amount,
            link=absolute(path),
        )
