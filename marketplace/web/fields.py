"""Fields that read numbers, phones and ids as people here write them.

WTForms' own number fields read "1.000" as 1.00 and store Infinity as a price; these
understand or refuse, and keep what was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from wtforms import Field, StringField
from wtforms.widgets import HiddenInput, TextInput

from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import from_text, to_text
from marketplace.kernel.money import Rupiah, grouped
from marketplace.kernel.names import read_name
from marketplace.kernel.numbers import parse_percent, parse_quantity, parse_rupiah
from marketplace.kernel.phones import parse_phone, show
from marketplace.kernel.text import say
from marketplace.web.i18n import translate


class ParsedField(Field):
    """A text field whose text a rule of the kernel reads; an empty one gives None."""

    widget = TextInput()
    parse: Callable[[str], Any]
    data: Any
    raw_data: list[Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.typed: str | None = None

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read what was typed, or keep it and say what is wrong with it."""
        if not valuelist:
            return
        self.typed = str(valuelist[0])
        self.data = None
        if not self.typed.strip():
            self.raw_data: list[str] = []  # blanks are nothing, also for InputRequired
            return
        try:
            self.data = type(self).parse(self.typed)
        except RuleBroken as broken:
            raise ValueError(translate(broken.message)) from broken

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        return "" if self.data is None else self.show()

    def show(self) -> str:
        """Write the value as a person would type it."""
        return str(self.data)


class RupiahField(ParsedField):
    """An amount such as ``12.500`` or ``Rp 12.500``; data is Rupiah."""

    parse = staticmethod(parse_rupiah)

    def show(self) -> str:
        """Write the amount without the currency, which stands beside the field."""
        amount: Rupiah = self.data
        return grouped(amount.amount)


class QuantityField(ParsedField):
    """A whole number of things such as ``24`` or ``1.000``; data is int."""

    parse = staticmethod(parse_quantity)

    def show(self) -> str:
        """Write thousands with dots."""
        return grouped(self.data)


class PercentField(ParsedField):
    """A share of a whole; data is basis points."""

    parse = staticmethod(parse_percent)

    def show(self) -> str:
        """Write it with a decimal comma, without needless noughts."""
        points: int = self.data
        whole, part = divmod(points, 100)
        return f"{whole},{part:02d}".rstrip("0").rstrip(",")


class NameField(ParsedField):
    """The name of a person; data holds nothing invisible."""

    parse = staticmethod(read_name)


class PhoneField(ParsedField):
    """An Indonesian phone number; data is E.164."""

    parse = staticmethod(parse_phone)

    def show(self) -> str:
        """Write it in groups of four."""
        return show(self.data)


def read_id(text: str) -> UUID:
    """Read an id from a form; refuse what is not one."""
    found = from_text(text)
    if found is None:
        message = say("Pilih salah satu yang ada.")
        raise _NotAnId(message)
    return found


class _NotAnId(RuleBroken):
    """A form sent something else than an id of ours."""

    status = 422


class IdField(ParsedField):
    """An id in its public form; data is UUID."""

    widget = HiddenInput()
    parse = staticmethod(read_id)

    def show(self) -> str:
        """Write the id as URLs do."""
        return to_text(self.data)


class TrimmedField(StringField):
    """A line of text without spaces at its ends."""

    raw_data: list[Any]

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Cut the ends off, and turn an empty text into None."""
        if valuelist:
            self.data = str(valuelist[0]).strip()
            if not self.data:
                self.raw_data: list[str] = []  # blanks are nothing, also for InputRequired
