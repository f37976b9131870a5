"""Makers are told inside the site when money was paid to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts import service as accounts
from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.members import queries as members
from marketplace.payouts import queries
from marketplace.web.jobs import Jobs


def listen(jobs: Jobs) -> None:
    """Hear of pay-outs."""
    jobs.listen("payout.paid", tell_paid)


def tell_paid(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell each maker of a batch who has an account what came."""
    batch = queries.batch(session, facts["cooperative"], UUID(facts["batch"]))
    shop = session.get_one(Cooperative, batch.cooperative_id)
    amounts: dict[UUID, Rupiah] = {}
    for payout in batch.payouts:
        amounts[payout.member_id] = amounts.get(payout.member_id, Rupiah(0)) + payout.amount
    for member_id, member in members.by_ids(session, shop.id, amounts).items():
        if member.account_id is None:
            continue
        text = say(
            "%(shop)s menyetor %(amount)s hasil jualanmu.",
            shop=shop.name,
            amount=amounts[member_id],
        )
        url = f"/k/{shop.slug}/kelola/setoran/anggota/{to_text(member_id)}"
        accounts.notify(session, member.account_id, f"payout:{batch.id}", text, url, at)
