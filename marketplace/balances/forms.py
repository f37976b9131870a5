"""Forms of balances."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import HiddenField, RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from marketplace.payouts.rules import PAID_BY_LABELS, PaidBy
from marketplace.web.fields import RupiahField, TrimmedField
from marketplace.web.forms import BaseForm
from marketplace.web.i18n import translate


class PaidForm(BaseForm):
    way = RadioField(lazy_gettext("Dibayar dengan"), [InputRequired()])
    reference = TrimmedField(lazy_gettext("Bukti"), [Optional(), Length(max=100)])

    def offer(self) -> None:
        """Let every way of paying be chosen."""
        self.way.choices = [
            SelectChoice(way.value, translate(text)) for way, text in PAID_BY_LABELS.items()
        ]

    def chosen(self) -> PaidBy:
        """Give the way that was chosen."""
        return PaidBy(self.way.data)


class WithdrawForm(BaseForm):
    amount = RupiahField(
        lazy_gettext("Jumlah uang"),
        [InputRequired(lazy_gettext("Isi jumlahnya, misalnya 30.000."))],
    )
    key = HiddenField(validators=[InputRequired(), Length(max=64)])
