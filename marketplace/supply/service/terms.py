"""What is said when a round is opened: when and where, and on which terms each good is bought."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Rupiah
from marketplace.kernel.numbers import BASIS_POINTS
from marketplace.kernel.text import say
from marketplace.supply.models import SupplyPack, SupplyPool
from marketplace.supply.rules import MOST_KINDS, PackTerms, check_mix


class BadTerms(Invalid):
    """Terms that no round could have."""


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """What all goods of a round share: until when wishes are taken, and where to fetch them."""

    closes_at: datetime
    pickup_place: str

    def check(self, at: datetime) -> None:
        """Refuse a round that would be over before it begins."""
        if self.closes_at <= at:
            told = say("Waktu tutup harus di depan.")
            raise BadTerms(told, fields={"closes_at": told})


@dataclass(frozen=True, slots=True)
class Terms:
    """What a supplier offers for one good. Sizes in base units, prices in whole rupiah.

    ``others`` are further packs of the good; progress is counted in the one named here.
    ``pack_costs`` is what else that one is expected to cost; without a ``margin``, in basis
    points, the cooperative's own holds.
    """

    supplier: str
    pack_name: str
    pack_size: int
    pack_price: Rupiah
    pack_step: int = 1
    pack_minimum: int = 0
    tiers: tuple[tuple[int, int], ...] = ()
    others: tuple[PackTerms, ...] = ()
    goal_packs: int = 0
    stock_cap: int = 0
    pack_costs: Rupiah = Rupiah(0)  # noqa: RUF009 - never changes
    margin: int | None = None
    arrives_on: date | None = None

    @property
    def packs(self) -> tuple[PackTerms, ...]:
        """Give all packs, the one that progress is counted in first."""
        first = PackTerms(
            self.pack_name,
            self.pack_size,
            self.pack_price,
            self.pack_step,
            self.pack_minimum,
            tuple(sorted(self.tiers)),
        )
        return (first, *self.others)

    def check(self, at: datetime) -> None:
        """Refuse terms that make no sense. Raises BadTerms, BadOffer, NoSuchPacks."""
        if self.pack_costs < Rupiah(0):
            told = say("Isi perkiraan ongkosnya.")
            raise BadTerms(told, fields={"pack_costs": told})
        if self.margin is not None and not 0 <= self.margin <= BASIS_POINTS:
            told = say("Jasa koperasi 0 sampai 100 persen.")
            raise BadTerms(told, fields={"margin": told})
        first, *others = self.packs
        first.checked(local_day(at))
        try:
            for pack in others:
                pack.checked(local_day(at))
        except Invalid as broken:
            raise BadTerms(broken.message, fields={"others": broken.message}) from broken
        if len(self.packs) > MOST_KINDS:
            told = say("Paling banyak %(most)s macam kemasan per barang.", most=MOST_KINDS)
            raise BadTerms(told, fields={"others": told})
        if len({pack.pack_size for pack in self.packs}) != len(self.packs):
            told = say("Setiap kemasan harus berbeda isinya.")
            raise BadTerms(told, fields={"others": told})
        check_mix([pack.pack for pack in self.packs])


def pack_rows(pool: SupplyPool, packs: Iterable[PackTerms]) -> Iterator[SupplyPack]:
    """Copy the terms of packs for a pool."""
    for place, pack in enumerate(packs, 1):
        yield SupplyPack(
            cooperative_id=pool.cooperative_id,
            pool_id=pool.id,
            place=place,
            pack_name=pack.pack_name,
            pack_size=pack.pack_size,
            pack_price=pack.pack_price,
            pack_step=pack.pack_step,
            pack_minimum=pack.pack_minimum,
            tiers=[list(tier) for tier in sorted(pack.tiers)],
        )
