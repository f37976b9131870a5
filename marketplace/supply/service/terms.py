"""What is said when a round is opened: when and where, and on which terms each good is bought."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Rupiah
from marketplace.kernel.numbers import BASIS_POINTS
from marketplace.kernel.text import Sentence, say
from marketplace.supply.models import SupplyPack, SupplyPool
from marketplace.supply.rules import MOST_KINDS, PackTerms, SharingPolicy, check_mix, per_unit


class BadTerms(Invalid):
    """Terms that no round could have."""


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """What all goods of a round share: when wishes are taken, when and where to fetch them.

    Without ``opens_at`` it opens at once; until ``top_up_until`` packs may be filled up.
    """

    closes_at: datetime
    pickup_place: str
    opens_at: datetime | None = None
    top_up_until: datetime | None = None
    pickup_from: datetime | None = None
    pickup_until: datetime | None = None
    policy: SharingPolicy = SharingPolicy.PROPORTIONAL

    def check(self, at: datetime) -> None:
        """Refuse a round whose times do not follow one another. Raises BadTerms."""
        if self.closes_at <= at:
            raise _wrong("closes_at", say("Waktu tutup harus di depan."))
        if self.opens_at is not None and self.opens_at >= self.closes_at:
            raise _wrong("opens_at", say("Waktu buka harus sebelum waktu tutup."))
        if self.top_up_until is not None and self.top_up_until <= self.closes_at:
            raise _wrong("top_up_until", say("Waktu isi kekurangan harus setelah waktu tutup."))
        if self.pickup_from is not None and self.pickup_from < self.closes_at:
            raise _wrong("pickup_from", say("Barang baru bisa diambil setelah putaran ditutup."))
        begins = self.pickup_from or self.closes_at
        if self.pickup_until is not None and self.pickup_until <= begins:
            raise _wrong("pickup_until", say("Akhir pengambilan harus setelah mulainya."))

    def is_later(self, at: datetime) -> bool:
        """Say whether the round opens by itself later on."""
        return self.opens_at is not None and self.opens_at > at


def _wrong(field: str, told: Sentence) -> BadTerms:
    return BadTerms(told, fields={field: told})


@dataclass(frozen=True, slots=True)
class Terms:
    """What a supplier offers for one good. Sizes in base units, prices in whole rupiah.

    ``others`` are further packs of the good; progress is counted in the one named here.
    ``pack_costs`` is what else that one is expected to cost; without a ``margin``, in basis
    points, the cooperative's own holds.
    ``legal_price`` is the most that the law lets one unit cost.
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
    max_per_member: int | None = None
    legal_price: Rupiah | None = None
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

    def check(self, factor: int, at: datetime) -> None:
        """Refuse terms that make no sense, or a price above the one the law allows.

        Raises BadTerms, BadOffer, NoSuchPacks.
        """
        self._check_packs(at)
        self._check_terms()
        if self.legal_price is not None:
            self._check_legal(self.legal_price, factor)

    def _check_packs(self, at: datetime) -> None:
        first, *others = self.packs
        first.checked(local_day(at))
        try:
            for pack in others:
                pack.checked(local_day(at))
        except Invalid as broken:
            raise BadTerms(broken.message, fields={"others": broken.message}) from broken
        if len(self.packs) > MOST_KINDS:
            raise _wrong(
                "others", say("Paling banyak %(most)s macam kemasan per barang.", most=MOST_KINDS)
            )
        if len({pack.pack_size for pack in self.packs}) != len(self.packs):
            raise _wrong("others", say("Setiap kemasan harus berbeda isinya."))
        check_mix([pack.pack for pack in self.packs])

    def _check_terms(self) -> None:
        if self.pack_costs < Rupiah(0):
            raise _wrong("pack_costs", say("Isi perkiraan ongkosnya."))
        if self.margin is not None and not 0 <= self.margin <= BASIS_POINTS:
            raise _wrong("margin", say("Jasa koperasi 0 sampai 100 persen."))
        if self.max_per_member is not None and self.max_per_member < 1:
            raise _wrong("max_per_member", say("Isi jatah setiap anggota."))

    def _check_legal(self, most: Rupiah, factor: int) -> None:
        if most <= Rupiah(0):
            raise _wrong("legal_price", say("Isi harga eceran tertinggi."))
        for place, pack in enumerate(self.packs):
            if per_unit(pack.pack, factor) > most.amount:
                raise _wrong(
                    "others" if place else "pack_price",
                    say(
                        "Harga ini di atas harga eceran tertinggi, %(most)s per satuan.", most=most
                    ),
                )


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
