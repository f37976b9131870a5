"""Load the demo through the services that the pages use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.cooperatives import service as cooperatives
from marketplace.cooperatives.models import Cooperative
from marketplace.cooperatives.service import Place, Profile
from marketplace.demo import accounts, doors, month, supplies, trade
from marketplace.demo.accounts import DemoAccount
from marketplace.demo.world import DAILY, PREORDER, SANAN, SHOPS, Good, Shop
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.listings import service as listings
from marketplace.listings.models import Category
from marketplace.listings.rules import Availability, Editor, ListingDraft, VariantDraft
from marketplace.members import service as members
from marketplace.members.models import Member
from marketplace.members.service import Entry
from marketplace.payments import qris
from marketplace.payments import service as payments
from marketplace.payments.rules import BankAccount, QrisCode

MARKER = "ZQ7B"  # in every text of cooperative B under test, so that a leak can be seen
WEEK = dict.fromkeys(range(7), (480, 1260))
SLOTS = [(day, start, start + 300) for day in range(7) for start in (540, 900)]
EDITOR = Editor(all_goods=True)
KINDS = {DAILY: Availability.DAILY, PREORDER: Availability.PREORDER}
Mark = Callable[[str], str]


class NotEmpty(RuleBroken):
    """The demo goes only into an empty database."""


def is_empty(session: Session) -> bool:
    """Say whether nobody has used this database yet."""
    return not session.scalar(select(func.count()).select_from(Cooperative))


def is_loaded(session: Session) -> bool:
    """Say whether the small demo is in this database."""
    return SHOPS[0].slug in set(session.scalars(select(Cooperative.slug)))


def load(session: Session, *, marked: bool = False, at: datetime) -> None:
    """Load the small demo; ``marked`` puts the marker into every text of cooperative B."""
    if not is_empty(session):
        raise NotEmpty(say("Basis data ini sudah berisi. Demo hanya untuk yang kosong."))
    people = accounts.make(session, at=at)
    for shop in SHOPS:
        mark: Mark = _marked if marked and shop is SANAN else str
        _shop(session, shop, people, mark, at)
    month.load(session, people, at=at)
    trade.load(session, buyer=people[accounts.ACCOUNTS[0]], at=at)
    doors.load(session, at=at)
    supplies.load(session, people, marked=marked, at=at)


def _marked(text: str) -> str:
    return f"{text} {MARKER}"


def _shop(
    session: Session,
    shop: Shop,
    people: dict[DemoAccount, Account],
    mark: Mark,
    at: datetime,
) -> None:
    cooperative = found_shop(session, shop, mark, at)
    register: dict[str, Member] = {}
    mine = {d.member: a for d, a in people.items() if d.cooperative == shop.slug and d.member}
    for called, trade_ in shop.members:
        account = mine.get(called)
        entry = Entry(name=mark(called), called=mark(called), trade=mark(trade_))
        register[called] = members.admit(
            session,
            cooperative.id,
            entry,
            admitted_on=date(2025, 3, 1),
            account_id=account.id if account else None,
            at=at,
        )
    for demo, account in people.items():
        if demo.cooperative == shop.slug:
            for role in demo.posts:
                cooperatives.give_post(session, cooperative, account.id, role, by=None, at=at)
    for good in shop.goods:
        _good(session, cooperative, good, register, mark, at)
    cooperatives.open_shop(session, cooperative, at=at)


def found_shop(session: Session, shop: Shop, mark: Mark, at: datetime) -> Cooperative:
    """Found a cooperative with profile, hours, a pickup point and a way to be paid."""
    legal_name = f"Koperasi Produsen {shop.name}"
    cooperative = cooperatives.create(
        session,
        name=mark(shop.name),
        legal_name=mark(legal_name),
        region_code=shop.region,
        slug=shop.slug,
        word=shop.word,
        at=at,
    )
    profile = Profile(
        name=mark(shop.name),
        legal_name=mark(legal_name),
        tagline=mark(shop.tagline),
        story=mark(shop.story),
        registration_number=f"3573{cooperative.id:06d}",
        deed_number=f"AHU-{cooperative.id:07d}.AH.01.26.TAHUN 2025",
        last_meeting_on=date(2026, 3, 14),
        address=mark(shop.address),
        phone=f"+6281233446{cooperative.id:03d}",
        whatsapp=f"+6281233446{cooperative.id:03d}",
    )
    cooperatives.change_profile(session, cooperative, profile, at=at)
    cooperatives.set_motif(session, cooperative, shop.motif, at=at)
    cooperatives.set_hours(session, cooperative, WEEK, at=at)
    place = Place(name=mark(shop.point), address=mark(shop.address), slots=SLOTS)
    cooperatives.add_point(session, cooperative, place, at=at)
    code = QrisCode(_static_code(shop, cooperative.id), shop.name.upper()[:25], converts=True)
    payments.propose(session, cooperative, code, by=None, at=at)
    account = BankAccount("Bank Contoh", f"9999{cooperative.id:06d}", mark(legal_name))
    payments.propose(session, cooperative, account, by=None, at=at)
    cooperatives.set_payment_terms(
        session,
        cooperative,
        share_basis_points=shop.share,
        payment_minutes=60,
        takes_cash=True,
        takes_qris=True,
        takes_transfer=True,
        takes_gateway=True,  # offered only where the site has a gateway
        qris_converts=True,
        at=at,
    )
    return cooperative


def _static_code(shop: Shop, number: int) -> str:
    """Make a QRIS that no bank knows: bank 99 99 and the domain are invented."""
    account = f"0020ID.CO.CONTOHBANK.WWW0118936099990000{number:06d}0210{number:010d}0303UMI"
    national = f"0014ID.CO.QRIS.WWW0215ID{number:013d}0303UMI"
    return qris.build(
        [
            ("00", "01"),
            ("01", "11"),
            ("26", account),
            ("51", national),
            ("52", "5411"),
            ("53", "360"),
            ("58", "ID"),
            ("59", shop.name.upper()[:25]),
            ("60", "KOTA MALANG"),
            ("61", "65141"),
            ("62", "0703A01"),
        ]
    )


def _good(
    session: Session,
    cooperative: Cooperative,
    good: Good,
    register: dict[str, Member],
    mark: Mark,
    at: datetime,
) -> None:
    category = session.scalars(select(Category.id).where(Category.path == good.category)).one()
    later = local_day(at) + timedelta(days=3)
    draft = ListingDraft(
        title=mark(good.title),
        category_id=category,
        variants=tuple(
            VariantDraft(title=size, price=Rupiah(price), quantity=good.amount)
            for size, price in good.sizes
        ),
        description=mark(good.about) if good.about else "",
        unit=good.unit,
        maker_id=register[good.maker].id,
        availability=KINDS.get(good.kind, Availability.LIMITED),
        ready_on=later if good.kind == PREORDER else None,
        food_permit=good.permit or None,
        ingredients=mark(good.ingredients) if good.ingredients else None,
        shelf_life_days=good.shelf_life,
    )
    listing = listings.create(session, cooperative, draft, editor=EDITOR, at=at)
    listings.publish(session, cooperative, listing.id, editor=EDITOR, at=at)
