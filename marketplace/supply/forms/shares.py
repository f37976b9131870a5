"""What each member gets when officers share by hand."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import Request
from wtforms import HiddenField
from wtforms.validators import InputRequired, Length, Regexp

from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.ids import to_text
from marketplace.kernel.numbers import parse_decimal_quantity
from marketplace.kernel.text import say
from marketplace.web.fields import TrimmedField
from marketplace.web.forms import BaseForm, lazy

LARGEST = 10**9
PART = "bagian-"


class SharesForm(BaseForm):
    reason = TrimmedField(
        lazy("Alasan"),
        [InputRequired(lazy("Isi alasannya.")), Length(max=200)],
    )
    seen = HiddenField(validators=[InputRequired(), Regexp(r"^[0-9]{1,6}$")])


def typed_parts(sent: Request) -> dict[str, str]:
    """Give what was typed for each member, to show it again."""
    return {name: text for name, text in sent.form.items() if name.startswith(PART)}


def parts(typed: dict[str, str], lines: Iterable[UUID], factor: int) -> dict[UUID, int]:
    """Read what each wish gets, in base units; an empty field is nothing. Raises Invalid.

    A wish that the page did not ask for is left out, so that it is never cut by silence.
    """
    found = {}
    for line_id in lines:
        name = PART + to_text(line_id)
        if name not in typed:
            continue
        text = typed[name].strip()
        try:
            found[line_id] = (
                parse_decimal_quantity(text, factor, most=LARGEST) if text not in ("", "0") else 0
            )
        except RuleBroken as broken:
            raise Invalid(
                say("Bagian “%(text)s” bukan jumlah barang ini.", text=text[:20])
            ) from broken
    return found
