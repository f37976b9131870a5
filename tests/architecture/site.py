"""A whole market for tests that walk the site: the marked demo, and how to reach all of it.

``Shop`` holds what addresses and forms of one cooperative are made of; ``body`` says what a
plausible form of each view holds. A view that is missing here fails the tests that walk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Table, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from marketplace import demo
from marketplace.accounts import service as accounts
from marketplace.accounts.models import (
    Account,
    ApiToken,
    LinkPurpose,
    Notice,
    OneTimeLink,
    SignIn,
)
from marketplace.app import create_app
from marketplace.balances import service as balances
from marketplace.balances.models import Withdrawal
from marketplace.bookkeeping import service as bookkeeping
from marketplace.bookkeeping.models import EntryDraft
from marketplace.bookkeeping.rules import DraftState
from marketplace.bookkeeping.service import MANUAL
from marketplace.bookkeeping.views.entries import ATTACHMENT
from marketplace.claims.models import Claim, ClaimPicture
from marketplace.claims.rules import ClaimKind, ClaimState, answer_until
from marketplace.claims.views.blueprint import PICTURE
from marketplace.cooperatives import service as cooperatives
from marketplace.cooperatives.models import Cooperative, Invite, PickupPoint, Post
from marketplace.credit import service as credit
from marketplace.credit.rules import PaidBy as CreditPaidBy
from marketplace.database import Base
from marketplace.delivery import service as delivery
from marketplace.delivery.models import Courier, DeliveryZone, Shipment
from marketplace.delivery.rules import Doorstep, ShipmentState, Terms
from marketplace.demo import trade as demo_trade
from marketplace.demo.accounts import ACCOUNTS, DemoAccount
from marketplace.demo.load import MARKER
from marketplace.files import service as files
from marketplace.files.models import StoredFile
from marketplace.files.pictures import read_picture, read_whole
from marketplace.files.tables import read_rows
from marketplace.kernel.access import Role
from marketplace.kernel.calendar import local_day
from marketplace.kernel.ids import new_id, to_text
from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.queries import LedgerAccount, LedgerEntry
from marketplace.ledger.rules import (
    AccountKind,
    JournalLine,
    MemberAccount,
    Move,
    Posting,
    Purpose,
    Unit,
)
from marketplace.listings import service as listings
from marketplace.listings.models import Availability, Category, Listing, Photo, Variant
from marketplace.listings.rules import Editor
from marketplace.listings.views.sheets import KIND as SHEET
from marketplace.members.models import Member
from marketplace.orders import service as orders
from marketplace.orders.models import Order, Purchase, Refund
from marketplace.orders.rules import OrderState
from marketplace.orders.service import Buyer, Choice, OrderRequest
from marketplace.orders.service.proofs import PROOF
from marketplace.orders.views.bank import KIND as STATEMENT
from marketplace.orders.views.refunds import REFUND_PROOF
from marketplace.payments import queries as payments
from marketplace.payments.models import BankLine, PaymentDestination, PaymentProof, Transfer
from marketplace.payments.rules import DestinationKind, PaymentMethod
from marketplace.payments.rules.statements import guess, split
from marketplace.payments.service import statements
from marketplace.payouts import service as payouts
from marketplace.payouts.models import PayoutBatch
from marketplace.payouts.views.batches import PAYOUT_PROOF
from marketplace.pools import service as pools
from marketplace.pools.models import Pool
from marketplace.pools.rules import PaidInto, PooledSale
from marketplace.search import current as search
from marketplace.search.service import rebuild
from marketplace.supply import queries as supply_queries
from marketplace.supply import service as supply
from marketplace.supply.models import (
    BaseUnit,
    CostLine,
    GoodsReceipt,
    PackOffer,
    PurchaseOrder,
    RequestLine,
    SentBy,
    ShelfLink,
    StandingRequest,
    Supplier,
    SupplierClaim,
    SupplyHandOver,
    SupplyItem,
    SupplyPool,
    SupplyReturn,
    UnitRung,
)
from marketplace.supply.rules import (
    CostPaidFrom,
    PackTerms,
    PaidWith,
    PurchaseOrderState,
    ReturnedTo,
    Rhythm,
    SplitBy,
)
from marketplace.supply.views.price_lists import KIND as PRICE_LIST
from marketplace.supply.views.receiving import NOTE
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.transactions import transaction
from tests.conftest import Browser, close, make_settings
from tests.files.makers import make_photo

Values = Mapping[str, Any]
PRICES_TEXT = "barang,kemasan,isi,harga\nGula ZQ7B,sak,25,400000\n"
SHEET_TEXT = "nama,harga,stok\nKeripik ZQ7B,15000,4\n"
# Gateways that are set up but nobody reaches, so that their doors are walked to as well.
GATEWAYS = {
    "midtrans_server_key": "SB-Mid-server-CONTOH123",
    "midtrans_base_url": "http://127.0.0.1:9",
    "xendit_secret_key": "xnd_development_CONTOH123",
    "xendit_callback_token": "token-panggilan-balik-contoh",
    "xendit_base_url": "http://127.0.0.1:9",
}
PASSWORD = "kayu-manis-di-rak-atas"


@dataclass(frozen=True)
class Shop:
    """One cooperative: its number, and the words of its addresses."""

    id: int
    slug: str
    words: dict[str, Any]
    people: tuple[UUID, ...]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.words[name]
        except KeyError:
            raise AttributeError(name) from None


@dataclass
class Site:
    """The application over a loaded market, and a cookie for everybody who can sign in."""

    app: Flask
    a: Shop
    b: Shop
    cookies: dict[tuple[str, str], str] = field(default_factory=dict)

    def visitor(self, role: str, letter: str = "A") -> FlaskClient:
        """Open a browser that knows nothing but who is signed in."""
        client = self.app.test_client()
        letter = "" if role in ("buyer", "office", "operator") else letter
        if role != "guest":
            client.set_cookie("guyub", self._cookie(role, letter))
        return client

    def _cookie(self, role: str, letter: str) -> str:
        if (role, letter) not in self.cookies:
            self.cookies[role, letter] = sign_in(self.app, person(role, letter))
        return self.cookies[role, letter]

    def forget(self, role: str, letter: str = "A") -> None:
        """Sign in anew next time."""
        self.cookies.pop((role, letter if role not in ("buyer", "office", "operator") else ""), "")


def person(role: str, letter: str) -> DemoAccount:
    return next(one for one in ACCOUNTS if (one.role, one.letter) == (role, letter))


def phone_of(one: DemoAccount) -> str:
    return "+62" + one.phone.removeprefix("0")


def sign_in(app: Flask, one: DemoAccount) -> str:
    """Sign a person in without the work of a password; gives the cookie."""
    with app.app_context():
        with transaction() as session:
            account = session.scalars(select(Account).where(Account.phone == phone_of(one))).one()
            secret = accounts.start_sign_in(
                session, account, browser="test", address="127.0.0.1", at=datetime.now(UTC)
            )
        signer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        return str(signer.dumps({"_user_id": secret, "_fresh": True}))


def _application(url: str, folder: Path) -> Flask:
    app = create_app(make_settings(url, folder, **GATEWAYS))
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return app


def build(url: str, folder: Path) -> tuple[Shop, Shop]:
    """Load the marked demo into a fresh database and furnish what it has not."""
    app = _application(url, folder)
    with app.app_context():
        with transaction() as session:
            demo.load(session, marked=True, at=now())
        app.extensions["jobs"].drain()  # without an index yet, that each message would write to
        rebuild(db.session(), search.index(), at=now())
        with transaction() as session:
            secrets = {letter: furnish(app, session, letter) for letter in "AB"}
        app.extensions["jobs"].drain()  # copies may be opened late: nothing is to wait in them
        a, b = (facts(db.session(), letter, secrets[letter]) for letter in "AB")
        db.session.remove()
    close(app)
    return a, b


@contextmanager
def market(url: str, folder: Path, shops: tuple[Shop, Shop]) -> Iterator[Site]:
    """Open a market that was built, or a copy of it."""
    app = _application(url, folder)
    try:
        yield Site(app, *shops)
    finally:
        close(app)


def _shop(session: Session, letter: str) -> Cooperative:
    slug = person("manager", letter).cooperative
    return session.scalars(select(Cooperative).where(Cooperative.slug == slug)).one()


def _account(session: Session, role: str, letter: str) -> Account:
    phone = phone_of(person(role, letter))
    return session.scalars(select(Account).where(Account.phone == phone)).one()


def furnish(app: Flask, session: Session, letter: str) -> dict[str, str]:
    """Give a cooperative a photo, a sheet, an invitation, and its chair a link and a notice."""
    shop, chair = _shop(session, letter), _account(session, "manager", letter)
    store, at = app.extensions["file_store"], now()
    listing = session.scalars(
        select(Listing).where(Listing.cooperative_id == shop.id).order_by(Listing.id)
    ).first()
    assert listing is not None
    picture = read_picture(make_photo(640, 480))
    editor = Editor(all_goods=True, account_id=chair.id)
    sheet = SHEET_TEXT if letter == "B" else SHEET_TEXT.replace(MARKER, "balado")
    listings.add_photos(session, store, shop.id, listing.id, [picture], editor=editor, at=at)
    files.store_document(
        session,
        store,
        shop.id,
        sheet.encode(),
        kind=SHEET,
        media_type="application/octet-stream",
        name="barang ZQ7B.csv",
        actor_id=chair.id,
        at=at,
    )
    seller = f"Grosir {MARKER}" if letter == "B" else "Grosir Baru"
    supplier(app, session, shop, seller, at)
    short_delivery(app, session, shop, seller, chair, at)
    brought_back(session, shop, chair, f"Penyok {MARKER}" if letter == "B" else "Penyok", at)
    palettes(session, shop, MARKER if letter == "B" else "", at)
    asked_again(session, shop, at)
    shelf(session, shop, chair, at)
    freight(session, shop, chair, f"Angkut {MARKER}" if letter == "B" else "Angkut", at)
    supplies_ordered(session, shop, chair, _account(session, "treasurer", letter), at)
    bank_statement(app, session, shop, f"TRSF {MARKER}" if letter == "B" else "TRSF", at)
    entries_by_hand(app, session, shop, _account(session, "treasurer", letter), chair, at)
    pay_out(app, session, shop, _account(session, "treasurer", letter), at)
    proof(app, session, shop, at)
    reason = f"Remuk {MARKER}" if letter == "B" else "Remuk"
    refund(app, session, shop, reason, _account(session, "treasurer", letter), at)
    balance(session, shop, _account(session, "treasurer", letter), at)
    bons(session, shop, _account(session, "treasurer", letter), chair, reason, at)
    claim(app, session, shop, reason, at)
    door(session, shop, MARKER if letter == "B" else "", at)
    invitation = cooperatives.invite(
        session, shop, Role.SELLER, by=chair.id, name="Bu Tamu ZQ7B", at=at
    )
    session.add(
        Notice(
            account_id=chair.id, cause=f"walk {letter}", text="Ada kabar.", values={}, url="/",
            created_at=at,
        )
    )  # fmt: skip
    secret = accounts.make_reset_link(session, chair, at=at)
    accounts.start_sign_in(session, chair, browser="walk", address="127.0.0.1", at=at)
    return {"invitation": invitation, "link": secret, "email_link": wish_email(session, chair, at)}


def door(session: Session, shop: Cooperative, mark: str, at: datetime) -> None:
    """Bring one order to a door, paid there, and let another be ready to be brought."""
    zone = delivery.add_zone(
        session,
        shop,
        f"Sukun {mark}".strip(),
        Terms(Rupiah(8_000), cash_up_to=Rupiah(10**9)),
        at=at,
    )
    delivery.add_area(session, shop, zone.id, "35.73.04", at=at)
    title = "Tempe segar" if mark else "Pisang goreng"
    variant = demo_trade.variant_of(session, shop, title)
    choices = {
        shop.id: Choice(method=PaymentMethod.COD, door=Doorstep(zone.id, f"Jl. Supriadi {mark} 8"))
    }
    for number in range(3):
        request = OrderRequest(
            f"walk-door-{shop.id}-{number}",
            {variant.id: 2},
            Buyer(f"Bu Endang {mark}".strip(), "+6281233445590"),
            variant.price * 2 + Rupiah(8_000),
            choices,
        )
        purchase = orders.place(session, request, at=at)
        order = session.scalars(select(Order).where(Order.purchase_id == purchase.id)).one()
        for step in (OrderState.IN_PREPARATION, OrderState.READY):
            orders.advance(session, order, step, actor_id=None, at=at)
        if number < 2:
            courier = delivery.CourierChoice(name=f"Mas Yudi {mark}".strip())
            trip = orders.send_out(session, order, courier, actor_id=None, at=at)
        if number < 1:
            orders.arrive(session, trip, trip.cash, at=at)


def short_delivery(
    app: Flask, session: Session, shop: Cooperative, seller: str, chair: Account, at: datetime
) -> None:
    """Let half of what a supplier billed have come, with its note."""
    item = supply.add_item(
        session, shop.id, name="Wajan", base_unit=BaseUnit.PIECE, unit="buah", factor=1, at=at
    )
    terms = supply.Terms(seller, "karton", 4, Rupiah(400_000))
    plan = supply.RoundPlan(at + timedelta(days=1), "Balai")
    pool = supply.open_round(session, item, terms, plan, opened_by=chair.id, at=at)
    member = session.scalars(
        select(Member).where(Member.cooperative_id == shop.id).order_by(Member.id).limit(1)
    ).one()
    wanted = supply.Wanted(4)
    supply.join(session, pool, member, wanted, entered_by=chair.id, at=at)
    supply.lock(session, pool, at=at)
    note = session.get_one(StoredFile, (shop.id, kept(app, session, shop, NOTE, at)))
    supply.receive(
        session, pool, key="klaim", packs=0, quantity=2, cost=Rupiah(400_000),
        note=note, actor_id=chair.id, at=at,
    )  # fmt: skip


def brought_back(
    session: Session, shop: Cooperative, chair: Account, reason: str, at: datetime
) -> None:
    """Let a member fetch three of four woks and bring one of them back."""
    item = session.scalars(
        select(SupplyItem).where(SupplyItem.cooperative_id == shop.id, SupplyItem.name == "Wajan")
    ).one()
    terms = supply.Terms("Toko Sukun", "karton", 4, Rupiah(80_000))
    plan = supply.RoundPlan(at + timedelta(days=1), "Balai")
    pool = supply.open_round(session, item, terms, plan, opened_by=chair.id, at=at)
    member = session.scalars(
        select(Member).where(Member.cooperative_id == shop.id).order_by(Member.id).limit(1)
    ).one()
    line = supply.join(session, pool, member, supply.Wanted(4), entered_by=chair.id, at=at)
    supply.lock(session, pool, at=at)
    supply.receive(
        session, pool, key="wajan", packs=1, quantity=4, cost=Rupiah(80_000), actor_id=chair.id,
        at=at,
    )  # fmt: skip
    supply.hand_over(
        session, line, paid=Rupiah(60_000), taking=supply.Taking(3), actor_id=chair.id, at=at
    )
    hand = supply_queries.fetched_of(session, [line])[line.id].last
    back = supply.Returning(1, reason, ReturnedTo.STOCK, PaidWith.CASH)
    supply.return_goods(session, hand, back, key="wajan", by=chair.id, at=at)


def palettes(session: Session, shop: Cooperative, mark: str, at: datetime) -> None:
    """Count every good of the list in one more unit."""
    for good in supply_queries.items(session, shop.id):
        unit = supply.NewUnit(f"palet {mark}".strip(), 10**6 * good.factor // 1000)
        supply.add_unit(session, good, unit, at=at)


def shelf(session: Session, shop: Cooperative, chair: Account, at: datetime) -> None:
    """Sell in the shop what the first offer is for."""
    offer = session.scalars(select(PackOffer).where(PackOffer.cooperative_id == shop.id)).first()
    assert offer
    good = supply_queries.item(session, shop.id, offer.item_id)
    thing = supply_queries.counted_things(session, shop.id)[0]
    supply.link_shelf(
        session, good, thing.id, factor=good.factor, cover_days=14, by=chair.id, at=at
    )


def asked_again(session: Session, shop: Cooperative, at: datetime) -> None:
    """Let a member need what the first round buys every week."""
    pool = session.scalars(select(SupplyPool).where(SupplyPool.cooperative_id == shop.id)).first()
    member = session.scalars(select(Member).where(Member.cooperative_id == shop.id)).first()
    giver = session.scalars(select(Post).where(Post.cooperative_id == shop.id)).first()
    assert pool
    assert member
    assert giver
    good = supply_queries.item(session, shop.id, pool.item_id)
    wanted = supply.Wanted(2 * good.factor)
    supply.keep_asking(
        session, member, wanted, Rhythm.WEEK, item=good, entered_by=giver.account_id, at=at
    )


def supplier(app: Flask, session: Session, shop: Cooperative, name: str, at: datetime) -> None:
    """Let somebody sell the first good of the list, and have sent a price list."""
    seller = supply.add_supplier(session, shop.id, supply.SupplierFacts(name), at=at)
    good = supply_queries.items(session, shop.id)[0]
    terms = PackTerms("karton", 4 * good.factor, Rupiah(400_000))
    supply.note_offer(session, seller, good, terms, by=None, at=at)
    files.store_document(
        session, app.extensions["file_store"], shop.id, PRICES_TEXT.encode(), kind=PRICE_LIST,
        media_type="application/octet-stream", name="harga ZQ7B.csv", actor_id=None, at=at,
    )  # fmt: skip


def supplies_ordered(
    session: Session, shop: Cooperative, chair: Account, treasurer: Account, at: datetime
) -> None:
    """Let an order be with the supplier of whom ``supplier`` told."""
    good = supply_queries.items(session, shop.id)[0]
    seller = session.scalars(select(Supplier).where(Supplier.cooperative_id == shop.id)).all()[-1]
    member = session.scalars(select(Member).where(Member.cooperative_id == shop.id)).first()
    assert member
    terms = supply.Terms(seller.name, "karton", 4 * good.factor, Rupiah(400_000))
    plan = supply.RoundPlan(at + timedelta(days=1), "Balai RW 3")
    pool = supply.open_round(session, good, terms, plan, opened_by=chair.id, at=at)
    wanted = supply.Wanted(4 * good.factor)
    supply.join(session, pool, member, wanted, entered_by=chair.id, at=at)
    supply.lock(session, pool, by=chair.id, at=at)
    order = supply.draft(session, pool, by=chair.id, at=at)
    supply.approve(session, order, seen=order.total, by=treasurer.id, at=at)
    supply.send(session, order, SentBy.WHATSAPP, by=chair.id, at=at)


def bank_statement(
    app: Flask, session: Session, shop: Cooperative, told: str, at: datetime
) -> None:
    """Let money come in on a statement, some of it for an order that waits for it."""
    account = payments.accounts(session, shop.id)[0]
    waiting = session.scalars(select(Transfer).where(Transfer.cooperative_id == shop.id)).first()
    fitting = waiting.amount.amount if waiting else 77_777
    text = (
        f"Tanggal,Keterangan,Jumlah\n{at:%d/%m/%Y},{told},25000\n"
        f"{at + timedelta(days=1):%d/%m/%Y},{told},{fitting}\n"
    )
    files.store_document(
        session, app.extensions["file_store"], shop.id, text.encode(), kind=STATEMENT,
        media_type="application/octet-stream", name="mutasi ZQ7B.csv", actor_id=None, at=at,
    )  # fmt: skip
    rows = read_rows(text.encode())
    statements.bring_in(session, account, rows, guess(split(rows)[0]), by=None, at=at)


def entries_by_hand(
    app: Flask,
    session: Session,
    shop: Cooperative,
    treasurer: Account,
    chair: Account,
    at: datetime,
) -> None:
    """Let the treasurer write two entries, of which the chair has approved one."""
    rent = ledger.add_account(
        session, shop.id, Unit.SHOP, code="5-3110", name="Sewa ZQ7B", name_en=None,
        kind=AccountKind.EXPENSE, at=at,
    )  # fmt: skip
    book = books.book_of(session, shop.id, Unit.SHOP)
    assert book is not None
    cash = next(account.id for account in books.chart(session, book) if account.code == "1-1100")
    lines = [
        JournalLine(rent.id, debit=Rupiah(25_000)),
        JournalLine(cash, credit=Rupiah(25_000)),
    ]
    drafts = [
        bookkeeping.propose(
            session, shop.id, Unit.SHOP, key=f"walk {memo}", memo=f"{memo} ZQ7B",
            dated=local_day(at), lines=lines, file_id=kept(app, session, shop, ATTACHMENT, at),
            by=treasurer.id, at=at,
        )
        for memo in ("Sewa", "Listrik")
    ]  # fmt: skip
    bookkeeping.approve(session, drafts[0], by=chair.id, at=at)


def proof(app: Flask, session: Session, shop: Cooperative, at: datetime) -> None:
    """Let the buyer of the first order have sent a picture of a transfer."""
    order = session.scalars(
        select(Order).where(Order.cooperative_id == shop.id).order_by(Order.id).limit(1)
    ).one()
    intent = payments.intent_of(session, shop.id, order.id)
    assert intent is not None
    file = files.keep_whole(
        session, app.extensions["file_store"], shop.id, read_whole(make_photo(300, 600)),
        kind=PROOF, actor_id=None, at=at,
    )  # fmt: skip
    session.add(
        PaymentProof(
            cooperative_id=shop.id, intent_id=intent.id, file_id=file.id, sha256=file.sha256,
            sent_at=at,
        )
    )  # fmt: skip


def kept(app: Flask, session: Session, shop: Cooperative, kind: str, at: datetime) -> UUID:
    """Keep a picture of a kind that is not for everyone."""
    file = files.keep_whole(
        session, app.extensions["file_store"], shop.id, read_whole(make_photo(330, 620)),
        kind=kind, actor_id=None, at=at,
    )  # fmt: skip
    return file.id


def refund(
    app: Flask, session: Session, shop: Cooperative, told: str, treasurer: Account, at: datetime
) -> None:
    """Have the treasurer ask for more money to go back than one officer may agree to."""
    order = session.scalars(
        select(Order)
        .where(Order.cooperative_id == shop.id, Order.state == OrderState.FINISHED)
        .order_by(Order.id)
        .limit(1)
    ).one()
    limit, shop.refund_limit = shop.refund_limit, Rupiah(0)
    wanted = orders.RefundRequest(told, Rupiah(1_000))
    asked = orders.request_refund(session, order, wanted, key="walk", by=treasurer.id, at=at)
    asked.file_id = kept(app, session, shop, REFUND_PROOF, at)
    shop.refund_limit = limit


def freight(session: Session, shop: Cooperative, buyer: Account, told: str, at: datetime) -> None:
    """Let a good that came short have cost its transport too."""
    pool = session.scalars(
        select(SupplyPool)
        .join(
            GoodsReceipt,
            (GoodsReceipt.cooperative_id == SupplyPool.cooperative_id)
            & (GoodsReceipt.pool_id == SupplyPool.id),
        )
        .where(SupplyPool.cooperative_id == shop.id, GoodsReceipt.note_file_id.is_not(None))
        .order_by(GoodsReceipt.id)
    ).first()
    assert pool is not None
    cost = supply.NewCost(told, Rupiah(9_001), SplitBy.QUANTITY, CostPaidFrom.CASH, pool.place)
    supply.add_cost(session, pool.round, cost, key="walk", by=buyer.id, at=at)


def balance(session: Session, shop: Cooperative, treasurer: Account, at: datetime) -> None:
    """Let every member have a balance; some of the first one's is being paid out."""
    members = session.scalars(
        select(Member).where(Member.cooperative_id == shop.id).order_by(Member.id)
    ).all()
    for member in members:
        theirs = MemberAccount(Purpose.MEMBER_BALANCE, member.id)
        ledger.post(
            session, shop.id, Unit.SHOP,
            Posting(
                f"walk balance {member.id}", "Saldo awal titipan",
                (Move(Purpose.CASH, theirs, Rupiah(9_000)),), local_day(at), "manual",
            ),
            at=at,
        )  # fmt: skip
    limit, shop.refund_limit = shop.refund_limit, Rupiah(0)
    balances.ask(session, shop, members[0].id, Rupiah(2_000), key="walk", by=treasurer.id, at=at)
    shop.refund_limit = limit


def bons(
    session: Session, shop: Cooperative, treasurer: Account, chair: Account, told: str, at: datetime
) -> None:
    """Let every member have two bons, one of them paid in part, and room that is held."""
    for member in session.scalars(select(Member).where(Member.cooperative_id == shop.id)).all():
        decides = chair if member.account_id == treasurer.id else treasurer
        credit.set_limit(session, member, Rupiah(90_000), due_days=14, by=decides.id, at=at)
        for amount in (20_000, 30_000):
            source = new_id()
            credit.charge(
                session, member, "walk", source, Rupiah(amount), memo=told, by=decides.id, at=at
            )
            sale = Move(credit.receivable(member.id), Purpose.MEMBER_SALES, Rupiah(amount))
            posting = Posting(f"walk bon {source}", "Bon", (sale,), local_day(at), "walk", source)
            ledger.post(session, shop.id, Unit.SHOP, posting, at=at)
        credit.pay(
            session, member, Rupiah(5_000), CreditPaidBy.CASH, key=f"walk {member.id}",
            by=decides.id, at=at,
        )  # fmt: skip
        credit.hold(session, member, "walk", new_id(), Rupiah(10_000), at=at)


def claim(app: Flask, session: Session, shop: Cooperative, told: str, at: datetime) -> None:
    """Let the buyer of an order that was handed over have complained, with a photo."""
    order = session.scalars(
        select(Order)
        .where(Order.cooperative_id == shop.id, Order.state == OrderState.FINISHED)
        .order_by(Order.id)
        .limit(1)
    ).one()
    file = files.keep_whole(
        session, app.extensions["file_store"], shop.id, read_whole(make_photo(320, 610)),
        kind=PICTURE, actor_id=None, at=at,
    )  # fmt: skip
    session.add(
        Claim(
            cooperative_id=shop.id, order_id=order.id, kind=ClaimKind.DAMAGED,
            state=ClaimState.OPENED, words=told, opened_at=at, answer_by=answer_until(at),
            pictures=[ClaimPicture(cooperative_id=shop.id, file_id=file.id)],
        )
    )  # fmt: skip


def pay_out(
    app: Flask, session: Session, shop: Cooperative, treasurer: Account, at: datetime
) -> None:
    """Owe every member something; the treasurer has put half of it together to be paid."""
    members = session.scalars(select(Member).where(Member.cooperative_id == shop.id)).all()
    for member in members:
        owed = MemberAccount(Purpose.CONSIGNMENT_PAYABLE, member.id)
        ledger.post(
            session, shop.id, Unit.SHOP,
            Posting(
                f"walk {member.id}", "Titipan", (Move(Purpose.CASH, owed, Rupiah(9_000)),),
                local_day(at), "manual",
            ),
            at=at,
        )  # fmt: skip
    chosen = [member.id for member in members[: len(members) // 2]]
    sale = PooledSale(
        f"Cabai {shop.name}", "kg", local_day(at), Rupiah(90_000), 500, dict.fromkeys(chosen, 7)
    )
    pools.share_out(
        session, shop.id, sale, key="walk", paid_into=PaidInto.CASH, by=treasurer.id, at=at
    )
    batch = payouts.compose(session, shop.id, chosen, key="walk", by=treasurer.id, at=at)
    batch.file_id = kept(app, session, shop, PAYOUT_PROOF, at)


def wish_email(session: Session, account: Account, at: datetime) -> str:
    """Let a new address wait to be confirmed; gives the secret that its mail would carry."""
    wish = OneTimeLink(
        account_id=account.id, purpose=LinkPurpose.CONFIRM_EMAIL, email="zq7b@contoh.id",
        secret_hash="", created_at=at, expires_at=at + timedelta(hours=1),
    )  # fmt: skip
    session.add(wish)
    return accounts.make_email_link(session, wish)


def facts(session: Session, letter: str, secrets: dict[str, str]) -> Shop:
    """Collect what the addresses and forms of a cooperative are made of."""
    shop, chair = _shop(session, letter), _account(session, "manager", letter)

    def first(model: Any, *conditions: Any) -> Any:
        mine = select(model).where(model.cooperative_id == shop.id, *conditions)
        return session.scalars(mine.order_by(model.id).limit(1)).one()

    def own(model: Any) -> Any:
        mine = select(model).where(model.account_id == chair.id)
        return session.scalars(mine.order_by(model.id).limit(1)).one()

    photo = first(Photo)
    listing = first(Listing, Listing.id == photo.listing_id)
    order = first(Order)
    arrived = session.scalars(
        select(Shipment).where(
            Shipment.cooperative_id == shop.id,
            Shipment.state == ShipmentState.ARRIVED,
            Shipment.id.in_(
                select(Shipment.id)
                .join(
                    Order,
                    (Order.cooperative_id == Shipment.cooperative_id)
                    & (Order.id == Shipment.order_id),
                )
                .where(Order.pickup_name.like("Sukun%"))
            ),
        )
    ).one()
    trip = first(
        Shipment,
        Shipment.state == ShipmentState.ON_ITS_WAY,
        Shipment.courier_id == arrived.courier_id,
        Shipment.sent_at == arrived.sent_at,
    )
    counted = session.scalars(
        select(Variant)
        .join(Listing, Listing.id == Variant.listing_id)
        .where(
            Variant.cooperative_id == shop.id,
            Variant.active,
            Listing.availability == Availability.LIMITED,
        )
        .order_by(Variant.id)
    ).first()
    assert counted is not None
    short = first(GoodsReceipt, GoodsReceipt.note_file_id.is_not(None))
    short_pool = first(SupplyPool, SupplyPool.id == short.pool_id)
    returned = first(SupplyReturn)
    handed = first(SupplyHandOver, SupplyHandOver.id == returned.hand_id)
    fetched = first(RequestLine, RequestLine.id == handed.line_id)
    pool = first(SupplyPool)
    link = first(ShelfLink)
    (reorder,) = supply_queries.reorders(session, shop.id, at=now())
    assert reorder.offer
    with_supplier = first(PurchaseOrder, PurchaseOrder.state == PurchaseOrderState.SENT)
    seller = _account(session, "seller", letter)
    ids = {
        "listing_id": listing.id,
        "variant_id": first(Variant, Variant.listing_id == listing.id).id,
        "counted_variant_id": counted.id,
        "counted_listing_id": counted.listing_id,
        "photo_id": photo.id,
        "picture_id": photo.file_id,
        "sheet_id": first(StoredFile, StoredFile.kind == SHEET).id,
        "price_list_id": first(StoredFile, StoredFile.kind == PRICE_LIST).id,
        "supplier_id": first(Supplier).id,
        "standing_id": first(StandingRequest).id,
        "link_id": link.id,
        "shelf_item_id": link.item_id,
        "shelf_offer_id": reorder.offer.id,
        "rung_id": first(UnitRung, UnitRung.item_id == pool.item_id).id,
        "offer_id": first(PackOffer).id,
        "member_id": first(Member).id,
        "account_id": seller.id,
        "post_id": first(Post, Post.role == Role.TREASURER).id,
        "invite_id": first(Invite).id,
        "point_id": first(PickupPoint).id,
        "zone_id": first(DeliveryZone, DeliveryZone.name.like("Sukun%")).id,
        "courier_id": first(Courier, Courier.id == arrived.courier_id).id,
        "line_id": first(RequestLine, RequestLine.pool_id == pool.id).id,
        "taker_id": first(RequestLine, RequestLine.pool_id == pool.id).member_id,
        "hand_id": handed.id,
        "return_id": returned.id,
        "fetcher_id": fetched.member_id,
        "item_id": pool.item_id,
        "other_item_id": session.scalars(
            select(SupplyItem.id)
            .where(SupplyItem.cooperative_id == shop.id)
            .order_by(SupplyItem.id == pool.item_id, SupplyItem.id)
        ).first(),
        "destination_id": first(
            PaymentDestination, PaymentDestination.kind == DestinationKind.BANK
        ).id,
        "bank_line_id": first(BankLine).id,
        "proof_id": first(PaymentProof).id,
        "batch_id": first(PayoutBatch).id,
        "pool_id": first(Pool).id,
        "withdrawal_id": first(Withdrawal).id,
        "claim_id": first(Claim).id,
        "evidence_id": first(ClaimPicture).id,
        "supplier_claim_id": first(SupplierClaim).id,
        "receipt_id": short.id,
        "cost_id": first(CostLine).id,
        "refund_id": first(Refund, Refund.key == "walk").id,
        "draft_id": first(EntryDraft, EntryDraft.state == DraftState.PROPOSED).id,
        "entry_id": first(LedgerEntry, LedgerEntry.source_type == MANUAL).id,
        "book_account_id": first(LedgerAccount, LedgerAccount.code == "5-3110").id,
        "cash_id": first(LedgerAccount, LedgerAccount.code == "1-1100").id,
        "statement_id": first(StoredFile, StoredFile.kind == STATEMENT).id,
        "sign_in_id": own(SignIn).id,
        "token_id": own(ApiToken).id,
        "notice_id": own(Notice).id,
    }
    purchase = session.scalars(select(Purchase).where(Purchase.id == order.purchase_id)).one()
    asked = first(Refund, Refund.key == "walk")
    refunded = session.scalars(select(Purchase).join(Order).where(Order.id == asked.order_id)).one()
    category = session.scalars(select(Category).where(Category.id == listing.category_id)).one()
    words: dict[str, Any] = {
        **{name: to_text(value) for name, value in ids.items()},
        "name": listing.slug,
        "category_id": category.id,
        "path": category.path,
        "order": order.number,
        "purchase": purchase.number,
        "key": purchase.key,
        "refunded": refunded.number,
        "refunded_key": refunded.key,
        "trip": trip.key,
        "trip_cash": str(trip.cash.amount),
        "to_send": first(
            Order, Order.state == OrderState.READY, Order.pickup_name.like("Sukun%")
        ).number,
        "order_number": with_supplier.number,
        "supplier_key": with_supplier.key,
        "round": pool.number,
        "place": pool.place,
        "short_round": short_pool.number,
        "short_place": short_pool.place,
        "fetched_round": first(SupplyPool, SupplyPool.id == fetched.pool_id).number,
        "short_line_id": to_text(first(RequestLine, RequestLine.pool_id == short_pool.id).id),
        "item_name": session.get(SupplyItem, (shop.id, pool.item_id)).name,  # type: ignore[union-attr]
        "login": phone_of(person("manager", letter)),
        "qris": shop.qris_payload,
        **secrets,
    }
    people = session.scalars(
        select(Post.account_id).where(Post.cooperative_id == shop.id).distinct()
    )
    return Shop(shop.id, shop.slug, words, tuple(people))


# ---------------------------------------------------------------------------- addresses


def words_of(rule: Rule, shop: Shop) -> dict[str, Any]:
    """Say what stands in the places of an address; KeyError when nobody taught us."""
    return {name: _word(rule, name, shop) for name in rule.arguments if name not in _fixed(rule)}


def _fixed(rule: Rule) -> set[str]:
    return set(rule.defaults or {})


def _word(rule: Rule, name: str, shop: Shop) -> Any:
    special: dict[tuple[str, str], Any] = {
        ("listings.buying", "listing_id"): shop.counted_listing_id,
        ("listings.buy", "listing_id"): shop.counted_listing_id,
        ("listings.picture", "file_id"): shop.picture_id,
        ("listings.picture", "width"): 320,
        ("accounts.link", "secret"): shop.link,
        ("accounts.use_link", "secret"): shop.link,
        ("accounts.email_link", "secret"): shop.email_link,
        ("accounts.use_email_link", "secret"): shop.email_link,
        ("members.invitation", "secret"): shop.invitation,
        ("members.accept", "secret"): shop.invitation,
        ("storefront.sitemap_of", "kind"): "barang-1",
        ("storefront.product_preview", "mark"): "0",
        ("storefront.shop_preview", "number"): shop.id,
        ("accounts.read_in", "code"): "en",
        ("supply.basket", "member_id"): shop.taker_id,
        ("supply.hand_over_basket", "member_id"): shop.taker_id,
        ("supply.slot", "member_id"): shop.taker_id,
        ("supply.choose_slot", "member_id"): shop.taker_id,
        ("orders.own_refund_proof", "number"): shop.refunded,
        ("orders.own_refund_proof", "key"): shop.refunded_key,
        ("orders.courier", "key"): shop.trip,
        ("orders.arrive", "key"): shop.trip,
        ("orders.fail", "key"): shop.trip,
        ("supply.receipt_note", "number"): shop.short_round,
        ("supply.receipt_note", "place"): shop.short_place,
        ("supply.reversing", "number"): shop.short_round,
        ("supply.reversing", "place"): shop.short_place,
        ("supply.reverse_receipt", "number"): shop.short_round,
        ("supply.reverse_receipt", "place"): shop.short_place,
        ("api.list_supply_receipts", "number"): shop.short_round,
        ("api.list_supply_receipts", "place"): shop.short_place,
        ("api.reverse_supply_receipt", "number"): shop.short_round,
        ("api.reverse_supply_receipt", "place"): shop.short_place,
        ("supply.shares", "number"): shop.short_round,
        ("supply.shares", "place"): shop.short_place,
        ("supply.share_manually", "number"): shop.short_round,
        ("supply.share_manually", "place"): shop.short_place,
        ("api.share_supply_manually", "number"): shop.short_round,
        ("api.share_supply_manually", "place"): shop.short_place,
        ("supply.price_question", "number"): shop.short_round,
        ("supply.price_question", "place"): shop.short_place,
        ("supply.price_question", "line_id"): shop.short_line_id,
        ("supply.answer_price", "number"): shop.short_round,
        ("supply.answer_price", "place"): shop.short_place,
        ("supply.answer_price", "line_id"): shop.short_line_id,
        ("api.answer_supply_price", "request_id"): shop.short_line_id,
        ("supply.returning", "number"): shop.fetched_round,
        ("supply.returning", "member_id"): shop.fetcher_id,
        ("supply.return_goods", "number"): shop.fetched_round,
        ("supply.return_goods", "member_id"): shop.fetcher_id,
        ("supply.unfetched", "number"): shop.short_round,
        ("supply.unfetched", "place"): shop.short_place,
        ("supply.unfetched", "line_id"): shop.short_line_id,
        ("supply.decide_unfetched", "number"): shop.short_round,
        ("supply.decide_unfetched", "place"): shop.short_place,
        ("supply.decide_unfetched", "line_id"): shop.short_line_id,
        ("supply.undo_unfetched", "number"): shop.short_round,
        ("supply.undo_unfetched", "place"): shop.short_place,
        ("supply.undo_unfetched", "line_id"): shop.short_line_id,
        ("api.list_unfetched_supplies", "number"): shop.short_round,
        ("api.decide_unfetched_supply", "request_id"): shop.short_line_id,
        ("api.undo_unfetched_supply", "request_id"): shop.short_line_id,
        ("supply.unlink_shelf", "item_id"): shop.shelf_item_id,
        ("api.unlink_supply_shelf", "item_id"): shop.shelf_item_id,
        ("supply.costs", "number"): shop.short_round,
        ("supply.add_cost", "number"): shop.short_round,
        ("supply.undo_cost", "number"): shop.short_round,
        ("api.list_supply_costs", "number"): shop.short_round,
        ("api.add_supply_cost", "number"): shop.short_round,
        ("api.undo_supply_cost", "number"): shop.short_round,
        ("supplier_pages.show", "key"): shop.supplier_key,
        ("supplier_pages.answer", "key"): shop.supplier_key,
        ("supplier_pages.document", "key"): shop.supplier_key,
        ("api.get_delivery", "key"): shop.trip,
        ("api.arrive_delivery", "key"): shop.trip,
        ("api.fail_delivery", "key"): shop.trip,
    }
    if (rule.endpoint, name) in special:
        return special[rule.endpoint, name]
    if name == "number":
        if rule.endpoint.startswith("supply.") or "/rounds/" in rule.rule:
            return shop.round
        if "/purchases/<number>" in rule.rule:
            return shop.purchase
        return shop.purchase if "key" in rule.arguments else shop.order
    if name == "account_id" and rule.endpoint.startswith("bookkeeping."):
        return shop.book_account_id
    if name == "file_id":
        room = rule.endpoint.partition(".")[0]
        return shop.words[
            {"orders": "statement_id", "supply": "price_list_id"}.get(room, "sheet_id")
        ]
    if name in ("slug", "cooperative_id"):
        return {"slug": shop.slug, "cooperative_id": shop.id}[name]
    return shop.words[{"product_id": "listing_id", "request_id": "line_id"}.get(name, name)]


# -------------------------------------------------------------------------------- forms


def week(hours: str) -> dict[str, str]:
    return {f"day_{day}": hours for day in range(7)}


def _listing(s: Shop) -> Values:
    return {
        "title": "Keripik singkong balado", "find": "", "category": s.category_id,
        "unit": "bungkus", "availability": "stok terbatas", "ready_on": "", "maker": s.member_id,
        "variants-0-id": "", "variants-0-title": "250 g", "variants-0-price": "15.000",
        "variants-0-quantity": "12", "variants-0-seen": "", "description": "Renyah.",
        "food_permit": "", "halal": "tidak disebut", "halal_number": "", "ingredients": "Singkong",
        "shelf_life_days": "60", "version": "1", "aksi": "simpan", "kept-0": "",
    }  # fmt: skip


def _profile(_s: Shop) -> Values:
    return {
        "name": "Toko Baru", "tagline": "satu kalimat", "story": "Cerita.",
        "phone": "0812 3344 5566", "whatsapp": "0812 3344 5566", "email": "toko@contoh.id",
        "address": "Jl. Baru 1", "legal_name": "Koperasi Baru", "registration_number": "3573",
        "deed_number": "AHU-1", "business_number": "1", "tax_number": "1",
        "last_meeting_on": "2026-03-14",
    }  # fmt: skip


def _member(_s: Shop) -> Values:
    return {
        "name": "Siti Anggota", "called": "Bu Siti", "trade": "rujak", "phone": "0812 9988 7766",
        "address": "Jl. Lama 2", "admitted_on": "2026-01-05",
    }  # fmt: skip


def _good(s: Shop) -> Values:
    return {
        "item": s.other_item_id, "supplier": "Grosir Baru", "pack_name": "sak", "pack_size": "25",
        "pack_price": "225.000", "pack_minimum": "1", "pack_step": "1",
        "tiers": "5: 10.000; 10: 9.000", "stock_cap": "0", "arrives_on": "2030-01-09",
        "others-0-pack_name": "kantong", "others-0-pack_size": "5",
        "others-0-pack_price": "52.000", "max_per_member": "900", "legal_price": "900.000",
    }  # fmt: skip


def _round(s: Shop) -> Values:
    return {
        **_good(s), "item": s.item_id, "closes_at": "2030-01-05T20:00",
        "opens_at": "", "top_up_until": "2030-01-06T20:00", "pickup_from": "2030-01-09T08:00",
        "pickup_until": "2030-01-09T17:00", "policy": "rata",
        "pickup_place": "Balai RW",
    }  # fmt: skip


def _supplier(_s: Shop) -> Values:
    return {
        "name": "Toko Sembako", "phone": "0812 3344 5577", "email": "toko@contoh.id",
        "lead_days": "2", "note": "Buka jam 6",
    }  # fmt: skip


def _wish(s: Shop) -> Values:
    return {
        "want": "2", "accept_min": "1", "flex_max": "3", "needed_by": "", "member": s.member_id,
        "second": "", "price_cap": "15.000",
    }  # fmt: skip


def _checkout(s: Shop) -> Values:
    return {
        "name": "Sari", "phone": "0812 3456 7890", "email": "sari@contoh.id",
        "checkout_key": "k" * 24, "expected_total": "30000",
        f"ambil-{s.id}": f"{s.point_id}|2030-01-05T09:00:00+07:00", f"bayar-{s.id}": "cod",
        f"catatan-{s.id}": "Tanpa sambal",
    }  # fmt: skip


def _zone(_s: Shop) -> Values:
    return {
        "name": "Batu", "fee": "12.000", "minimum": "10.000", "free_from": "200.000",
        "cash_up_to": "100.000",
    }  # fmt: skip


def _point(_s: Shop) -> Values:
    return {
        "name": "Balai RW 3", "address": "Jl. Balai 3", "note": "Lewat gang",
        "prepare_minutes": "60", **week("08.00-12.00, 13.00-17.00"),
    }  # fmt: skip


def _entry(s: Shop) -> Values:
    return {
        "key": "jurnal-1", "dated": f"{local_day(datetime.now(UTC))}", "memo": "Sewa lapak",
        "lines-0-account": s.book_account_id, "lines-0-debit": "25.000",
        "lines-1-account": s.cash_id, "lines-1-credit": "25.000",
    }  # fmt: skip


BODIES: dict[str, Callable[[Shop], Values]] = {
    "cooperatives.set_banner": lambda _s: {"lepas": "1"},
    "accounts.start": lambda s: {"login": s.login, "password": "bukan ini", "lanjut": "/akun"},
    "accounts.register": lambda _s: {
        "name": "Pendatang", "login": "081299990000", "password": PASSWORD, "lanjut": "/"},
    "accounts.ask_reset": lambda _s: {"login": "081200000009"},
    "accounts.use_link": lambda _s: {"new_password": PASSWORD},
    "accounts.sign_out": lambda _s: {"lanjut": "/"},
    "accounts.choose_language": lambda _s: {"bahasa": "en", "lanjut": "/cari"},
    "accounts.change_password": lambda _s: {
        "current_password": "bukan ini", "new_password": PASSWORD},
    "accounts.end_sign_in": lambda _s: {},
    "accounts.end_others": lambda _s: {},
    "accounts.create_token": lambda _s: {"name": "Kasir", "scopes": "orders", "days": "30"},
    "accounts.revoke_token": lambda _s: {},
    "accounts.open_notice": lambda _s: {},
    "accounts.read_all": lambda _s: {},
    "accounts.change_profile": lambda _s: {"name": "Nama Sendiri", "language": "id"},
    "accounts.change_phone": lambda _s: {
        "phone": "0812 7777 8888", "current_password": "bukan ini"},
    "accounts.ask_email": lambda _s: {"email": "baru@contoh.id", "current_password": "bukan ini"},
    "accounts.use_email_link": lambda _s: {},
    "orders.add": lambda s: {"variant": s.variant_id, "quantity": "1"},
    "orders.change": lambda s: {f"jumlah-{s.variant_id}": "2", **_checkout(s)},
    "orders.place": _checkout,
    "orders.cancel": lambda _s: {"pesanan": "A"},
    "orders.again": lambda _s: {},
    "orders.advance": lambda _s: {"ke": "diproses", "kolom": "baru"},
    "orders.hand_over": lambda _s: {"kode": "VELO-1", "kolom": "siap"},
    "orders.undo": lambda _s: {"kolom": "siap"},
    "orders.confirm_payment": lambda _s: {"received": "30.000", "key": "1"},
    "orders.reduce": lambda _s: {"reason": "Bahan habis", "key": "kurang-1"},
    "orders.cancel_order": lambda _s: {"reason": "Bahan habis"},
    "orders.send_proof": lambda _s: {"pesanan": "A"},
    "orders.pay_online": lambda _s: {"pesanan": "A"},
    "orders.check_online": lambda _s: {"pesanan": "A"},
    "webhooks.midtrans": lambda s: {"order_id": s.order, "signature_key": "palsu"},
    "webhooks.xendit": lambda s: {"external_id": s.order, "status": "PAID"},
    "orders.refuse_proof": lambda _s: {},
    "claims.open_claim": lambda _s: {"kind": "rusak", "words": "Remuk", "pesanan": "A"},
    "claims.accept": lambda _s: {},
    "claims.escalate": lambda _s: {},
    "claims.answer": lambda _s: {
        "answer": "kembali_sebagian", "amount": "1.000", "words": "Maaf"},
    "claims.decide": lambda _s: {"amount": "1.000", "words": "Separuh"},
    "orders.request_refund": lambda _s: {
        "amount": "1.000", "reason": "Remuk", "key": "kembali-1"},
    "orders.approve_refund": lambda _s: {},
    "orders.refuse_refund": lambda _s: {},
    "orders.pay_refund": lambda _s: {"method": "tunai", "reference": "TRF 7"},
    "orders.upload_statement": lambda s: {"account": s.destination_id},
    "orders.bring_in_statement": lambda _s: {"kolom_tanggal": "0", "kolom_jumlah": "2"},
    "orders.match_line": lambda s: {"nomor": s.order},
    "orders.match_exact": lambda _s: {},
    "orders.set_line_aside": lambda _s: {},
    "cooperatives.rename": lambda s: {"slug": s.slug},
    "cooperatives.open_shop": lambda _s: {},
    "cooperatives.set_hours": lambda _s: week("08.00-17.00"),
    "cooperatives.close_between": lambda _s: {
        "closed_from": "2030-01-05", "closed_until": "2030-01-07", "closed_note": "Libur"},
    "cooperatives.choose_motif": lambda _s: {"motif": "1.2"},
    "cooperatives.end_post": lambda _s: {},
    "cooperatives.reset_link": lambda _s: {},
    "cooperatives.invite": lambda _s: {
        "role": "penjual", "name": "Bu Baru", "phone": "0812 1212 1212"},
    "cooperatives.revoke_invite": lambda _s: {},
    "cooperatives.change_profile": _profile,
    "cooperatives.change_point": _point,
    "cooperatives.add_point": _point,
    "delivery.add_zone": _zone,
    "delivery.change_zone": _zone,
    "delivery.retire_zone": lambda _s: {"aktif": "0"},
    "delivery.add_area": lambda _s: {"code": "35.73.01"},
    "delivery.remove_area": lambda _s: {"code": "35.73.04"},
    "delivery.hand_in": lambda _s: {"amount": "1.000", "key": "w" * 24},
    "orders.send": lambda s: {"member": s.member_id, "courier_name": "", "courier_phone": ""},
    "orders.arrive": lambda s: {"paid": s.trip_cash},
    "orders.fail": lambda _s: {"reason": "Rumah kosong"},
    "cooperatives.retire_point": lambda _s: {"aktif": "0"},
    "cooperatives.move": lambda _s: {"code": "35.73.02"},
    "operator.change_standing": lambda _s: {"tahan": "1"},
    "operator.invite_chair": lambda _s: {},
    "operator.create": lambda _s: {
        "name": "Koperasi Baru", "legal_name": "Koperasi Produsen Baru", "slug": "koperasi-baru",
        "word": "BARU", "chair_name": "Bu Ketua", "chair_phone": "0812 1111 2222",
        "wilayah": "35.73.02"},
    "members.close": lambda _s: {"current_password": "bukan ini"},
    "members.leave": lambda _s: {"left_on": "2026-10-01", "reason": "Pindah"},
    "members.join": lambda s: {"account_id": s.account_id},
    "members.reset_link": lambda _s: {},
    "members.change": _member,
    "members.invite": lambda _s: {"role": "anggota"},
    "members.admit": _member,
    "members.accept": lambda _s: {},
    "payment_settings.change_terms": lambda _s: {
        "share": "7,5", "payment_minutes": "60", "takes_cash": "y", "takes_qris": "y"},
    "payment_settings.read_code": lambda s: {"text": s.qris},
    "payment_settings.propose_account": lambda _s: {
        "bank": "Bank Contoh", "number": "1234567890", "holder": "Koperasi Baru"},
    "payment_settings.change_refund_limit": lambda _s: {"refund_limit": "250.000"},
    "payment_settings.approve": lambda _s: {},
    "payment_settings.withdraw": lambda _s: {},
    "payment_settings.use_code": lambda s: {"payload": s.qris, "qris_converts": "y"},
    "listings.edit": _listing,
    "listings.new": _listing,
    "listings.buy": lambda s: {
        "key": "beli-1", "variant": s.counted_variant_id, "quantity": "12", "cost": "150.000",
        "paid_from": "cash", "seller": ""},
    "listings.archive": lambda _s: {"status": "tayang"},
    "listings.restore": lambda _s: {"status": "arsip"},
    "listings.publish": lambda _s: {"status": "draf"},
    "listings.cover": lambda _s: {},
    "listings.remove_photo": lambda _s: {},
    "listings.return_photo": lambda s: {"file": s.picture_id, "position": "0"},
    "listings.sheet": lambda _s: {},
    "listings.bring_in": lambda _s: {"publish": "y", "partial": "y"},
    "listings.stock": lambda s: {"variant": s.variant_id, "quantity": "7", "status": "tayang"},
    "bookkeeping.open_book": lambda _s: {},
    "bookkeeping.close_month": lambda _s: {"unit": "toko", "starts": "2026-01-01"},
    "bookkeeping.add_account": lambda _s: {
        "code": "5-3120", "name": "Listrik", "name_en": "", "kind": "expense"},
    "bookkeeping.change_account": lambda _s: {"code": "5-3110", "name": "Sewa", "name_en": ""},
    "bookkeeping.close_account": lambda _s: {},
    "bookkeeping.reverse": lambda _s: {"key": "balik-1", "memo": "Salah bulan"},
    "bookkeeping.propose": _entry,
    "bookkeeping.approve": lambda _s: {},
    "bookkeeping.refuse": lambda _s: {},
    "audits.run": lambda _s: {},
    "payouts.compose": lambda s: {"key": "setoran-1", "anggota": s.member_id},
    "balances.ask": lambda _s: {"amount": "1.000", "key": "cair-1"},
    "balances.approve": lambda _s: {},
    "balances.pay": lambda _s: {"way": "tunai", "reference": "kuitansi 7"},
    "balances.cancel": lambda _s: {},
    "credit.limit": lambda _s: {"limit": "75.000", "due_days": "21"},
    "credit.pay": lambda _s: {"amount": "1.000", "way": "tunai", "key": "bon-1"},
    "credit.pay_own": lambda _s: {"amount": "1.000", "key": "bon-2"},
    "orders.into_balance": lambda _s: {"pesanan": "A"},
    "pools.share": lambda s: {
        "key": "bagi-1", "title": "Cabai", "unit": "kg", "sold_on": "2026-01-05", "yakin": "ya",
        "proceeds": "100.000", "share": "5", "paid_into": "tunai", f"setor-{s.member_id}": "3",
    },
    "pools.undo": lambda _s: {"reason": "Salah timbang"},
    "payouts.promise": lambda _s: {"payout_days": "5"},
    "payouts.approve": lambda _s: {},
    "payouts.pay": lambda _s: {"paid_by": "tunai", "reference": "kuitansi 7"},
    "payouts.cancel": lambda _s: {},
    "supply.cancel": lambda _s: {"reason": "Pemasok tutup", "lepas": "0"},
    "supply.extend": lambda _s: {"closes_at": "2030-01-06T20:00"},
    "supply.join": lambda s: {**_wish(s), "unit": s.item_id},
    "supply.lock": lambda _s: {},
    "supply.order": lambda _s: {},
    "supply.hand_over": lambda _s: {"paid": "10.000"},
    "supply.undo_hand_over": lambda _s: {},
    "supply.hand_over_basket": lambda _s: {"way": "qris", "total": "10.000"},
    "supply.choose_own_slot": lambda _s: {"slot": ""},
    "supply.choose_slot": lambda _s: {"slot": ""},
    "supply.widen": lambda _s: {"packs": "1"},
    "supply.receive": lambda _s: {
        "packs": "1", "quantity": "50", "damaged": "0", "cost": "640.000", "kind": "",
        "reason": "", "gap": "klaim", "contested": "0", "key": "terima-1"},
    "supply.add_cost": lambda s: {
        "name": "Angkut", "amount": "15.000", "place": str(s.short_place), "split_by": "nilai",
        "paid_from": "kas", "key": "ongkos-1"},
    "supply.undo_cost": lambda _s: {},
    "supply.share_manually": lambda s: {
        f"bagian-{s.short_line_id}": "2", "reason": "Ada yang sakit", "seen": "1"},
    "supply.answer_price": lambda _s: {
        "accept": "1", "charge": "209.001", "note": "Lewat telepon"},
    "supply.decide_unfetched": lambda _s: {
        "what": "simpan", "keep_until": "2030-01-05", "reason": "Sakit", "seen": "2"},
    "supply.undo_unfetched": lambda _s: {},
    "supply.return_goods": lambda _s: {
        "quantity": "1", "reason": "Penyok", "goes_to": "stok", "way": "tunai", "key": "kembali-1"},
    "supply.undo_return": lambda _s: {},
    "supply.reverse_receipt": lambda _s: {"reason": "Salah ketik", "shrink": "y"},
    "supply.set_margin": lambda _s: {"margin": "2,5"},
    "supply.settle_claim": lambda _s: {"way": "tunai", "quantity": "", "note": "Nota 7"},
    "supply.add_item": lambda _s: {"name": "Gula", "base_unit": "g", "unit": "kg"},
    "supply.retire_item": lambda _s: {},
    "supply.add_unit": lambda _s: {
        "name": "dus besar", "count": "48", "step": "1", "for_request": "y"},
    "supply.retire_unit": lambda _s: {},
    "supply.link_shelf": lambda s: {
        "variant": s.counted_variant_id, "content": "2", "cover_days": "21"},
    "supply.unlink_shelf": lambda _s: {},
    "supply.open_reorder": lambda s: {
        f"count-{s.shelf_offer_id}": "2", "closes_at": "2030-01-05T20:00",
        "pickup_place": "Balai RW"},
    "supply.open_round": _round,
    "supply.add_good": _good,
    "supply.lock_round": lambda _s: {},
    "supply.ask": lambda s: {**_wish(s), "item": s.item_id, "words": "", "every": ""},
    "supply.change_standing": lambda s: {
        "want": "3", "accept_min": "1", "flex_max": "4", "unit": s.item_id, "every": "bulan",
        "price_cap": "15.000"},
    "supply.pause_standing": lambda _s: {"aktif": "0"},
    "supply.end_standing": lambda _s: {},
    "supply.name_item": lambda s: {"item": s.item_id},
    "supply.withdraw": lambda _s: {},
    "supply.add_supplier": _supplier,
    "supply.change_supplier": _supplier,
    "supply.retire_supplier": lambda _s: {"aktif": "0"},
    "supply.note_offer": lambda s: {
        "item": s.item_id, "pack_name": "karton", "pack_size": "8", "pack_price": "800.000",
        "pack_minimum": "1", "pack_step": "1", "tiers": "5: 10.000", "valid_until": "2030-01-05"},
    "supply.end_offer": lambda _s: {},
    "supply.approve_order": lambda _s: {"total": "1.000"},
    "supply.send_order": lambda _s: {"cara": "cetak"},
    "supply.cancel_order": lambda _s: {},
    "supply.agree_order": lambda _s: {"setuju": "1"},
    "supplier_pages.answer": lambda _s: {
        "count-1": "1", "price-1": "390.000", "note-1": "Sisa satu", "promised_on": "", "note": ""},
    "supply.price_list": lambda _s: {},
    "supply.note_prices": lambda _s: {"partial": "y"},
}  # fmt: skip
# Files that a form takes, by the kind of file.
FILES = {
    "listings.edit": ("photos", "image"),
    "listings.new": ("photos", "image"),
    "listings.sheet": ("file", "import"),
    "payment_settings.read_code": ("photo", "image"),
    "orders.upload_statement": ("file", "import"),
    "supply.price_list": ("file", "import"),
    "orders.send_proof": ("foto", "image"),
    "supply.receive": ("foto", "image"),
}
# What an address may be asked by ``?name=``.
QUERIES: dict[str, tuple[str, ...]] = {
    "supply.pickups": ("cari", "jam", "hal"),
    "storefront.search": (
        "q",
        "urut",
        "dari",
        "sampai",
        "harga",
        "koperasi",
        "kategori",
        "wilayah",
        "hal",
    ),
    "storefront.category": ("q", "urut", "dari", "sampai", "hal"),
    "storefront.shop": ("q", "urut", "hal"),
    "storefront.directory": ("q", "wilayah", "hal"),
    "storefront.suggest": ("q",),
    "storefront.product": ("varian",),
    "accounts.sign_in": ("lanjut",),
    "accounts.registration": ("lanjut",),
    "accounts.read_in": ("lanjut",),
    "accounts.forgotten": ("terkirim",),
    "orders.board": ("kolom",),
    "orders.history": ("hal",),
    "orders.bank": ("status", "hal"),
    "orders.slips": ("nomor",),
    "orders.track": ("pesanan",),
    "orders.mine": ("sebelum",),
    "claims.mine": ("pesanan",),
    "members.register": ("q", "tampil", "hal"),
    "listings.goods": ("q", "status", "hal"),
    "cooperatives.profile": ("warna",),
    "cooperatives.region": ("q",),
    "delivery.zone": ("q",),
    "supply.past": ("hal",),
    "supply.show": ("hal",),
    "supply.show_round": ("hal",),
    "supply.print_list": ("hal",),
    "supply.report": ("tahun",),
    "supply.supplier_report": ("tahun",),
    "supply.round_report": ("tahun",),
    "supply.own_report": ("tahun",),
    "supply.supplier_claims": ("hal",),
    "supply.purchase_orders": ("hal",),
    "supply.open_page": ("barang", "penawaran"),
    "supply.add_page": ("barang", "penawaran"),
    "payouts.statement": ("bulan",),
    "credit.show": ("saring", "hal"),
    "credit.member": ("hal",),
    "credit.one": ("hal",),
    "balances.show": ("sesudah",),
    "balances.one": ("hal",),
    "balances.member": ("hal",),
    "payouts.statement_csv": ("bulan",),
    "bookkeeping.show": ("unit", "bulan"),
    "bookkeeping.journal": ("unit", "bulan", "sebelum"),
    "bookkeeping.chart": ("unit",),
    "bookkeeping.months": ("unit",),
    "bookkeeping.new_entry": ("unit",),
    "bookkeeping.card": ("bulan",),
    "bookkeeping.journal_csv": ("unit", "bulan"),
    "bookkeeping.trial_balance_csv": ("unit", "bulan"),
    "bookkeeping.beancount": ("unit",),
    "operator.cooperatives": ("q", "hal"),
    "operator.new": ("q", "wilayah"),
}


# ----------------------------------------------------------------------------- asking


def address(app: Flask, rule: Rule, words: Values) -> str:
    with app.test_request_context():
        built = app.url_map.bind("localhost").build(
            rule.endpoint, {**(rule.defaults or {}), **words}, method=next(iter(rule.methods or ()))
        )
    return str(built)


def send(client: FlaskClient, method: str, path: str, body: Values | None) -> TestResponse:
    """Ask, read the whole answer, and let go of the file it may have come from."""
    answer = client.open(path, method=method, data=dict(body) if body is not None else None)
    answer.get_data()
    answer.close()
    return answer


def rows_of(app: Flask, shop: Shop) -> dict[str, str]:
    """Take a fingerprint of every table of a cooperative and of what its people own."""
    found = {}
    with app.app_context():
        for table in Base.metadata.sorted_tables:
            condition = _belongs(table, shop)
            if condition is None:
                continue
            rows = db.session.execute(select(table).where(condition).order_by(*table.primary_key))
            digest = hashlib.sha256()
            for row in rows:
                digest.update(repr(tuple(row)).encode())
            found[table.name] = digest.hexdigest()
        db.session.remove()
    return found


def _belongs(table: Table, shop: Shop) -> Any:
    if table.name == "cooperatives":
        return table.c.id == shop.id
    if "cooperative_id" in table.c:
        return table.c.cooperative_id == shop.id
    if "account_id" in table.c:
        return table.c.account_id.in_(shop.people)
    return None
