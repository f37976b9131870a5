"""Who is told of shares that were not fetched in time, and of what officers decided of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.accounts import service as accounts
from marketplace.accounts.models import Account
from marketplace.cooperatives import queries as cooperatives
from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.access import Permission
from marketplace.kernel.calendar import in_words, local_day
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import Sentence, say
from marketplace.members import queries as members
from marketplace.supply import queries, service
from marketplace.supply.models import RequestLine, SupplyPool, SupplyRound, UnfetchedDecision
from marketplace.supply.queries import Unfetched
from marketplace.supply.rules import FREES, MONEY_BACK_LABELS, LeftOver
from marketplace.supply.rules.unfetched import SECOND
from marketplace.web.clock import now
from marketplace.web.jobs import Jobs
from marketplace.web.mail import absolute, send_mail
from marketplace.web.transactions import transaction

DECIDED: dict[LeftOver, Sentence] = {
    LeftOver.KEEP: say("%(name)s disimpan untukmu sampai %(day)s. Alasannya: %(reason)s"),
    LeftOver.LATER: say("%(name)s tetap disimpan untukmu, ambil kapan saja. Alasannya: %(reason)s"),
    LeftOver.STOCK: say(
        "%(name)s yang belum kamu ambil jadi stok koperasi. Kamu tidak ditagih. Alasannya:"
        " %(reason)s"
    ),
    LeftOver.OFFER: say(
        "%(name)s yang belum kamu ambil dibagikan ke anggota lain. Kamu tidak ditagih."
        " Alasannya: %(reason)s"
    ),
}


def listen(jobs: Jobs) -> None:
    """Hear of what waits and what was decided of it, and look every night for who to remind."""
    jobs.listen("supply.not_fetched", tell_not_fetched)
    jobs.listen("supply.unfetched_decided", tell_decided)
    jobs.listen("supply.unfetched_undone", tell_undone)
    jobs.listen("supply.returned", tell_returned)
    jobs.every_night(remind_of_shares)


def remind_of_shares() -> None:
    """Remind members of all cooperatives of what they did not fetch in time."""
    with transaction() as session:
        service.remind_unfetched(session, at=now())


def tell_not_fetched(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell a member what waits for them, here and by mail; the second time officers hear too."""
    shop = session.get_one(Cooperative, facts["cooperative"])
    round_ = session.get_one(SupplyRound, (shop.id, UUID(facts["round"])))
    waiting = queries.unfetched_of(session, round_, UUID(facts["member"]), at=at)
    there = [one for one in waiting if not one.is_left_open and one.until <= at]
    if not there:
        return
    path = f"/k/{shop.slug}/kelola/kulakan/{round_.number}"
    if facts["number"] == SECOND:
        text = say("Kulakan putaran %(number)s: ada yang belum diambil.", number=round_.number)
        for account_id in cooperatives.holders_of(session, shop.id, Permission.BUY_SUPPLIES):
            cause = f"round:{round_.id}:unfetched"
            accounts.notify(session, account_id, cause, text, f"{path}/pengambilan", at)
    until = max(one.until for one in there)
    cause = f"round:{round_.id}:unfetched:{facts['number']}:{until.isoformat()}"
    _remind(session, shop, round_, there, path, cause, at)


def _remind(
    session: Session,
    shop: Cooperative,
    round_: SupplyRound,
    there: Sequence[Unfetched],
    path: str,
    cause: str,
    at: datetime,
) -> None:
    account_id, decided_by = there[0].member.account_id, min(one.decided_by for one in there)
    if account_id is None:
        return
    text = say(
        "Belum diambil: %(names)s, %(price)s. Ambil di %(place)s. Sesudah %(day)s pengurus"
        " yang memutuskan.",
        names=", ".join(one.pool.item_name for one in there),
        price=Rupiah.total(one.to_pay for one in there),
        place=round_.pickup_place,
        day=in_words(local_day(decided_by)),
    )
    is_new = accounts.notify(session, account_id, cause, text, path, at)
    account = session.get_one(Account, account_id)
    if is_new and account.email is not None:
        send_mail(
            account.email,
            say("Kulakanmu belum diambil"),
            "supply/not_fetched",
            language=account.language,
            name=account.name,
            news=text,
            shop=shop.name,
            link=absolute(path),
        )


def tell_decided(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell a member what was decided of their share, and others that there is more for them."""
    decision, line, pool = _decision(session, facts)
    if decision.undone_at is not None:
        return
    day = in_words(decision.keep_until) if decision.keep_until else ""
    text = say(
        DECIDED[decision.what].template, name=pool.item_name, day=day, reason=decision.reason
    )
    _tell(session, line, pool, f"unfetched:{decision.id}", text, at)
    if decision.what not in FREES:
        return
    for line_id in facts["more"]:
        other = queries.line(session, decision.cooperative_id, UUID(line_id))
        text = say("Ada tambahan %(name)s untukmu. Bayar saat ambil.", name=pool.item_name)
        _tell(session, other, pool, f"offered:{decision.id}", text, at)


def tell_undone(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell a member that their share is as it was."""
    decision, line, pool = _decision(session, facts)
    text = say("%(name)s tetap untukmu. Ambil dan bayar seperti semula.", name=pool.item_name)
    _tell(session, line, pool, f"unfetched:{decision.id}:undone", text, at)


def tell_returned(session: Session, facts: Mapping[str, Any], at: datetime) -> None:
    """Tell a member what they brought back, and how their money goes back."""
    shop = facts["cooperative"]
    done = queries.supply_return(session, shop, UUID(facts["supply_return"]))
    if done.undone_at is not None:
        return
    _, line = queries.hand_over_of(session, shop, done.hand_id)
    pool = session.get_one(SupplyPool, (shop, line.pool_id))
    text = say(
        "Kamu mengembalikan %(name)s. %(amount)s kembali: %(way)s.",
        name=pool.item_name,
        amount=done.back,
        way=MONEY_BACK_LABELS[done.way],
    )
    _tell(session, line, pool, f"returned:{done.id}", text, at)


def _decision(
    session: Session, facts: Mapping[str, Any]
) -> tuple[UnfetchedDecision, RequestLine, SupplyPool]:
    shop = facts["cooperative"]
    decision = session.get_one(UnfetchedDecision, (shop, UUID(facts["decision"])))
    line = queries.line(session, shop, decision.line_id)
    return decision, line, session.get_one(SupplyPool, (shop, line.pool_id))


def _tell(
    session: Session, line: RequestLine, pool: SupplyPool, what: str, text: Sentence, at: datetime
) -> None:
    account_id = members.member(session, line.cooperative_id, line.member_id).account_id
    if account_id is not None:
        slug = session.get_one(Cooperative, line.cooperative_id).slug
        url = f"/k/{slug}/kelola/kulakan/{pool.number}/{pool.place}"
        accounts.notify(session, account_id, f"line:{line.id}:{what}", text, url, at)
