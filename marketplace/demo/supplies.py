"""Rounds of buying together: one three cartons short of a lower price, one shared out."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.cooperatives import queries as cooperatives
from marketplace.cooperatives.models import Cooperative
from marketplace.credit import service as credit
from marketplace.demo.accounts import DemoAccount
from marketplace.demo.world import SANAN, VELODROME
from marketplace.kernel.access import Permission
from marketplace.kernel.money import Rupiah
from marketplace.members.models import Member
from marketplace.supply import service
from marketplace.supply.models import BaseUnit, SentBy, SupplyItem, SupplyPool
from marketplace.supply.rules import PackTerms
from marketplace.supply.service import NewUnit, RoundPlan, SupplierFacts, Terms, Wanted

JERRYCANS_IN_CARTON = 4
# Cartons of each member in the order of the register: 47 in all, three short of 50.
CARTONS = (2, 10, 6, 6, 5, 4, 3, 3, 3, 2, 2, 1)
FLOUR = ((0, 25_000), (2, 25_000), (3, 50_000), (4, 25_000), (7, 50_000))
# What the round of flour buys too: the good, the terms, and who wants how much.
ALSO_BOUGHT = (
    (
        ("Tepung terigu", "kg", 1_000),
        Terms("Toko Tepung Pasar Besar", "sak", 25_000, Rupiah(248_000), goal_packs=4),
        ((1, 25_000), (3, 10_000), (5, 15_000)),
    ),
    (
        ("Kantong plastik 15 x 25", "pak", 1),
        Terms("Plastik Kasin", "dus", 40, Rupiah(260_000), tiers=((3, 244_000),)),
        ((0, 10), (2, 20), (3, 20), (6, 15)),
    ),
)
OIL_STEPS = ((20, 396_000), (50, 380_000), (80, 368_000))
# Each supplier with its prices: of what, noted how many days ago, and the pack.
SELLERS = (
    (
        SupplierFacts(
            "Grosir Gadang", "+6281233445581", note="Pasar Gadang, buka jam 5", lead_days=3
        ),
        (
            ("Minyak goreng 5 L", 84, PackTerms("karton", 4, Rupiah(398_000))),
            ("Minyak goreng 5 L", 41, PackTerms("karton", 4, Rupiah(405_000))),
            ("Minyak goreng 5 L", 6, PackTerms("karton", 4, Rupiah(412_000), tiers=OIL_STEPS)),
            ("Gula pasir", 6, PackTerms("sak", 50_000, Rupiah(815_000), pack_minimum=2)),
        ),
    ),
    (
        SupplierFacts("Toko Tepung Pasar Besar", "+6281233445582", lead_days=1),
        (
            ("Tepung tapioka", 12, PackTerms("sak", 25_000, Rupiah(225_000))),
            ("Tepung tapioka", 12, PackTerms("kantong", 5_000, Rupiah(52_000))),
            ("Minyak goreng 5 L", 12, PackTerms("karton", 4, Rupiah(418_000))),
        ),
    ),
)
SHORT = ((4, 4), (5, 3), (6, 5))


def load(
    session: Session,
    people: dict[DemoAccount, Account],
    *,
    marked: bool,
    at: datetime,
) -> None:
    """Open the demo's rounds and leave some wishes waiting."""
    officer = _officer(people, VELODROME.slug)
    shop, register = _register(session, VELODROME.slug)
    oil = _item(session, shop, "Minyak goreng 5 L", "jeriken", 1, "minyak", at)
    flour = _item(session, shop, "Tepung tapioka", "kg", 1000, "jajan", at)
    sugar = _item(session, shop, "Gula pasir", "kg", 1000, "jajan", at)
    _sellers(session, shop, {item.name: item for item in (oil, flour, sugar)}, officer, at)
    _open_oil(session, oil, register, officer, at)
    _open_flour(session, flour, register, officer, at)
    _short_delivery(session, oil, register, officer, at)
    for place in (1, 8, 9):
        wanted = Wanted(5_000 * (place % 3 + 1))
        service.ask(session, register[place], wanted, item=sugar, entered_by=officer, at=at)
    service.ask(
        session,
        register[5],
        Wanted(2),
        item=None,
        words="Tabung gas 3 kg",
        entered_by=officer,
        at=at,
    )
    _may_pay_later(session, register, officer, at)
    _other_shop(session, people, marked=marked, at=at)


def _officer(people: dict[DemoAccount, Account], slug: str) -> UUID:
    return next(
        account.id
        for demo, account in people.items()
        if demo.cooperative == slug and demo.role == "manager"
    )


def _register(session: Session, slug: str) -> tuple[Cooperative, list[Member]]:
    shop = session.scalars(select(Cooperative).where(Cooperative.slug == slug)).one()
    found = session.scalars(
        select(Member).where(Member.cooperative_id == shop.id).order_by(Member.number)
    )
    return shop, list(found)


def _item(
    session: Session,
    shop: Cooperative,
    name: str,
    unit: str,
    factor: int,
    drawing: str,
    at: datetime,
) -> SupplyItem:
    return service.add_item(
        session,
        shop.id,
        name=name,
        base_unit=BaseUnit.PIECE if factor == 1 else BaseUnit.GRAM,
        unit=unit,
        factor=factor,
        drawing=drawing,
        at=at,
    )


def _sellers(
    session: Session, shop: Cooperative, goods: dict[str, SupplyItem], officer: UUID, at: datetime
) -> None:
    """Note who sells what the rounds buy, and what oil cost earlier."""
    for facts, offers in SELLERS:
        seller = service.add_supplier(session, shop.id, facts, at=at - timedelta(days=90))
        for name, days_ago, terms in offers:
            noted = at - timedelta(days=days_ago)
            service.note_offer(session, seller, goods[name], terms, by=officer, at=noted)


def _terms(at: datetime, pack: str, size: int, price: int, **more: object) -> Terms:
    values: dict[str, object] = {
        "supplier": "Grosir Gadang",
        "arrives_on": (at + timedelta(days=4)).date(),
        **more,
    }
    return Terms(pack_name=pack, pack_size=size, pack_price=Rupiah(price), **values)  # type: ignore[arg-type]


def _plan(at: datetime) -> RoundPlan:
    return RoundPlan(at + timedelta(days=1), VELODROME.point)


def _open_oil(
    session: Session, oil: SupplyItem, register: list[Member], officer: UUID, at: datetime
) -> None:
    terms = _terms(at, "karton", JERRYCANS_IN_CARTON, 412_000, tiers=OIL_STEPS)
    pool = service.open_round(session, oil, terms, _plan(at), opened_by=officer, at=at)
    for member, cartons in zip(register, CARTONS, strict=True):
        wanted = Wanted(cartons * JERRYCANS_IN_CARTON)
        service.join(session, pool, member, wanted, entered_by=officer, at=at)


def _open_flour(
    session: Session, flour: SupplyItem, register: list[Member], officer: UUID, at: datetime
) -> None:
    """One round of three goods from two suppliers."""
    terms = _terms(at, "sak", 25_000, 225_000, supplier="Toko Tepung Pasar Besar", goal_packs=8)
    pool = service.open_round(session, flour, terms, _plan(at), opened_by=officer, at=at)
    for place, grams in FLOUR:
        service.join(session, pool, register[place], Wanted(grams), entered_by=officer, at=at)
    shop = session.get_one(Cooperative, flour.cooperative_id)
    for (name, unit, factor), terms, wants in ALSO_BOUGHT:
        item = _item(session, shop, name, unit, factor, "jajan", at)
        if unit == "pak":
            service.add_unit(session, item, NewUnit("dus", terms.pack_size), at=at)
        added = service.add_good(session, pool.round, item, terms, at=at)
        for place, want in wants:
            wanted = Wanted(want)
            service.join(session, added, register[place], wanted, entered_by=officer, at=at)


def _short_delivery(
    session: Session, oil: SupplyItem, register: list[Member], officer: UUID, at: datetime
) -> SupplyPool:
    """Three members' oil, billed in full, of which two jerrycans are still claimed."""
    before = at - timedelta(days=6)
    terms = _terms(before, "karton", JERRYCANS_IN_CARTON, 412_000)
    pool = service.open_round(session, oil, terms, _plan(before), opened_by=officer, at=before)
    for place, jerrycans in SHORT:
        service.join(
            session, pool, register[place], Wanted(jerrycans), entered_by=officer, at=before
        )
    service.lock(session, pool, at=before + timedelta(hours=20))
    _send_order(session, pool, at=before + timedelta(hours=21))
    service.receive(
        session,
        pool,
        key="demo",
        packs=3,
        quantity=10,
        cost=Rupiah(1_236_000),
        reason="Kurang 2 jeriken",
        actor_id=officer,
        at=at,
    )
    return pool


def _send_order(session: Session, pool: SupplyPool, *, at: datetime) -> None:
    """Let another officer approve the order to the supplier, and the first one send it."""
    order = service.draft(session, pool, by=pool.round.opened_by, at=at)
    officers = cooperatives.holders_of(session, pool.cooperative_id, Permission.BUY_SUPPLIES)
    other = next(one for one in sorted(officers) if one != order.created_by)
    service.approve(session, order, seen=order.total, by=other, at=at)
    service.send(session, order, SentBy.WHATSAPP, by=order.created_by, at=at)


def _may_pay_later(session: Session, register: list[Member], officer: UUID, at: datetime) -> None:
    """Let some members take supplies on account."""
    before = at - timedelta(days=30)
    for place, limit in ((0, 750_000), (3, 500_000), (5, 300_000), (7, 500_000)):
        credit.set_limit(
            session, register[place], Rupiah(limit), due_days=14, by=officer, at=before
        )


def _other_shop(
    session: Session, people: dict[DemoAccount, Account], *, marked: bool, at: datetime
) -> None:
    officer = _officer(people, SANAN.slug)
    shop, register = _register(session, SANAN.slug)
    name = "Kedelai lokal ZQ7B" if marked else "Kedelai lokal"
    beans = _item(session, shop, name, "kg", 1000, "tempe", at)
    terms = _terms(at, "sak", 50_000, 640_000, supplier="KOPTI Malang", goal_packs=6)
    pool = service.open_round(session, beans, terms, _plan(at), opened_by=officer, at=at)
    for place, grams in ((0, 100_000), (2, 50_000), (3, 25_000)):
        service.join(session, pool, register[place], Wanted(grams), entered_by=officer, at=at)
