"""What sellers may send us about goods."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_wtf.file import MultipleFileField
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FileField,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import from_text, to_text
from marketplace.ledger.rules import Purpose
from marketplace.listings.models import Availability, Halal, Variant
from marketplace.listings.queries import Maker
from marketplace.listings.rules import (
    MOST_PHOTOS,
    MOST_VARIANTS,
    UNITS,
    BadListing,
    ListingDraft,
    Place,
    VariantDraft,
    checked,
)
from marketplace.members.models import Member
from marketplace.web.fields import IdField, QuantityField, RupiahField, TrimmedField
from marketplace.web.forms import BaseForm, lazy
from marketplace.web.i18n import translate

LARGEST_ID = 2**31 - 1


class StockField(QuantityField):
    """How many there are; says what a number of things looks like."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read a count, or say with the field's own example what is wrong with it."""
        try:
            super().process_formdata(valuelist)
        except ValueError as wrong:
            raise ValueError(str(lazy("Jumlah stok harus angka, misalnya 24"))) from wrong


class VariantForm(BaseForm):
    class Meta(BaseForm.Meta):
        csrf = False  # part of the listing's form, which has the token

    id = IdField()
    title = TrimmedField(lazy("Pilihan"))
    price = RupiahField(lazy("Harga jual"))
    quantity = StockField(lazy("Jumlah stok"))
    seen = IntegerField(widget=HiddenInput(), validators=[Optional()])

    @property
    def is_blank(self) -> bool:
        """Say whether nothing was written into this row."""
        typed = (self.title.data, self.price.typed, self.quantity.typed)
        return not any((text or "").strip() for text in typed) and self.id.data is None

    def draft(self) -> VariantDraft:
        """Give what was typed; a count nobody touched is left as it is."""
        quantity = self.quantity.data
        if self.id.data is not None and quantity == self.seen.data:
            quantity = None
        return VariantDraft(self.title.data or "", self.price.data, quantity, self.id.data)


def _category_id(text: object) -> int:
    """Read the number of a category; one that no column could hold is not one."""
    digits = str(text)
    if not digits.isascii() or not 0 < int(digits) <= LARGEST_ID:
        raise ValueError(text)
    return int(digits)


class ListingForm(BaseForm):
    title = TrimmedField(
        lazy("Nama barang"), description=lazy("Sebut rasa dan isi supaya mudah dicari.")
    )
    find = TrimmedField(lazy("Cari kategori lain"))
    category = RadioField(lazy("Kategori"), coerce=_category_id, validate_choice=False)
    unit = SelectField(lazy("Dijual per"), validate_choice=False)
    availability = RadioField(
        lazy("Ketersediaan"),
        coerce=Availability,
        choices=[
            SelectChoice(Availability.LIMITED.value, lazy("Stok terbatas")),
            SelectChoice(Availability.DAILY.value, lazy("Dibuat tiap hari")),
            SelectChoice(Availability.PREORDER.value, lazy("Pre-order")),
        ],
        default=Availability.LIMITED,
        validate_choice=False,
    )
    ready_on = DateField(
        lazy("Siap tanggal"), [Optional()], description=lazy("Hanya untuk pre-order.")
    )
    variants = FieldList(FormField(VariantForm), min_entries=1, max_entries=MOST_VARIANTS)
    maker = SelectField(lazy("Dibuat oleh"), validate_choice=False)
    description = TextAreaField(lazy("Cerita singkat"))
    food_permit = TrimmedField(
        lazy("Nomor PIRT"), description=lazy("15 angka, misalnya 2063573010123-28.")
    )
    halal = SelectField(
        lazy("Halal"),
        coerce=Halal,
        choices=[
            SelectChoice(Halal.UNKNOWN.value, lazy("Tidak disebut")),
            SelectChoice(Halal.SELF_DECLARED.value, lazy("Bahan halal, belum bersertifikat")),
            SelectChoice(Halal.CERTIFIED.value, lazy("Bersertifikat halal")),
        ],
        default=Halal.UNKNOWN,
        validate_choice=False,
    )
    halal_number = TrimmedField(lazy("Nomor sertifikat halal"))
    ingredients = TrimmedField(lazy("Bahan"))
    shelf_life_days = QuantityField(lazy("Masa simpan"))
    kept = FieldList(IdField(), max_entries=MOST_PHOTOS)
    photos = MultipleFileField(lazy("Foto"))
    version = IntegerField(widget=HiddenInput(), validators=[Optional()])

    def offer(self, places: Collection[Place], makers: Collection[Maker]) -> None:
        """Fill in what can be chosen; a unit that is not among the usual ones stays."""
        self.category.choices = [SelectChoice(place.id, place.label) for place in places]
        units = UNITS if self.unit.data in (None, *UNITS) else (*UNITS, self.unit.data)
        self.unit.choices = [SelectChoice(unit) for unit in units]
        self.maker.choices = [
            SelectChoice("", lazy("Koperasi sendiri")),
            *(SelectChoice(to_text(one.id), f"{one.called} ({one.number:04d})") for one in makers),
        ]

    def show(self, draft: ListingDraft, version: int) -> None:
        """Fill the fields with what a listing is now."""
        self.process(
            data={
                **{name: getattr(draft, name) for name in _SAME_NAMES},
                "category": draft.category_id,
                "maker": to_text(draft.maker_id) if draft.maker_id else "",
                "variants": [
                    {"id": v.id, "title": v.title, "price": v.price, "quantity": v.quantity,
                     "seen": v.quantity}
                    for v in draft.variants
                ],
                "version": version,
            }
        )  # fmt: skip

    def draft(self) -> ListingDraft:
        """Give the service plain values; rows that nobody filled in are no variants."""
        rows = [entry.form for entry in self.variants]
        return ListingDraft(
            title=self.title.data or "",
            category_id=self.category.data,
            variants=tuple(row.draft() for row in self._filled(rows)),
            description=self.description.data or "",
            unit=self.unit.data or "",
            maker_id=self.maker_id,
            availability=self.availability.data or Availability.LIMITED,
            ready_on=self.ready_on.data,
            food_permit=self.food_permit.data or None,
            halal=self.halal.data or Halal.UNKNOWN,
            halal_number=self.halal_number.data or None,
            ingredients=self.ingredients.data or None,
            shelf_life_days=self.shelf_life_days.data,
        )

    @staticmethod
    def _filled(rows: Sequence[VariantForm]) -> list[VariantForm]:
        return [row for position, row in enumerate(rows) if position == 0 or not row.is_blank]

    @property
    def maker_id(self) -> UUID | None:
        """Give the chosen member; None for the cooperative itself."""
        return from_text(self.maker.data or "")

    def is_fit(self, *, today: date) -> bool:
        """Check shape and rules at once, so that everything wrong is said in one answer."""
        self.validate()
        if self.maker.data and self.maker_id is None:
            self.maker.errors = [*self.maker.errors, gettext("Pilih salah satu yang ada.")]
        try:
            checked(self.draft(), today=today)
        except BadListing as bad:
            self.blame(bad)
        return not self.errors

    def blame(self, broken: RuleBroken) -> None:
        """Show a broken rule at its fields, also inside variants; a field complains once."""
        elsewhere = {}
        rows = self._filled([entry.form for entry in self.variants])
        for name, message in broken.fields.items():
            place, _, rest = name.partition("-")
            if place == "variants" and rest:
                position, _, part = rest.partition("-")
                field = rows[int(position)][part]
            elif place in self and not self[place].errors:
                field = self[place]
            else:
                elsewhere[name] = message
                continue
            if not field.errors:
                field.errors = [*field.errors, translate(message)]
        self.variants.errors = [entry.errors for entry in self.variants]
        if not any(self.variants.errors):
            self.variants.errors = []
        if not broken.fields or any(name not in self for name in elsewhere):
            self.form_errors.append(translate(broken.message))


_SAME_NAMES = (
    "title", "unit", "availability", "ready_on", "description", "food_permit", "halal",
    "halal_number", "ingredients", "shelf_life_days",
)  # fmt: skip


class StockForm(BaseForm):
    variant = IdField()
    quantity = StockField(lazy("Jumlah stok"))


PURSES = {
    "cash": lazy("Tunai dari kas"),
    "bank": lazy("Dari rekening bank"),
    "": lazy("Belum dibayar"),
}


class BuyForm(BaseForm):
    key = HiddenField(validators=[InputRequired(), Length(max=64)])
    variant = SelectField(lazy("Pilihan"), [InputRequired()])
    quantity = QuantityField(lazy("Berapa banyak"), [InputRequired()])
    cost = RupiahField(lazy("Harga beli semuanya"), [InputRequired()])
    paid_from = RadioField(
        lazy("Dibayar dengan"),
        [Optional()],
        choices=[SelectChoice(value, text) for value, text in PURSES.items()],
        default="cash",
    )
    seller = SelectField(lazy("Dari anggota"), [Optional()])

    def offer(self, variants: Sequence[Variant], members: Sequence[Member]) -> None:
        """Let what is sold and who is a member be chosen."""
        self.variant.choices = [
            (to_text(one.id), one.title or lazy("Satu ukuran")) for one in variants if one.active
        ]
        self.seller.choices = [
            SelectChoice("", ""),
            *(SelectChoice(to_text(one.id), one.called) for one in members),
        ]

    def chosen_variant(self) -> UUID:
        """Give the variant that was chosen among those offered."""
        found = from_text(self.variant.data or "")
        assert found is not None
        return found

    def chosen_seller(self) -> UUID | None:
        """Give the member it was bought from, if it was a member."""
        return from_text(self.seller.data or "")

    def purse(self) -> Purpose | None:
        """Give the account it was paid from; None while it is owed."""
        return Purpose(self.paid_from.data) if self.paid_from.data else None


class PhotoForm(BaseForm):
    file = IdField()
    position = IntegerField(widget=HiddenInput(), validators=[Optional()])


class UploadForm(BaseForm):
    file = FileField(lazy("Berkas CSV atau XLSX"))


class ConfirmForm(BaseForm):
    publish = BooleanField(lazy("Tayangkan barang baru sekarang juga"))
    partial = BooleanField(lazy("Simpan baris yang benar saja"))
