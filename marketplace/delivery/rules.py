"""What a delivery costs, who may pay at the door, and how a trip of a courier goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import Sentence, say

NOTHING = Rupiah(0)
HIGHEST_FEE = Rupiah(1_000_000)
LONGEST_ADDRESS = 200
SHORTEST_ADDRESS = 5
LONGEST_REASON = 200


class Fulfilment(Enum):
    """How the goods of an order change hands."""

    PICKUP = "ambil"
    DELIVERY = "antar"


class ShipmentState(Enum):
    """How one trip of a courier stands; "ditarik" was called back before it ended."""

    ON_ITS_WAY = "jalan"
    ARRIVED = "sampai"
    FAILED = "gagal"
    RECALLED = "ditarik"


class AreaTaken(RuleBroken):
    """An area lies in another zone already, whole or in part."""

    code = "area_taken"


class NotDelivered(RuleBroken):
    """A basket that cannot be brought there."""

    code = "not_delivered"


class WrongShipment(RuleBroken):
    """A trip that has ended, or that never was."""

    code = "wrong_step"


class TooMuchHandedIn(RuleBroken):
    """More than the courier still holds."""

    code = "too_much"


class WrongCash(RuleBroken):
    """Another sum than the order asks for at the door."""

    code = "wrong_cash"


@dataclass(frozen=True, slots=True)
class Doorstep:
    """Where a buyer wants the goods brought; without an area the only one of the zone."""

    zone_id: UUID | None
    address: str
    landmark: str | None = None
    area: str | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a zone is delivered to.

    Without ``free_from`` no basket is brought for nothing; with ``cash_up_to`` zero nobody pays
    at the door.
    """

    fee: Rupiah
    minimum: Rupiah = NOTHING
    free_from: Rupiah | None = None
    cash_up_to: Rupiah = NOTHING


def checked(terms: Terms) -> Terms:
    """Return terms that can be kept. Raises Invalid."""
    if terms.fee > HIGHEST_FEE:
        wrong = say("Ongkos antar paling banyak %(most)s.", most=HIGHEST_FEE)
        raise Invalid(wrong, fields={"fee": wrong})
    if terms.free_from is not None and terms.free_from < terms.minimum:
        wrong = say("Gratis antar tidak bisa lebih kecil dari belanja paling sedikit.")
        raise Invalid(wrong, fields={"free_from": wrong})
    return terms


def fee_for(terms: Terms, goods: Rupiah) -> Rupiah:
    """Say what bringing a basket costs."""
    free = terms.free_from is not None and goods >= terms.free_from
    return NOTHING if free else terms.fee


def too_small(terms: Terms, goods: Rupiah) -> Sentence | None:
    """Say why so little is not brought; None when it is."""
    if goods >= terms.minimum:
        return None
    return say(
        "Diantar mulai belanja %(minimum)s. Tambah %(more)s lagi.",
        minimum=terms.minimum,
        more=terms.minimum - goods,
    )


def cash_at_the_door(terms: Terms, total: Rupiah) -> bool:
    """Say whether an order of this total, with its fee, may be paid to the courier."""
    return NOTHING < total <= terms.cash_up_to


def overlapping(code: str, taken: Iterable[str]) -> str | None:
    """Find the area among those taken that holds this one, is it, or lies in it."""
    for other in taken:
        if f"{code}.".startswith(f"{other}.") or f"{other}.".startswith(f"{code}."):
            return other
    return None


def full_address(street: str, landmark: str | None, area: str) -> str:
    """Write an address on one line.

    >>> full_address("Jl. Sanan 8", "sebelah masjid", "Purwantoro, Blimbing")
    'Jl. Sanan 8 (sebelah masjid), Purwantoro, Blimbing'
    """
    place = f"{street} ({landmark})" if landmark else street
    return f"{place}, {area}"


def checked_address(street: str) -> str:
    """Return an address that somebody can find. Raises Invalid."""
    found = " ".join(street.split())
    if not SHORTEST_ADDRESS <= len(found) <= LONGEST_ADDRESS:
        wrong = say("Tulis alamat lengkap, misalnya Jl. Sanan 8 RT 2 RW 15.")
        raise Invalid(wrong, fields={"address": wrong})
    return found


def may_hand_in(open_: Rupiah, amount: Rupiah) -> Rupiah:
    """Return an amount that a courier can hand in now. Raises TooMuchHandedIn, Invalid."""
    if amount <= NOTHING:
        wrong = say("Isi uang yang disetor, misalnya 30.000.")
        raise Invalid(wrong, fields={"amount": wrong})
    if amount > open_:
        raise TooMuchHandedIn(say("Uang antar yang belum disetor tinggal %(open)s.", open=open_))
    return amount
