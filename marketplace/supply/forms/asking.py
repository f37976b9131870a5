"""What is sent about wishes that wait for a round, and about those that come again."""

from __future__ import annotations

from typing import Any

from wtforms import SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import Length, Optional

from marketplace.kernel.text import say
from marketplace.supply.forms.rounds import WishForm
from marketplace.supply.rules import RHYTHM_LABELS, Rhythm
from marketplace.web.fields import TrimmedField
from marketplace.web.forms import lazy
from marketplace.web.i18n import translate

ONCE = say("Sekali ini saja")


def _rhythms() -> list[SelectChoice]:
    return [SelectChoice(one.value, translate(text)) for one, text in RHYTHM_LABELS.items()]


class AskForm(WishForm):
    item = SelectField(lazy("Barang"), validate_choice=True)
    words = TrimmedField(
        lazy("Tulis barangnya"),
        [Optional(), Length(max=120)],
        description=lazy("Kalau belum ada di daftar: sebut nama dan ukurannya."),
    )
    member = SelectField(lazy("Untuk anggota"), validators=[Optional()])
    every = SelectField(lazy("Ulangi sendiri"), validators=[Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.every.choices = [SelectChoice("", translate(ONCE)), *_rhythms()]

    def rhythm(self) -> Rhythm | None:
        """Say how often it is to be asked again, if at all."""
        return Rhythm(self.every.data) if self.every.data else None


class StandingForm(WishForm):
    unit = SelectField(lazy("Satuan"))
    every = SelectField(lazy("Ulangi sendiri"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.every.choices = _rhythms()

    def rhythm(self) -> Rhythm:
        """Say how often it is asked again."""
        return Rhythm(self.every.data)
