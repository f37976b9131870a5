"""What officers may send us about suppliers and their prices."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import BooleanField, DateField
from wtforms.validators import InputRequired, Length, Optional

from marketplace.cooperatives.forms import EmailField
from marketplace.supply.forms.packs import PackForm
from marketplace.supply.models import Supplier, SupplyItem
from marketplace.supply.rules import PackTerms
from marketplace.supply.service import SupplierFacts
from marketplace.web.fields import PhoneField, QuantityField, TrimmedField
from marketplace.web.forms import BaseForm, lazy


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


class OfferForm(PackForm):
    valid_until = DateField(lazy("Berlaku sampai"), [Optional()])

    def terms(self, item: SupplyItem) -> PackTerms | None:
        """Read the offer; None when its size is no amount."""
        return self.pack_terms(item, valid_until=self.valid_until.data)

    def has_more(self) -> bool:
        """Say whether anything rare was typed, so that its part is open."""
        return super().has_more() or bool(self.valid_until.data or self.valid_until.errors)


class PriceListForm(BaseForm):
    file = FileField(lazy("Berkas CSV atau XLSX"))


class PartialForm(BaseForm):
    partial = BooleanField(lazy("Simpan baris yang benar saja"))
