"""What officers decide of a share that was not fetched in time."""

from __future__ import annotations

from wtforms import DateField, HiddenField, RadioField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from marketplace.supply.rules import LEFT_OVER_LABELS
from marketplace.web.fields import TrimmedField
from marketplace.web.forms import BaseForm, lazy
from marketplace.web.i18n import translate


class UnfetchedForm(BaseForm):
    """One of four ways, with a reason; ``seen`` is the quantity that was left on the page."""

    what = RadioField(
        lazy("Jadinya bagaimana?"), validators=[InputRequired(lazy("Pilih jadinya bagaimana."))]
    )
    keep_until = DateField(lazy("Disimpan sampai"), [Optional()])
    reason = TrimmedField(lazy("Alasan"), [InputRequired(lazy("Isi alasannya.")), Length(max=200)])
    seen = HiddenField(validators=[InputRequired(), Regexp(r"^[0-9]{1,15}$")])

    def offer(self) -> None:
        """List the ways in the reader's language."""
        self.what.choices = [
            (what.value, translate(label)) for what, label in LEFT_OVER_LABELS.items()
        ]
