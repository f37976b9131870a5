"""Who is told of rounds, inside the site, when the outbox tells of them."""

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
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import Sentence, say
from marketplace.members import queries as members
from marketplace.supply import queries
from marketplace.supply.models import SupplyRound
from marketplace.web.jobs import Jobs


def listen(jobs: Jobs) -> None:
    """Hear of everything that members are told about buying together."""
    jobs.listen("supply.opened", tell_opened)
    jobs.listen("supply.locked", tell_locked)
    jobs.listen("supply.too_little", tell_too_little)
    jobs.listen("supply.arrived", tell_shares)
    jobs.listen("supply.cancelled", tell_cancelled)


def tell_opened(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell every member with an account that a round is open."""
    round_ = _round(session, facts)
    text = say("Kulakan %(name)s dibuka. Ikut sebelum ditutup.", name=round_.item_name)
    for member in members.present(session, round_.cooperative_id):
        if member.account_id is not None:
            _tell(session, member.account_id, round_, "opened", text, at)


def tell_locked(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell officers that a round is closed and what is to be bought now."""
    round_ = _round(session, facts)
    text = say(
        "Kulakan %(name)s dikunci: beli %(count)s %(pack)s, %(cost)s.",
        name=round_.item_name,
        count=round_.ordered_packs or 0,
        pack=round_.pack_name,
        cost=round_.ordered_cost or Rupiah(0),
    )
    _tell_officers(session, round_, "locked", text, at)


def tell_too_little(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell officers that a round's time is over and that too little is wanted."""
    round_ = _round(session, facts)
    text = say(
        "Kulakan %(name)s ditutup, tapi belum cukup. Perpanjang, genapkan, atau batalkan.",
        name=round_.item_name,
    )
    _tell_officers(session, round_, f"short:{round_.closes_at.isoformat()}", text, at)


def _tell_officers(
    session: Session, round_: SupplyRound, what: str, text: Sentence, at: datetime
) -> None:
    for account_id in cooperatives.holders_of(
        session, round_.cooperative_id, Permission.BUY_SUPPLIES
    ):
        _tell(session, account_id, round_, what, text, at)


def tell_shares(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell each member that took part what they got and what it costs."""
    round_ = _round(session, facts)
    view = queries.view(session, round_)
    run = view.run.number if view.run else 0
    for row in view.lines:
        if row.member.account_id is None or row.allocation is None:
            continue
        text = (
            say(
                "%(name)s datang. Bagianmu siap diambil, %(charge)s.",
                name=round_.item_name,
                charge=row.allocation.charge,
            )
            if row.allocation.given
            else say("%(name)s datang kurang. Kali ini kamu tidak kebagian.", name=round_.item_name)
        )
        _tell(session, row.member.account_id, round_, f"arrived:{run}", text, at)


def tell_cancelled(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell every member with an account that nobody is charged."""
    round_ = _round(session, facts)
    text = say("Kulakan %(name)s batal. Tidak ada yang ditagih.", name=round_.item_name)
    for member in members.present(session, round_.cooperative_id):
        if member.account_id is not None:
            _tell(session, member.account_id, round_, "cancelled", text, at)


def _round(session: Session, facts: Mapping[str, Any]) -> SupplyRound:
    return session.get_one(SupplyRound, (facts["cooperative"], UUID(facts["round"])))


def _tell(
    session: Session,
    account_id: UUID,
    round_: SupplyRound,
    what: str,
    text: Sentence,
    at: datetime,
) -> None:
    slug = session.get_one(Cooperative, round_.cooperative_id).slug
    url = f"/k/{slug}/kelola/kulakan/{round_.number}"
    accounts.notify(session, account_id, f"round:{round_.id}:{what}", text, url, at)
