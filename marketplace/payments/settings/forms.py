"""Forms of the ways to be paid."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from marketplace.cooperatives.service.payment import CASH_STEPS
from marketplace.payments.rules import BankAccount, checked_account
from marketplace.web.fields import PercentField, QuantityField, RupiahField, TrimmedField
from marketplace.web.forms import BaseForm


class TermsForm(BaseForm):
    share = PercentField(lazy_gettext("Bagian koperasi dari tiap penjualan"), [InputRequired()])
    payment_minutes = QuantityField(
        lazy_gettext("Batas waktu bayar"), [InputRequired(), NumberRange(min=5, max=10080)]
    )
    takes_cash = BooleanField(lazy_gettext("Tunai saat ambil"))
    cash_rounding = SelectField(
        lazy_gettext("Pembulatan tunai"),
        coerce=int,
        default=0,
        choices=[
            SelectChoice(0, lazy_gettext("Tidak dibulatkan")),
            *(SelectChoice(step, f"Rp {step:,}".replace(",", ".")) for step in CASH_STEPS if step),
        ],
    )
    takes_qris = BooleanField(lazy_gettext("QRIS"))
    takes_transfer = BooleanField(lazy_gettext("Transfer bank"))
    takes_gateway = BooleanField(lazy_gettext("Bayar online"))
    qris_converts = BooleanField(lazy_gettext("Isi jumlah otomatis di kode QRIS"))

    def terms(self) -> dict[str, Any]:
        """Give the service plain values."""
        return {
            "share_basis_points": self.share.data,
            "payment_minutes": self.payment_minutes.data,
            "takes_cash": self.takes_cash.data,
            "takes_qris": self.takes_qris.data,
            "takes_transfer": self.takes_transfer.data,
            "cash_rounding": self.cash_rounding.data,
            "takes_gateway": self.takes_gateway.data,
            "qris_converts": self.qris_converts.data,
        }


class RefundLimitForm(BaseForm):
    refund_limit = RupiahField(
        lazy_gettext("Paling banyak tanpa pengurus kedua"), [InputRequired()]
    )


class AccountForm(BaseForm):
    bank = TrimmedField(lazy_gettext("Bank"), [InputRequired(), Length(max=40)])
    number = TrimmedField(lazy_gettext("Nomor rekening"), [InputRequired(), Length(max=40)])
    holder = TrimmedField(lazy_gettext("Atas nama"), [InputRequired(), Length(max=80)])

    def account(self) -> BankAccount:
        """Give the service a checked account. Raises Invalid."""
        return checked_account(self.bank.data or "", self.number.data or "", self.holder.data or "")


class CodeForm(BaseForm):
    photo = FileField(lazy_gettext("Foto kode QRIS"))
    text = TextAreaField(lazy_gettext("Atau tempel teks kode QRIS"), [Length(max=2000)])


class ConfirmForm(BaseForm):
    payload = HiddenField(validators=[InputRequired(), Length(max=2000)])
    qris_converts = BooleanField(lazy_gettext("Isi jumlah otomatis di kode QRIS"), default=True)
