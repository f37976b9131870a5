"""What a member brings back of what they had fetched."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import HiddenField, RadioField
from wtforms.validators import InputRequired, Length

from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.numbers import parse_decimal_quantity
from marketplace.kernel.text import say
from marketplace.supply.rules import (
    MONEY_BACK_LABELS,
    RETURNED_TO_LABELS,
    PaidWith,
    ReturnedTo,
)
from marketplace.supply.service import Returning
from marketplace.web.fields import TrimmedField
from marketplace.web.forms import BaseForm, lazy
from marketplace.web.i18n import translate

LARGEST = 10**9


class ReturnForm(BaseForm):
    quantity = TrimmedField(
        lazy("Berapa yang dikembalikan"),
        [InputRequired(lazy("Isi berapa.")), Length(max=20)],
    )
    reason = TrimmedField(lazy("Alasan"), [InputRequired(lazy("Isi alasannya.")), Length(max=200)])
    goes_to = RadioField(
        lazy("Barangnya"), validators=[InputRequired(lazy("Pilih barangnya ke mana."))]
    )
    way = RadioField(
        lazy("Uangnya kembali"),
        validators=[InputRequired(lazy("Pilih uangnya kembali bagaimana."))],
    )
    key = HiddenField(validators=[InputRequired(), Length(max=80)])

    def offer(self, ways: Sequence[PaidWith]) -> None:
        """List the ways in the reader's language."""
        self.goes_to.choices = [
            (to.value, translate(label)) for to, label in RETURNED_TO_LABELS.items()
        ]
        self.way.choices = [(way.value, translate(MONEY_BACK_LABELS[way])) for way in ways]

    def returning(self, factor: int) -> Returning:
        """Give what was filled in, of a good in units of so many. Raises Invalid."""
        try:
            quantity = parse_decimal_quantity(self.quantity.data or "", factor, most=LARGEST)
        except RuleBroken as broken:
            wrong = say("“%(text)s” bukan jumlah barang ini.", text=(self.quantity.data or "")[:20])
            raise Invalid(wrong, fields={"quantity": wrong}) from broken
        return Returning(
            quantity,
            self.reason.data or "",
            ReturnedTo(self.goes_to.data),
            PaidWith(self.way.data),
        )
