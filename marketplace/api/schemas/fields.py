"""How values stand in JSON: money and quantities as integers, ids as text, times as RFC 3339.

What comes in is read strictly: a number in quotes or a time without a zone is refused, so
that nothing is ever taken for something else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from marketplace.kernel.ids import from_text, to_text
from marketplace.kernel.money import Rupiah, grouped
from marketplace.kernel.text import say
from marketplace.listings.rules import clean_line, clean_text

LARGEST = 2**53 - 1  # the largest whole number that every JSON reader keeps exact
ID_PATTERN = "^[0-7][0-9a-hjkmnp-tv-z]{25}$"
YEARS = range(1900, 2101)
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:[Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DIGITS = re.compile(r"[0-9]{1,16}")


def _refused(template: str, **values: object) -> ValidationError:
    return ValidationError([say(template, **values)])


class Strict(Schema):
    """What every request body is made from: a field that nobody knows is refused."""

    class Meta:
        unknown = RAISE


class Between(validate.Range):
    """A number within two bounds that belong to it."""

    def _format_error(self, value: Any, message: str) -> Any:
        words = say(
            "Isi angka %(least)s sampai %(most)s.",
            least=grouped(self.min or 0),
            most=grouped(self.max or 0),
        )
        return [words]


class AtMost(validate.Length):
    """A text or list within a length."""

    def _format_error(self, value: Any, message: str) -> Any:
        if len(value) < (self.min or 0):
            return [say("Isi bagian ini.")]
        if isinstance(value, list):
            return [say("Paling banyak %(most)s baris.", most=self.max)]
        return [say("Paling panjang %(most)s huruf.", most=self.max)]


class Whole(fields.Integer):
    """A whole number between bounds; never a float, a text or a truth value."""

    def __init__(self, least: int = 0, most: int = LARGEST, **options: Any) -> None:
        super().__init__(strict=True, validate=Between(least, most), **options)


class WholeText(Whole):
    """A whole number in an address, written in plain digits."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if not isinstance(value, str) or not _DIGITS.fullmatch(value):
            raise self.make_error("invalid", input=value)
        return int(value)


class Flag(fields.Boolean):
    """True or false, and none of the many words for them."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class FlagText(fields.Boolean):
    """True or false in an address."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> bool:
        if value not in ("true", "false"):
            raise self.make_error("invalid", input=value)
        return bool(value == "true")


class Line(fields.String):
    """One line of text in its clean form; blanks alone are nothing.

    The longest length holds for what was sent, as the description says, not only for what
    is left when it is clean.
    """

    clean = staticmethod(clean_line)

    def __init__(self, most: int, least: int = 0, **options: Any) -> None:
        options.setdefault("allow_none", least == 0)
        self._as_sent = AtMost(0, most)
        super().__init__(validate=AtMost(least, most), **options)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        self._as_sent(text)
        return self.clean(text)


class Lines(Line):
    """A longer text, whose line breaks stay."""

    clean = staticmethod(clean_text)


class Choice(fields.String):
    """One of a few words."""

    def __init__(self, *choices: str, **options: Any) -> None:
        super().__init__(validate=_OneOf(choices), **options)


class _OneOf(validate.OneOf):
    def _format_error(self, value: Any) -> Any:
        return [say("Pilih salah satu yang ada.")]


class Id(fields.String):
    """An id as addresses show it; read to a UUID."""

    def __init__(self, **options: Any) -> None:
        options["metadata"] = {"pattern": ID_PATTERN, **options.get("metadata", {})}
        super().__init__(**options)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return to_text(value) if isinstance(value, UUID) else value

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        found = from_text(str(super()._deserialize(value, attr, data, **kwargs)))
        if found is None:
            raise _refused("Pilih salah satu yang ada.")
        return found


class Money(fields.Integer):
    """An amount that we say, in whole rupiah."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value.amount if isinstance(value, Rupiah) else value


class Moment(fields.DateTime):
    """A moment as RFC 3339; said in UTC, heard in any zone but never without one."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        if value is None:
            return None
        return str(value.astimezone(UTC).isoformat().replace("+00:00", "Z"))

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> datetime:
        wrong = _refused("Isi waktu dengan zona, misalnya 2026-11-28T03:00:00Z.")
        if not isinstance(value, str) or not _MOMENT.fullmatch(value):
            raise wrong
        try:
            found = datetime.fromisoformat(value.upper())
        except ValueError:
            raise wrong from None
        if found.year not in YEARS:
            raise wrong
        return found.astimezone(UTC)


class Day(fields.Date):
    """A day of the calendar in Malang."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> date:
        wrong = _refused("Isi tanggal, misalnya 2026-11-28.")
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise wrong
        try:
            found = date.fromisoformat(value)
        except ValueError:
            raise wrong from None
        if found.year not in YEARS:
            raise wrong
        return found


def many(part: type[Schema] | fields.Field[Any], most: int, least: int = 0, **options: Any) -> Any:
    """Describe a list that is read, of at most so many parts."""
    inner = part if isinstance(part, fields.Field) else fields.Nested(part)
    return fields.List(inner, validate=AtMost(least, most), **options)


def listed(part: type[Schema] | fields.Field[Any], **options: Any) -> Any:
    """Describe a list that we say; it is always there, if only empty."""
    inner = part if isinstance(part, fields.Field) else fields.Nested(part)
    return fields.List(inner, required=True, **options)
