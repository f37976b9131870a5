"""What a buyer says at the checkout, and why it may be refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from marketplace.delivery.rules import Doorstep
from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.payments.rules import PaymentMethod

MOST_LINES = 60
MOST_OF_ONE = 10_000


class NothingToOrder(Invalid):
    """There is nothing in the basket, or something no basket can hold."""


class GoodsGone(RuleBroken):
    """Something in the basket is no longer sold."""

    code = "out_of_stock"


class PriceChanged(RuleBroken):
    """The buyer saw another total. ``total`` is the present one."""

    code = "price_changed"

    def __init__(self, total: Rupiah) -> None:
        super().__init__(
            say("Harga berubah sejak kamu lihat. Jumlahnya sekarang %(total)s.", total=total)
        )
        self.total = total


class CheckoutKeyReused(RuleBroken):
    """The same checkout key came with another request."""

    code = "key_reused"


class WrongChoice(Invalid):
    """A way to fetch or to pay that the cooperative does not offer."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who orders. The phone number is E.164; guests have no account."""

    name: str
    phone: str
    email: str | None = None
    account_id: UUID | None = None
    language: str = "id"


@dataclass(frozen=True, slots=True)
class Choice:
    """How one cooperative's part is fetched and paid; None takes the first that is offered.

    With a ``door`` it is brought there instead.
    """

    point_id: UUID | None = None
    slot_starts: datetime | None = None
    method: PaymentMethod | None = None
    note: str | None = None
    door: Doorstep | None = None


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """All that a checkout says. ``expected_total`` is what the buyer saw, in rupiah.

    ``gateway`` is the site's, through which orders may be paid now.
    """

    checkout_key: str
    basket: Mapping[UUID, int]
    buyer: Buyer
    expected_total: Rupiah
    choices: Mapping[int, Choice] = field(default_factory=dict)
    gateway: str | None = None

    def fingerprint(self) -> str:
        """Tell one request from another under the same key."""
        said = {
            "basket": sorted((str(id_), quantity) for id_, quantity in self.basket.items()),
            "buyer": [self.buyer.name, self.buyer.phone, self.buyer.email],
            "total": self.expected_total.amount,
            "choices": sorted(
                (
                    id_,
                    str(c.point_id),
                    str(c.slot_starts),
                    str(c.method),
                    c.note or "",
                    str(c.door or ""),
                )
                for id_, c in self.choices.items()
            ),
        }
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def check_basket(basket: Mapping[UUID, int]) -> None:
    """Refuse what no basket holds. Raises NothingToOrder."""
    if not basket:
        raise NothingToOrder(say("Keranjang masih kosong."))
    if len(basket) > MOST_LINES:
        raise NothingToOrder(say("Keranjang paling banyak %(most)s macam.", most=MOST_LINES))
    if any(not 1 <= quantity <= MOST_OF_ONE for quantity in basket.values()):
        raise NothingToOrder(say("Jumlah barang harus 1 sampai %(most)s.", most=MOST_OF_ONE))
