"""What is sent about wishes, goods and rounds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wtforms import BooleanField, DateField, DateTimeLocalField, RadioField, SelectField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from marketplace.kernel.calendar import WIB
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah
from marketplace.kernel.numbers import parse_decimal_quantity
from marketplace.supply.forms.packs import PackForm
from marketplace.supply.models import SupplyItem, UnitRung
from marketplace.supply.rules import PaidWith
from marketplace.supply.service import RoundPlan, Terms, Wanted
from marketplace.web.fields import PercentField, QuantityField, RupiahField, TrimmedField
from marketplace.web.forms import BaseForm, lazy
from marketplace.web.i18n import translate

LARGEST = 10**9
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
    pack_costs = RupiahField(lazy("Perkiraan ongkos per kemasan"), [Optional()])
    margin = PercentField(lazy("Jasa koperasi, persen"), [Optional()])
    arrives_on = DateField(lazy("Perkiraan datang"), [Optional()])

    def terms(self, item: SupplyItem) -> Terms | None:
        """Read the supplier's terms; None when an amount cannot be read."""
        pack, cap = self.pack_terms(item), self.amount("stock_cap", item.factor)
        if pack is None or self.stock_cap.errors:
            return None
        return Terms(
            supplier=self.supplier.data or "",
            pack_name=pack.pack_name,
            pack_size=pack.pack_size,
            pack_price=pack.pack_price,
            pack_step=pack.pack_step,
            pack_minimum=pack.pack_minimum,
            tiers=pack.tiers,
            stock_cap=cap or 0,
            pack_costs=self.pack_costs.data or Rupiah(0),
            margin=self.margin.data,
            arrives_on=self.arrives_on.data,
        )


class RoundForm(GoodForm):
    closes_at = DateTimeLocalField(
        lazy("Ditutup"), [InputRequired(lazy("Isi kapan putaran ini ditutup."))]
    )
    pickup_place = TrimmedField(
        lazy("Diambil di"),
        [InputRequired(lazy("Isi tempat mengambil barang.")), Length(max=160)],
    )

    def plan(self) -> RoundPlan:
        """Read what all goods of the round share."""
        return RoundPlan(_in_malang(self.closes_at.data), self.pickup_place.data or "")


def _in_malang(moment: datetime | None) -> datetime:
    assert moment is not None  # the field is required
    return moment.replace(tzinfo=WIB)


class ExtendForm(BaseForm):
    closes_at = DateTimeLocalField(
        lazy("Tutup pada"), [InputRequired(lazy("Isi kapan putaran ini ditutup."))]
    )

    def moment(self) -> datetime:
        """Give the moment that was typed, as a clock in Malang shows it."""
        return _in_malang(self.closes_at.data)


class WidenForm(BaseForm):
    packs = QuantityField(lazy("Kemasan untuk stok"), [InputRequired(), NumberRange(0, 10_000)])


class HandOverForm(BaseForm):
    way = RadioField(
        lazy("Dibayar dengan"),
        [InputRequired(lazy("Pilih cara bayar."))],
        default=PaidWith.CASH.value,
    )
    total = RupiahField(validators=[InputRequired()], widget=HiddenInput())
