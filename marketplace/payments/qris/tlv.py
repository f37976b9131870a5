"""Tag, length, value: the grammar of QRIS, and its checksum."""

from __future__ import annotations

import re
from binascii import crc_hqx
from dataclasses import dataclass

from marketplace.payments.qris.errors import QrisError

CRC_TAG = "63"
LONGEST_VALUE = 99
_TWO_DIGITS = re.compile(r"[0-9]{2}")
_INITIAL = 0xFFFF
_TEMPLATES = frozenset(f"{tag:02d}" for tag in (*range(26, 52), 62, 64, *range(80, 100)))


@dataclass(frozen=True, slots=True)
class Tag:
    """One field; a template holds further fields inside its value."""

    tag: str
    value: str
    children: tuple[Tag, ...] = ()


def crc(data: str) -> str:
    """Checksum a payload up to and including ``6304`` (CRC-16/CCITT-FALSE)."""
    return f"{crc_hqx(data.encode('ascii'), _INITIAL):04X}"


def is_template(tag: str) -> bool:
    """Say whether the value of this tag is made of further tags."""
    return tag in _TEMPLATES


def scan(text: str) -> list[Tag]:
    """Cut a text into its fields, without looking inside templates."""
    found = []
    position = 0
    while position < len(text):
        field, position = _next(text, position)
        found.append(field)
    return found


def scan_payload(text: str) -> list[Tag]:
    """Cut a whole payload into its fields; nothing may follow the checksum."""
    found = []
    position = 0
    while position < len(text):
        field, position = _next(text, position)
        found.append(field)
        if field.tag == CRC_TAG and position < len(text):
            raise QrisError("crc_not_last")
    return found


def scan_template(field: Tag) -> Tag:
    """Read the fields inside a template."""
    children = tuple(scan(field.value))
    refuse_duplicates(children)
    return Tag(field.tag, field.value, children)


def refuse_duplicates(fields: tuple[Tag, ...] | list[Tag]) -> None:
    """Let each tag be there once: of two, nobody knows which one a bank would read."""
    if len({field.tag for field in fields}) != len(fields):
        raise QrisError("duplicate_tag")


def join(fields: tuple[Tag, ...] | list[Tag]) -> str:
    """Write fields one after the other, in the order given."""
    return "".join(_written(field) for field in fields)


def _next(text: str, position: int) -> tuple[Tag, int]:
    tag = _two_digits(text[position : position + 2], "bad_tag")
    length = int(_two_digits(text[position + 2 : position + 4], "bad_length"))
    if length == 0 or (tag == CRC_TAG and length != len("FFFF")):
        raise QrisError("bad_length")
    start, end = position + 4, position + 4 + length
    if end > len(text):
        raise QrisError("truncated")
    return Tag(tag, text[start:end]), end


def _two_digits(text: str, code: str) -> str:
    if _TWO_DIGITS.fullmatch(text):
        return text
    cut_off = len(text) < 2 and (not text or _TWO_DIGITS.fullmatch(f"0{text}"))
    raise QrisError("truncated" if cut_off else code)


def _written(field: Tag) -> str:
    if not _TWO_DIGITS.fullmatch(field.tag):
        raise QrisError("bad_tag")
    if not field.value:
        raise QrisError("bad_length")
    if not is_plain(field.value):
        raise QrisError("not_ascii")
    if len(field.value) > LONGEST_VALUE:
        raise QrisError("value_too_long")
    return f"{field.tag}{len(field.value):02d}{field.value}"


def is_plain(text: str) -> bool:
    """Say whether a text has only the printable letters that QRIS knows."""
    return text.isascii() and (not text or text.isprintable())
