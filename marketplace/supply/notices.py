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
from marketplace.kernel.calendar import local_day
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import Sentence, say
from marketplace.members import queries as members
from marketplace.members.models import Member
from marketplace.supply import fetch_notices, order_notices, queries
from marketplace.supply.models import SupplyPool
from marketplace.supply.rules import RequestState
from marketplace.web.jobs import Jobs

ASKED = RequestState.PRICE_ASKED
NOT_READY = (ASKED, RequestState.DECLINED, RequestState.NOT_FETCHED)
MOST_NAMED = 5


def listen(jobs: Jobs) -> None:
    """Hear of everything that members are told about buying together."""
    jobs.listen("supply.opened", tell_opened)
    jobs.listen("supply.topping_up", tell_topping_up)
    jobs.listen("supply.locked", tell_locked)
    jobs.listen("supply.too_little", tell_too_little)
    jobs.listen("supply.arrived", tell_shares)
    jobs.listen("supply.price_asked", tell_price_asked)
    jobs.listen("supply.cancelled", tell_cancelled)
    jobs.listen("supply.shelf_lacks", tell_shelf)
    jobs.listen("supply.second_choice", tell_second_choice)
    order_notices.listen(jobs)
    fetch_notices.listen(jobs)


def tell_opened(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell every member with an account that a round is open."""
    pool = _pool(session, facts)
    text = say("Kulakan %(name)s dibuka. Ikut sebelum ditutup.", name=pool.item_name)
    for member in members.present(session, pool.cooperative_id):
        if member.account_id is not None:
            _tell(session, member.account_id, pool, "opened", text, at)


def tell_topping_up(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell every member with an account that the last pack may still be filled up."""
    pool = _pool(session, facts)
    text = say(
        "Kulakan %(name)s: kemasan terakhir belum genap. Tambah sedikit?", name=pool.item_name
    )
    for member in members.present(session, pool.cooperative_id):
        if member.account_id is not None:
            _tell(session, member.account_id, pool, "topping_up", text, at)


def tell_locked(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell officers that a good is locked and what is to be bought now."""
    pool = _pool(session, facts)
    text = say(
        "Kulakan %(name)s dikunci: beli %(packs)s, %(cost)s.",
        name=pool.item_name,
        packs=pool.bought,
        cost=pool.ordered_cost or Rupiah(0),
    )
    _tell_officers(session, pool, "locked", text, at)


def tell_too_little(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell officers that a round's time is over and that too little is wanted."""
    pool = _pool(session, facts)
    text = say(
        "Kulakan %(name)s ditutup, tapi belum cukup. Perpanjang, genapkan, atau batalkan.",
        name=pool.item_name,
    )
    _tell_officers(session, pool, f"short:{pool.closes_at.isoformat()}", text, at)


def _tell_officers(
    session: Session, pool: SupplyPool, what: str, text: Sentence, at: datetime
) -> None:
    for account_id in cooperatives.holders_of(
        session, pool.cooperative_id, Permission.BUY_SUPPLIES
    ):
        _tell(session, account_id, pool, what, text, at)


def tell_shares(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell each member that took part what they got and what it costs."""
    pool = _pool(session, facts)
    view = queries.view(session, pool)
    run = view.run.number if view.run else 0
    for row in view.lines:
        if row.member.account_id is None or row.allocation is None or row.line.state in NOT_READY:
            continue
        text = (
            say(
                "%(name)s datang. Bagianmu siap diambil, %(charge)s.",
                name=pool.item_name,
                charge=row.allocation.charge,
            )
            if row.allocation.given
            else say("%(name)s datang kurang. Kali ini kamu tidak kebagian.", name=pool.item_name)
        )
        _tell(session, row.member.account_id, pool, f"arrived:{run}", text, at)


def tell_price_asked(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Ask each member whose share costs more than allowed, once for each price; tell officers."""
    pool = _pool(session, facts)
    view = queries.view(session, pool)
    asked = [row for row in view.lines if row.line.state is ASKED and row.allocation]
    for row in asked:
        if row.member.account_id is not None and row.allocation is not None:
            charge = row.allocation.charge
            text = say(
                "%(name)s lebih mahal dari batasmu: %(charge)s. Jadi diambil?",
                name=pool.item_name,
                charge=charge,
            )
            what = f"price:{row.line.id}:{charge.amount}"
            _tell(session, row.member.account_id, pool, what, text, at)
    if asked and view.run is not None:
        text = say(
            "Kulakan %(name)s: %(count)s anggota ditanya dulu karena harganya di atas batas.",
            name=pool.item_name,
            count=len(asked),
        )
        _tell_officers(session, pool, f"prices:{view.run.number}", text, at)


def tell_cancelled(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell every member with an account that nobody is charged."""
    pool = _pool(session, facts)
    text = say("Kulakan %(name)s batal. Tidak ada yang ditagih.", name=pool.item_name)
    for member in members.present(session, pool.cooperative_id):
        if member.account_id is not None:
            _tell(session, member.account_id, pool, "cancelled", text, at)


def tell_shelf(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell officers what the shop's shelf lacks, once a week."""
    shop = session.get_one(Cooperative, facts["cooperative"])
    year, week, _ = local_day(at).isocalendar()
    text = say("Stok toko menipis: %(names)s.", names=", ".join(facts["goods"][:MOST_NAMED]))
    url = f"/k/{shop.slug}/kelola/kulakan/stok-toko"
    for account_id in cooperatives.holders_of(session, shop.id, Permission.BUY_SUPPLIES):
        accounts.notify(session, account_id, f"shelf:{shop.id}:{year}:{week}", text, url, at)


def tell_second_choice(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell a member that a wish turned to its second choice."""
    pool = _pool(session, facts)
    line = queries.line(session, pool.cooperative_id, UUID(facts["line"]))
    member = session.get_one(Member, (line.cooperative_id, line.member_id))
    text = say(
        "%(first)s tidak jadi untukmu. Permintaanmu pindah ke pilihan kedua: %(second)s.",
        first=facts["instead_of"],
        second=pool.item_name,
    )
    if member.account_id is not None:
        _tell(session, member.account_id, pool, f"second:{line.id}", text, at)


def _pool(session: Session, facts: Mapping[str, Any]) -> SupplyPool:
    return session.get_one(SupplyPool, (facts["cooperative"], UUID(facts["pool"])))


def _tell(
    session: Session,
    account_id: UUID,
    pool: SupplyPool,
    what: str,
    text: Sentence,
    at: datetime,
) -> None:
    slug = session.get_one(Cooperative, pool.cooperative_id).slug
    url = f"/k/{slug}/kelola/kulakan/{pool.number}/{pool.place}"
    accounts.notify(session, account_id, f"pool:{pool.id}:{what}", text, url, at)
