"""Two cooperatives with all that money can move between, for tests that walk at random."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.access import Role
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.ledger import service as ledger
from marketplace.ledger.models import LedgerAccount
from marketplace.ledger.rules import Purpose, Unit
from marketplace.listings.rules import Editor
from marketplace.orders.service import Buyer, Choice, OrderRequest
from marketplace.payments import service as payments
from marketplace.payments.rules import BankAccount, PaymentMethod
from tests.makers import (
    SATURDAY,
    make_account,
    make_cooperative,
    make_listing,
    make_member,
    make_officer,
    make_point,
)

GATEWAY = "midtrans"
BY_HAND = (Purpose.CASH, Purpose.BANK, Purpose.GRANTS, Purpose.CHANNEL_FEES, Purpose.OPENING)


@dataclass(frozen=True, slots=True)
class Shop:
    """A cooperative, as ids that stay true whatever is rolled back later."""

    id: int
    bank_id: UUID
    treasurer: UUID
    chair: UUID
    makers: tuple[UUID, ...]
    member: UUID
    buyer: Buyer
    goods: tuple[tuple[UUID, int], ...]  # of makers, counted; own, counted; of a maker, daily
    own: UUID
    accounts: dict[Purpose, UUID]

    @property
    def editor(self) -> Editor:
        return Editor(self.treasurer, all_goods=True)


def found(session: Session, name: str, bank_number: str) -> Shop:
    """Found a cooperative with two makers, a member who buys, and three kinds of goods."""
    cooperative = make_cooperative(
        session, name, share_basis_points=1250, member_count=3, takes_gateway=True
    )
    make_point(session, cooperative)
    account = BankAccount("Bank Jatim", bank_number, f"Koperasi {name}")
    bank = payments.propose(session, cooperative, account, by=None, at=SATURDAY)
    lilik = make_account(session, "Bu Lilik")
    member = make_member(session, cooperative, "Bu Lilik", account=lilik)
    makers = [make_member(session, cooperative, name) for name in ("Mas Wahyu", "Mbak Sri")]
    own = make_listing(session, cooperative, "Minyak goreng", price=18_000, stock_count=0)
    goods = [
        make_listing(session, cooperative, "Tempe", price=9_999, stock_count=40, maker=makers[0]),
        own,
        make_listing(session, cooperative, "Cilok", price=2_500, daily_limit=12, maker=makers[1]),
    ]
    ledger.take_book(session, cooperative.id, Unit.SHOP, at=SATURDAY)
    return Shop(
        id=cooperative.id,
        bank_id=bank.id,
        treasurer=make_officer(session, cooperative, Role.TREASURER, "Bu Wati").id,
        chair=make_officer(session, cooperative, Role.CHAIR, "Pak Budi").id,
        makers=tuple(maker.id for maker in makers),
        member=member.id,
        buyer=Buyer(name="Bu Lilik", phone=lilik.phone or "", account_id=lilik.id),
        goods=tuple((variant.id, variant.price.amount) for variant in goods),
        own=own.id,
        accounts=_by_hand(session, cooperative),
    )


def _by_hand(session: Session, cooperative: Cooperative) -> dict[Purpose, UUID]:
    """Name the accounts that a treasurer writes to by hand."""
    rows = session.execute(
        select(LedgerAccount.purpose, LedgerAccount.id).where(
            LedgerAccount.cooperative_id == cooperative.id, LedgerAccount.purpose.in_(BY_HAND)
        )
    )
    return {purpose: account_id for purpose, account_id in rows if purpose}


def wish(shop: Shop, buyer: Buyer, counts: tuple[int, ...], method: PaymentMethod) -> OrderRequest:
    """Ask for so many of each of a shop's goods."""
    wanted = [(id_, price, n) for (id_, price), n in zip(shop.goods, counts, strict=True) if n]
    return OrderRequest(
        checkout_key=str(new_id()),
        basket={id_: n for id_, _, n in wanted},
        buyer=buyer,
        expected_total=Rupiah(sum(price * n for _, price, n in wanted)),
        choices={shop.id: Choice(method=method)},
        gateway=GATEWAY,
    )
