"""What a payment gateway must do for us. Adapters do it; only ``app`` plugs them in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from marketplace.kernel.errors import Invalid, NotAllowed
from marketplace.kernel.money import Rupiah
from marketplace.payments.rules.attempts import AttemptState

IDR = "IDR"
NOTHING = Rupiah(0)


class ForgedHint(NotAllowed):
    """News that was not signed by the gateway."""

    code = "forged"


class UnreadableHint(Invalid):
    """News of the gateway that nobody can read."""

    status = 400
    code = "unreadable"


class Handle(NamedTuple):
    """By what an attempt is known: our reference, and the gateway's own name if it has one."""

    reference: str
    provider_id: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A payment page that is wanted for so much money, for so many minutes."""

    reference: str
    amount: Rupiah
    title: str
    buyer: str
    minutes: int
    back_to: str


@dataclass(frozen=True, slots=True)
class Checkout:
    """A payment page as the gateway has made it."""

    address: str
    provider_id: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the gateway answers when it is asked about an attempt.

    ``amount`` is what was paid once it is paid. ``refunded`` and ``disputed`` tell of money
    that went back again.
    """

    reference: str
    state: AttemptState
    amount: Rupiah
    currency: str
    transaction: str
    merchant: str = ""
    refunded: Rupiah = NOTHING
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Hint:
    """What a signed piece of news claims. It decides nothing: the gateway is asked."""

    reference: str
    external_id: str
    word: str
    amount: Rupiah
    currency: str
    merchant: str = ""


class Gateway(Protocol):
    """A company that takes money for the cooperatives. All may raise GatewayFailed."""

    @property
    def name(self) -> str:
        """Name it as the source of the money it brings."""
        ...

    def create(self, wanted: Wanted) -> Checkout:
        """Make a payment page; the same reference never takes money twice.

        Raises ReferenceUsed.
        """
        ...

    def status(self, handle: Handle, *, quick: bool = False) -> Facts | None:
        """Say how an attempt stands; None when nobody has begun to pay.

        ``quick`` is for callers whom somebody is waiting for.
        """
        ...

    def refund(self, handle: Handle, amount: Rupiah, *, key: str, reason: str) -> None:
        """Give money back by the way it came; the same key does so once.

        Raises RefundRefused.
        """
        ...

    def expire(self, handle: Handle) -> None:
        """Close a payment page that nobody is to use any more."""
        ...

    def read_hint(self, body: bytes, headers: Mapping[str, str]) -> Hint:
        """Check that news was sent by the gateway and read it.

        Raises ForgedHint, UnreadableHint.
        """
        ...
