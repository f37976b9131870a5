"""Writing QRIS payloads: always whole rupiah, ascending tags, a CRC in capitals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from marketplace.payments.qris.errors import QrisError
from marketplace.payments.qris.reading import DYNAMIC, TIP_TAGS, Qris, parse
from marketplace.payments.qris.tlv import CRC_TAG, Tag, crc, join, refuse_duplicates

CEILING = 10_000_000
ADDITIONAL_DATA = "62"
BILL_NUMBER, REFERENCE = "01", "05"
LONGEST_LABEL = 25
TIP_REMOVED = "tip_removed"

AnyTag = Tag | Mapping[str, str] | tuple[str, str]


def build(tags: Qris | Iterable[AnyTag]) -> str:
    """Write tags as a payload, in ascending order, with a fresh checksum at the end.

    A tag may be a ``Tag``, a pair of tag and value, or a mapping with these two names.
    """
    fields = list(tags.tags) if isinstance(tags, Qris) else [_as_tag(tag) for tag in tags]
    refuse_duplicates(fields)
    return _sealed(sorted((f for f in fields if f.tag != CRC_TAG), key=lambda field: field.tag))


def normalise(payload: str) -> str:
    """Write a valid payload without blanks around it and with its CRC in capitals."""
    return join(parse(payload).tags)


def to_dynamic(
    payload: str,
    amount: int,
    *,
    bill_number: str | None = None,
    reference: str | None = None,
    ceiling: int = CEILING,
) -> str:
    """Turn a shop's static code into the code for one payment of this many rupiah.

    A tip asked for by the static code is dropped: the buyer pays the order, no more.
    """
    static = parse(payload)
    if static.is_dynamic or static.value("54") is not None:
        raise QrisError("already_dynamic")
    if not 1 <= amount <= ceiling:
        raise QrisError("amount_out_of_range")
    values = {field.tag: field.value for field in static.tags if field.tag not in TIP_TAGS}
    values |= {"01": DYNAMIC, "54": str(amount)}
    labels = {BILL_NUMBER: bill_number, REFERENCE: reference}
    if any(label is not None for label in labels.values()):
        values[ADDITIONAL_DATA] = _labelled(static, labels)
    return build(values.items())


def dynamic_warnings(payload: str) -> list[str]:
    """Name what ``to_dynamic`` will leave out of this code."""
    static = parse(payload)
    return [TIP_REMOVED] if any(static.value(tag) for tag in TIP_TAGS) else []


def _labelled(static: Qris, labels: dict[str, str | None]) -> str:
    """Put labels into the additional data and keep what else stands there."""
    inside = {
        child.tag: child.value
        for field in static.tags
        if field.tag == ADDITIONAL_DATA
        for child in field.children
    }
    for tag, label in labels.items():
        if label is not None and len(label) > LONGEST_LABEL:
            raise QrisError("value_too_long")
        if label is not None:
            inside[tag] = label
    return join([Tag(tag, value) for tag, value in sorted(inside.items())])


def _as_tag(tag: AnyTag) -> Tag:
    if isinstance(tag, Tag):
        return tag
    if isinstance(tag, tuple):
        return Tag(*tag)
    return Tag(tag["tag"], tag["value"])


def _sealed(fields: list[Tag]) -> str:
    unsealed = f"{join(fields)}{CRC_TAG}04"
    return unsealed + crc(unsealed)
