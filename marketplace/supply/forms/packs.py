"""A pack with its price, as it is typed for an offer and for a round."""

from __future__ import annotations

from datetime import date

from wtforms import SelectField
from wtforms.validators import InputRequired, Length, Optional

from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.money import grouped
from marketplace.kernel.numbers import parse_decimal_quantity
from marketplace.supply.models import SupplyItem
from marketplace.supply.rules import PackTerms
from marketplace.supply.rules.offers import LARGEST, LONGEST_NAME, parse_tiers
from marketplace.web.fields import ParsedField, QuantityField, RupiahField, TrimmedField
from marketplace.web.forms import BaseForm, lazy
from marketplace.web.i18n import translate


class TiersField(ParsedField):
    """Steps of price such as ``10: 380.000; 50: 372.000``; data is pairs of whole numbers."""

    parse = staticmethod(parse_tiers)

    def show(self) -> str:
        """Write them so that they can be read back."""
        return "; ".join(f"{grouped(start)}: {grouped(price)}" for start, price in self.data)


class PackForm(BaseForm):
    item = SelectField(lazy("Barang"))
    pack_name = TrimmedField(
        lazy("Kemasan"),
        [InputRequired(lazy("Isi nama kemasan, misalnya karton.")), Length(max=LONGEST_NAME)],
    )
    pack_size = TrimmedField(
        lazy("Isi satu kemasan"),
        [InputRequired(lazy("Isi berapa satuan dalam satu kemasan.")), Length(max=20)],
    )
    pack_price = RupiahField(
        lazy("Harga satu kemasan"), [InputRequired(lazy("Isi harga kemasan."))]
    )
    pack_minimum = QuantityField(lazy("Pembelian paling sedikit"), [Optional()])
    pack_step = QuantityField(lazy("Dibeli per kelipatan"), [Optional()])
    tiers = TiersField(lazy("Harga turun kalau banyak"), [Optional(), Length(max=200)])

    def pack_terms(self, item: SupplyItem, *, valid_until: date | None = None) -> PackTerms | None:
        """Read the pack in the good's unit; None when its size is no amount."""
        size = self.amount("pack_size", item.factor)
        if size is None:
            return None
        return PackTerms(
            pack_name=self.pack_name.data or "",
            pack_size=size,
            pack_price=self.pack_price.data,
            pack_step=self.pack_step.data or 1,
            pack_minimum=self.pack_minimum.data or 0,
            tiers=self.tiers.data or (),
            valid_until=valid_until,
        )

    def amount(self, name: str, factor: int) -> int | None:
        """Read a field as base units; None when it is empty or, told in the field, no amount."""
        if not self[name].data:
            return None
        try:
            return parse_decimal_quantity(self[name].data, factor, most=LARGEST)
        except RuleBroken as broken:
            self[name].errors = [translate(broken.message)]
            return None

    def has_more(self) -> bool:
        """Say whether anything rare was typed, so that its part is open."""
        rare = (self.pack_minimum, self.pack_step, self.tiers)
        return any(field.typed or field.data or field.errors for field in rare)


class FurtherPackForm(PackForm):
    """Another pack of the same good; a row of which nothing is typed is none."""

    class Meta(BaseForm.Meta):
        csrf = False  # part of the good's form, which has the token

    item = None
    pack_name = TrimmedField(lazy("Kemasan"), [Optional(), Length(max=LONGEST_NAME)])
    pack_size = TrimmedField(lazy("Isi satu kemasan"), [Optional(), Length(max=20)])
    pack_price = RupiahField(lazy("Harga satu kemasan"), [Optional()])

    @property
    def is_blank(self) -> bool:
        """Say whether nothing was written into this row."""
        said = (self.pack_name.data, self.pack_size.data, self.pack_price.data)
        return not any((*said, self.pack_price.typed)) and not self.has_more()

    def pack_terms(self, item: SupplyItem, *, valid_until: date | None = None) -> PackTerms | None:
        """Read the pack; None when it is not whole, which its fields then say."""
        for name, told in (
            ("pack_size", lazy("Isi berapa satuan dalam satu kemasan.")),
            ("pack_price", lazy("Isi harga kemasan.")),
        ):
            if not self[name].data:
                self[name].errors = [str(told)]
                return None
        return super().pack_terms(item, valid_until=valid_until)
