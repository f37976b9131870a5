"""Forms of the pay-outs."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from marketplace.payouts.rules import LONGEST_PROMISE, PAID_BY_LABELS, PaidBy
from marketplace.web.fields import QuantityField, TrimmedField
from marketplace.web.forms import BaseForm
from marketplace.web.i18n import translate


class PayForm(BaseForm):
    paid_by = RadioField(lazy_gettext("Dibayar dengan"), [InputRequired()])
    reference = TrimmedField(lazy_gettext("Bukti"), [Optional(), Length(max=200)])

    def offer(self) -> None:
        """Let every way of paying be chosen."""
        self.paid_by.choices = [
            SelectChoice(way.value, translate(text)) for way, text in PAID_BY_LABELS.items()
        ]

    def way(self) -> PaidBy:
        """Give the way that was chosen."""
        return PaidBy(self.paid_by.data)


class PromiseForm(BaseForm):
    payout_days = QuantityField(
        lazy_gettext("Disetor paling lambat, hari setelah terjual"),
        [InputRequired(), NumberRange(min=1, max=LONGEST_PROMISE)],
    )
