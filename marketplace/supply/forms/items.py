"""What officers may send us about the list of goods."""

from __future__ import annotations

from wtforms import BooleanField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.numbers import parse_decimal_quantity
from marketplace.supply.models import BaseUnit, SupplyItem
from marketplace.supply.service import NewUnit
from marketplace.web.fields import QuantityField, TrimmedField
from marketplace.web.forms import BaseForm, lazy
from marketplace.web.i18n import translate

LARGEST_STEP = 1000


class ItemForm(BaseForm):
    name = TrimmedField(
        lazy("Nama barang"),
        [InputRequired(lazy("Isi nama barang, misalnya Minyak goreng 5 L.")), Length(max=120)],
    )
    base_unit = SelectField(
        lazy("Dihitung dalam"),
        choices=[
            SelectChoice(BaseUnit.PIECE.value, lazy("buah")),
            SelectChoice(BaseUnit.GRAM.value, lazy("berat (kg)")),
            SelectChoice(BaseUnit.MILLILITRE.value, lazy("isi (liter)")),
        ],
    )
    unit = TrimmedField(
        lazy("Nama satuan"),
        [InputRequired(lazy("Isi satuannya, misalnya jeriken, kg, atau sak.")), Length(max=30)],
    )

    def factor(self) -> int:
        """Say how many base units one unit is: pieces count themselves, kg and litres 1,000."""
        return 1 if self.base_unit.data == BaseUnit.PIECE.value else 1000


class UnitForm(BaseForm):
    name = TrimmedField(
        lazy("Nama satuan"),
        [InputRequired(lazy("Isi satuannya, misalnya renteng atau dus.")), Length(max=30)],
    )
    count = TrimmedField(
        lazy("Isinya"),
        [InputRequired(lazy("Isi berapa satuan utama di dalamnya.")), Length(max=20)],
    )
    step = QuantityField(lazy("Diminta per kelipatan"), [Optional(), NumberRange(1, LARGEST_STEP)])
    for_request = BooleanField(lazy("Dipakai anggota saat meminta"))

    def unit(self, item: SupplyItem) -> NewUnit | None:
        """Read the unit by the good's main one; None when its size is no amount."""
        try:
            factor = parse_decimal_quantity(self.count.data or "", item.factor)
        except RuleBroken as broken:
            self.count.errors = [translate(broken.message)]
            return None
        return NewUnit(
            name=self.name.data or "",
            factor=factor,
            step=self.step.data or 1,
            for_request=self.for_request.data,
        )
