"""What officers may send us about suppliers and their prices."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, SelectField
from wtforms.validators import InputRequired, Length, Optional

from marketplace.cooperatives.forms import EmailField
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.numbers import parse_decimal_quantity
from marketplace.supply.models import Supplier, SupplyItem
from marketplace.supply.rules import PackTerms
from marketplace.supply.rules.offers import LARGEST, LONGEST_NAME, parse_tiers
from marketplace.supply.service import SupplierFacts
from marketplace.web.fields import ParsedField, PhoneField, QuantityField, RupiahField, TrimmedField
from marketplace.web.forms import BaseForm, lazy
from marketplace.web.i18n import translate


class TiersField(ParsedField):
    """Steps of price such as ``10: 380.000; 50: 372.000``; data is pairs of whole numbers."""

    parse = staticmethod(parse_tiers)


class SupplierForm(BaseForm):
    name = TrimmedField(
        lazy("Nama pemasok"),
        [InputRequired(lazy("Isi nama pemasok, misalnya Grosir Gadang.")), Length(max=120)],
    )
    phone = PhoneField(lazy("Nomor WhatsApp"), [Optional()])
    email = EmailField(lazy("E-mail"), [Optional()])
    lead_days = QuantityField(lazy("Datang setelah dipesan"), [Optional()])
    note = TrimmedField(lazy("Catatan"), [Optional(), Length(max=200)])

    @classmethod
    def of(cls, supplier: Supplier) -> SupplierForm:
        """Show what is known of a supplier, for changing it."""
        form: SupplierForm = cls(formdata=None, obj=supplier)
        return form

    def facts(self) -> SupplierFacts:
        """Give what the form says."""
        return SupplierFacts(
            name=self.name.data or "",
            phone=self.phone.data or None,
            email=self.email.data or None,
            note=self.note.data or None,
            lead_days=self.lead_days.data or 0,
        )


class OfferForm(BaseForm):
    item = SelectField(lazy("Barang"))
    pack_name = TrimmedField(
        lazy("Kemasan"),
        [
            InputRequired(lazy("Isi nama kemasan, misalnya karton.")),
            Length(max=LONGEST_NAME),
        ],
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
    valid_until = DateField(lazy("Berlaku sampai"), [Optional()])

    def terms(self, item: SupplyItem) -> PackTerms | None:
        """Read the offer in the good's unit; None when its size is no amount."""
        try:
            size = parse_decimal_quantity(self.pack_size.data or "", item.factor, most=LARGEST)
        except RuleBroken as broken:
            self.pack_size.errors = [translate(broken.message)]
            return None
        return PackTerms(
            pack_name=self.pack_name.data or "",
            pack_size=size,
            pack_price=self.pack_price.data,
            pack_step=self.pack_step.data or 1,
            pack_minimum=self.pack_minimum.data or 0,
            tiers=self.tiers.data or (),
            valid_until=self.valid_until.data,
        )

    def has_more(self) -> bool:
        """Say whether anything rare was typed, so that its part is open."""
        return any(
            field.data or field.errors
            for field in (self.pack_minimum, self.pack_step, self.tiers, self.valid_until)
        )


class PriceListForm(BaseForm):
    file = FileField(lazy("Berkas CSV atau XLSX"))


class PartialForm(BaseForm):
    partial = BooleanField(lazy("Simpan baris yang benar saja"))
