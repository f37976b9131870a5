"""How ids stand in addresses."""

from __future__ import annotations

from uuid import UUID

from flask import Flask
from werkzeug.routing import BaseConverter, IntegerConverter, ValidationError

from marketplace.kernel.ids import from_text, to_text


class IdConverter(BaseConverter):
    """An id of 26 letters and digits; anything else is no such page."""

    regex = "[0-9a-z]{26}"

    def to_python(self, value: str) -> UUID:
        """Read the id of an address."""
        found = from_text(value)
        if found is None:
            raise ValidationError
        return found

    def to_url(self, value: UUID | str) -> str:
        """Write an id into an address."""
        return value if isinstance(value, str) else to_text(value)


class CountConverter(IntegerConverter):
    """A number that every database can hold; a longer one is no such page."""

    regex = "[0-9]{1,9}"


def install(app: Flask) -> None:
    """Let routes say ``<id:order_id>`` and ``<int:number>``; templates ``{{ order.id|id }}``."""
    app.url_map.converters["id"] = IdConverter
    app.url_map.converters["int"] = CountConverter
    app.jinja_env.filters["id"] = to_text
