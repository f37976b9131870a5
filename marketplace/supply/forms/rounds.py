"""What is sent about wishes, goods and rounds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    FieldList,
    FormField,
    RadioField,
    SelectField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from marketplace.kernel.calendar import WIB
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.kernel.numbers import parse_decimal_quantity
from marketplace.supply.forms.packs import FurtherPackForm, PackForm
from marketplace.supply.models import SupplyItem, UnitRung
from marketplace.supply.rules import MOST_KINDS, POLICY_LABELS, PackTerms, PaidWith, SharingPolicy
from marketplace.supply.service import RoundPlan, Terms, Wanted
from marketplace.web.fields import PercentField, QuantityField, RupiahField, TrimmedField
from marketplace.web.forms import BaseForm, lazy
from marketplace.web.i18n import translate

LARGEST = 10**9
OTHER_TIMES = ("opens_at", "top_up_until", "pickup_from", "pickup_until")
HOW_MUCH = lazy("Isi berapa yang dibutuhkan, misalnya 2 atau 1,5.")


class WishForm(BaseForm):
    want = TrimmedField(lazy("Butuh berapa"), [InputRequired(HOW_MUCH), Length(max=20)])
    accept_min = TrimmedField(
        lazy("Paling sedikit"),
        [Optional(), Length(max=20)],
        description=lazy("Kosongkan kalau berapa pun mau."),
    )
    flex_max = TrimmedField(
        lazy("Paling banyak"),
        [Optional(), Length(max=20)],
        description=lazy("Kalau perlu menggenapkan kemasan."),
    )
    needed_by = DateField(lazy("Dibutuhkan sebelum"), [Optional()])
    price_cap = RupiahField(
        lazy("Harga paling tinggi"),
        [Optional()],
        description=lazy("Untuk satu satuan. Kalau jadinya di atas ini, kamu ditanya dulu."),
    )
    second = SelectField(
        lazy("Kalau tidak jadi dibeli"),
        validators=[Optional()],
        description=lazy("Pilihan kedua, sebanyak yang pertama."),
    )

    def wanted(
        self, factor: int, rung: UnitRung | None = None, goods: Sequence[SupplyItem] = ()
    ) -> Wanted | None:
        """Read the amounts in the good's unit or another; None when one of them is no amount.

        ``goods`` are those that may be the second choice.
        """
        found: dict[str, int | None] = {}
        for name in ("want", "accept_min", "flex_max"):
            found[name] = self._base(name, rung.factor if rung else factor)
        if any(self[name].errors for name in found):
            return None
        return Wanted(
            want=found["want"] or 0,
            accept_min=found["accept_min"] or 0,
            flex_max=found["flex_max"],
            needed_by=self.needed_by.data,
            rung=rung,
            price_cap=self.price_cap.data,
            second=next((one for one in goods if to_text(one.id) == self.second.data), None),
        )

    def _base(self, name: str, factor: int) -> int | None:
        text = self[name].data
        if not text:
            return None
        try:
            return parse_decimal_quantity(text, factor, most=LARGEST)
        except RuleBroken as broken:
            self[name].errors = [translate(broken.message)]
            return None


class JoinForm(WishForm):
    unit = SelectField(lazy("Satuan"), validators=[Optional()])
    member = SelectField(lazy("Untuk anggota"), validators=[Optional()])
    on_account = BooleanField(lazy("Bayar nanti dengan bon"))


class GoodForm(PackForm):
    supplier = TrimmedField(
        lazy("Pemasok"),
        [InputRequired(lazy("Isi nama pemasok, misalnya Grosir Gadang.")), Length(max=120)],
    )
    stock_cap = TrimmedField(lazy("Boleh sisa untuk stok koperasi"), [Optional(), Length(max=20)])
    max_per_member = TrimmedField(lazy("Jatah setiap anggota"), [Optional(), Length(max=20)])
    legal_price = RupiahField(lazy("Harga eceran tertinggi (HET)"), [Optional()])
    pack_costs = RupiahField(lazy("Perkiraan ongkos per kemasan"), [Optional()])
    margin = PercentField(lazy("Jasa koperasi, persen"), [Optional()])
    arrives_on = DateField(lazy("Perkiraan datang"), [Optional()])
    others = FieldList(
        FormField(FurtherPackForm), min_entries=MOST_KINDS - 1, max_entries=MOST_KINDS - 1
    )

    def has_others(self) -> bool:
        """Say whether any further pack is named, so that its part is open."""
        return any(not entry.form.is_blank for entry in self.others) or bool(self.others.errors)

    def _others(self, item: SupplyItem) -> tuple[PackTerms, ...] | None:
        """Read the further packs, the larger ones first; None when one is not whole."""
        typed = [entry.form for entry in self.others if not entry.form.is_blank]
        found = [form.pack_terms(item) for form in typed]
        whole = [pack for pack in found if pack is not None]
        if len(whole) < len(found):
            self.others.errors = [entry.errors for entry in self.others]
            return None
        return tuple(sorted(whole, key=lambda pack: -pack.pack_size))

    def terms(self, item: SupplyItem) -> Terms | None:
        """Read the supplier's terms; None when an amount cannot be read."""
        pack, cap = self.pack_terms(item), self.amount("stock_cap", item.factor)
        others = self._others(item)
        quota = self.amount("max_per_member", item.factor)
        if pack is None or others is None or self.stock_cap.errors or self.max_per_member.errors:
            return None
        return Terms(
            supplier=self.supplier.data or "",
            pack_name=pack.pack_name,
            pack_size=pack.pack_size,
            pack_price=pack.pack_price,
            pack_step=pack.pack_step,
            pack_minimum=pack.pack_minimum,
            tiers=pack.tiers,
            others=others,
            stock_cap=cap or 0,
            max_per_member=quota,
            legal_price=self.legal_price.data,
            pack_costs=self.pack_costs.data or Rupiah(0),
            margin=self.margin.data,
            arrives_on=self.arrives_on.data,
        )


class RoundForm(GoodForm):
    closes_at = DateTimeLocalField(
        lazy("Ditutup"), [InputRequired(lazy("Isi kapan putaran ini ditutup."))]
    )
    policy = RadioField(
        lazy("Kalau barang yang datang kurang"), default=SharingPolicy.PROPORTIONAL.value
    )
    opens_at = DateTimeLocalField(lazy("Dibuka mulai"), [Optional()])
    top_up_until = DateTimeLocalField(lazy("Kemasan boleh digenapkan sampai"), [Optional()])
    pickup_from = DateTimeLocalField(lazy("Diambil mulai"), [Optional()])
    pickup_until = DateTimeLocalField(lazy("Diambil paling lambat"), [Optional()])
    pickup_place = TrimmedField(
        lazy("Diambil di"),
        [InputRequired(lazy("Isi tempat mengambil barang.")), Length(max=160)],
    )

    def __init__(self, *args: object, **named: object) -> None:
        super().__init__(*args, **named)
        self.policy.choices = [
            SelectChoice(policy.value, translate(label)) for policy, label in POLICY_LABELS.items()
        ]

    def plan(self) -> RoundPlan:
        """Read what all goods of the round share."""
        return RoundPlan(
            closes_at=in_malang(self.closes_at.data),
            pickup_place=self.pickup_place.data or "",
            policy=SharingPolicy(self.policy.data),
            **{name: in_malang(self[name].data) for name in OTHER_TIMES if self[name].data},
        )

    def has_times(self) -> bool:
        """Say whether a further time was typed, so that its part is open."""
        return any(self[name].data or self[name].errors for name in OTHER_TIMES)


def in_malang(moment: datetime | None) -> datetime:
    """Read a moment as a clock in Malang shows it."""
    assert moment is not None  # the field is required
    return moment.replace(tzinfo=WIB)


class ExtendForm(BaseForm):
    closes_at = DateTimeLocalField(
        lazy("Tutup pada"), [InputRequired(lazy("Isi kapan putaran ini ditutup."))]
    )

    def moment(self) -> datetime:
        """Give the moment that was typed, as a clock in Malang shows it."""
        return in_malang(self.closes_at.data)


class WidenForm(BaseForm):
    packs = QuantityField(lazy("Kemasan untuk stok"), [InputRequired(), NumberRange(0, 10_000)])


class HandOverForm(BaseForm):
    """How a basket is paid; what of it is fetched stands beside it, see ``forms.fetching``."""

    way = RadioField(
        lazy("Dibayar dengan"),
        [InputRequired(lazy("Pilih cara bayar."))],
        default=PaidWith.CASH.value,
    )
    total = RupiahField(validators=[InputRequired()], widget=HiddenInput())
