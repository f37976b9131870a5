"""What is sent about deliveries, and about what suppliers still owe for them."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired, Length, Optional

from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.numbers import parse_decimal_quantity
from marketplace.supply.rules import REASON_LABELS, WAY_LABELS, ClaimWay, ReceiptReason
from marketplace.web.fields import IdField, QuantityField, RupiahField, TrimmedField
from marketplace.web.forms import BaseForm, lazy
from marketplace.web.i18n import translate

LARGEST = 10**9
CLAIM_IT, SPREAD_IT, WRITE_OFF = "klaim", "bagi", "hapus"


class ReceiveForm(BaseForm):
    """What came, what was broken, the bill; ``gap`` says what is done with what is missing."""

    packs = QuantityField(lazy("Kemasan yang datang"), [Optional()])
    quantity = TrimmedField(
        lazy("Jumlah yang datang"),
        [InputRequired(lazy("Isi berapa yang datang.")), Length(max=20)],
    )
    damaged = TrimmedField(lazy("Di antaranya rusak"), [Optional(), Length(max=20)])
    cost = RupiahField(lazy("Jumlah tagihan"), [InputRequired(lazy("Isi tagihan pemasok."))])
    discount = RupiahField(lazy("Potongan dari pemasok"), [Optional()])
    kind = SelectField(lazy("Kalau tidak sesuai"), [Optional()])
    reason = TrimmedField(lazy("Catatan"), [Optional(), Length(max=200)])
    gap = RadioField(lazy("Siapa yang menanggung selisihnya?"), [Optional()])
    contested = RupiahField(lazy("Jumlah klaim"), [Optional()])
    note_id = IdField(validators=[Optional()])
    key = HiddenField(validators=[InputRequired(), Length(max=64)])

    def __init__(self, *args: object, **named: object) -> None:
        super().__init__(*args, **named)
        self.kind.choices = [
            ("", lazy("Sesuai pesanan")),
            *((reason.value, translate(label)) for reason, label in REASON_LABELS.items()),
        ]
        self.gap.choices = [
            (CLAIM_IT, lazy("Klaim ke pemasok")),
            (SPREAD_IT, lazy("Dibagi ke anggota")),
        ]

    def only_claim_wrong(self) -> bool:
        """Say whether nothing is wrong but what is said about the claim."""
        return set(self.errors) <= {"gap", "contested"}

    def off(self) -> Rupiah:
        """Give what the supplier takes off the bill; nothing said is nothing."""
        discount: Rupiah | None = self.discount.data
        return discount or Rupiah(0)

    def arrived(self, factor: int) -> int | None:
        """Read what arrived, in base units."""
        return self._amount(self.quantity, factor)

    def broken(self, factor: int) -> int | None:
        """Read what of it was broken, in base units; nothing said is none."""
        text = (self.damaged.data or "").strip()
        return 0 if text in ("", "0") else self._amount(self.damaged, factor)

    def why(self) -> ReceiptReason | None:
        """Read the reason that was chosen, if one was."""
        return ReceiptReason(self.kind.data) if self.kind.data else None

    def _amount(self, field: TrimmedField, factor: int) -> int | None:
        try:
            return parse_decimal_quantity(field.data or "", factor, most=LARGEST)
        except RuleBroken as broken:
            field.errors = [translate(broken.message)]
            return None


class ReverseForm(BaseForm):
    """Why a delivery is taken back, and whether the cooperative bears what was fetched."""

    reason = TrimmedField(
        lazy("Alasan"),
        [InputRequired(lazy("Isi alasannya.")), Length(max=200)],
    )
    shrink = BooleanField(lazy("Selisihnya jadi susut koperasi"))


class SettleForm(BaseForm):
    """How a claim on a supplier ended."""

    way = RadioField(lazy("Bagaimana selesainya?"), [InputRequired(lazy("Pilih salah satu."))])
    quantity = TrimmedField(lazy("Barang yang menyusul"), [Optional(), Length(max=20)])
    note = TrimmedField(lazy("Catatan"), [Optional(), Length(max=200)])

    def __init__(self, *args: object, **named: object) -> None:
        super().__init__(*args, **named)
        self.way.choices = [
            *((way.value, translate(label)) for way, label in WAY_LABELS.items()),
            (WRITE_OFF, lazy("Hapus, jadi kerugian koperasi")),
        ]

    def chosen(self) -> ClaimWay | None:
        """Give how the supplier made it good; None when the claim is given up."""
        return None if self.way.data == WRITE_OFF else ClaimWay(self.way.data)

    def brought(self, factor: int) -> int | None:
        """Read what was brought later, in base units; nothing said is none of it."""
        text = (self.quantity.data or "").strip()
        try:
            return parse_decimal_quantity(text, factor, most=LARGEST) if text else 0
        except RuleBroken as broken:
            self.quantity.errors = [translate(broken.message)]
            return None
