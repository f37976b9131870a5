"""Forms of credit."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import BooleanField, HiddenField, RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from marketplace.credit.rules import PAID_BY_LABELS, PaidBy
from marketplace.web.fields import QuantityField, RupiahField
from marketplace.web.forms import BaseForm
from marketplace.web.i18n import translate

FILL_IN = lazy_gettext("Isi jumlahnya, misalnya 30.000.")


class LimitForm(BaseForm):
    limit = RupiahField(
        lazy_gettext("Batas bon"),
        [InputRequired(lazy_gettext("Isi batasnya, misalnya 500.000. Rp 0 berarti tanpa bon."))],
    )
    due_days = QuantityField(
        lazy_gettext("Dibayar paling lambat"), [InputRequired(lazy_gettext("Isi jumlah harinya."))]
    )


class OwnPaymentForm(BaseForm):
    amount = RupiahField(lazy_gettext("Jumlah yang dibayar"), [InputRequired(FILL_IN)])
    key = HiddenField(validators=[InputRequired(), Length(max=64)])


class PaymentForm(OwnPaymentForm):
    way = RadioField(lazy_gettext("Dibayar dengan"), [InputRequired()])
    agreed = BooleanField(lazy_gettext("Anggota setuju titipannya dipakai"))

    def offer(self, *, titipan: bool = True) -> None:
        """Let the ways of paying be chosen; titipan where the member has some."""
        self.way.choices = [
            SelectChoice(way.value, translate(text))
            for way, text in PAID_BY_LABELS.items()
            if titipan or way is not PaidBy.BALANCE
        ]

    def chosen(self) -> PaidBy:
        """Give the way that was chosen."""
        return PaidBy(self.way.data)
