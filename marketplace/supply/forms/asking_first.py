"""What is said to a price above the one that was allowed."""

from __future__ import annotations

from wtforms import HiddenField
from wtforms.validators import AnyOf, InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from marketplace.web.fields import RupiahField, TrimmedField
from marketplace.web.forms import BaseForm, lazy

YES, NO = "1", "0"


class PriceAnswerForm(BaseForm):
    """A yes or a no to the price that was seen; officers write what the member said."""

    charge = RupiahField(validators=[InputRequired()], widget=HiddenInput())
    accept = HiddenField(validators=[InputRequired(), AnyOf((YES, NO))])
    note = TrimmedField(lazy("Kata anggotanya"), [Optional(), Length(max=200)])
