"""What templates may call: numbers and dates as Indonesians write them, icons, pictures.

``register`` hands everything to Jinja as globals and filters, so that macros see them even when
imported without context.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import flask_babel  # type: ignore[import-untyped, unused-ignore]
from babel.dates import format_date
from flask import Flask, g, has_app_context
from markupsafe import Markup

from marketplace.kernel import calendar
from marketplace.kernel.money import NON_BREAKING_SPACE, Rupiah, grouped
from marketplace.web import art

STATIC = Path(__file__).resolve().parents[2] / "static"
SPRITE = "icons/sprite.svg"
MINUS = "−"


# Numbers


def rupiah(amount: Rupiah | int) -> str:
    """Write an amount: ``Rp 12.500``, never broken across lines."""
    return str(amount if isinstance(amount, Rupiah) else Rupiah(amount))


def rupiah_bertanda(amount: Rupiah | int) -> str:
    """Write an amount with its sign in front, as a ledger needs it: ``+Rp 185.000``."""
    value = amount if isinstance(amount, Rupiah) else Rupiah(amount)
    return f"+{value}" if value.amount > 0 else str(value)


def angka(number: int) -> str:
    """Write a whole number with thousands dots: ``1.250``."""
    return f"{MINUS if number < 0 else ''}{grouped(abs(number))}"


def desimal(number: float) -> str:
    """Write a number with a decimal comma and at most two decimals: ``1,5``."""
    whole, _, rest = f"{abs(number):.2f}".partition(".")
    rest = rest.rstrip("0")
    return f"{MINUS if number < 0 else ''}{grouped(int(whole))}{',' + rest if rest else ''}"


def berat(grams: int) -> str:
    """Write a weight as a shop label does: ``250 g``, ``1,5 kg``."""
    if grams < 1000:
        return f"{grams}{NON_BREAKING_SPACE}g"
    return f"{desimal(grams / 1000)}{NON_BREAKING_SPACE}kg"


# Days and hours


def _day(moment: date | datetime) -> date:
    return calendar.local_day(moment) if isinstance(moment, datetime) else moment


def _language() -> str:
    return str(flask_babel.get_locale() or "id")


def _written(moment: date | datetime, pattern: str) -> str:
    return format_date(_day(moment), pattern, locale=_language())


def tanggal(moment: date | datetime) -> str:
    """Write a day in full: ``Sabtu, 14 November 2026``."""
    return _written(moment, "EEEE, d MMMM y")


def bulan(moment: date | datetime) -> str:
    """Name a month: ``November 2026``."""
    return _written(moment, "MMMM yyyy")


def tanggal_pendek(moment: date | datetime) -> str:
    """Write a day in short: ``14 Nov 2026``."""
    return _written(moment, "d MMM y")


def hari(moment: date | datetime) -> str:
    """Write a day of this year: ``Sabtu, 14 November``."""
    return _written(moment, "EEEE, d MMMM")


def jam(moment: datetime | int) -> str:
    """Write Malang's wall clock, ``14.30``; a number is a minute of the day."""
    if not isinstance(moment, int):
        there = calendar.local(moment)
        moment = there.hour * 60 + there.minute
    text = calendar.clock(moment)
    return text if _language().startswith("id") else text.replace(".", ":")


def waktu(moment: datetime) -> str:
    """Write a moment in short: ``14 Nov 2026, 14.30``."""
    return f"{tanggal_pendek(moment)}, {jam(moment)}"


# Telephone numbers


def _national(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    return f"0{digits[2:]}" if digits.startswith("62") else digits


def telepon(number: str) -> str:
    """Write a telephone number in groups: ``0812 3456 7890``."""
    digits = _national(number)
    return " ".join(part for part in (digits[:4], digits[4:8], digits[8:]) if part)


def telepon_samar(number: str) -> str:
    """Hide the middle of a telephone number from people who only need to recognise it."""
    digits = _national(number)
    return f"{digits[:4]}••{digits[-4:]}" if len(digits) > 8 else "••••"


def nomor_wa(number: str) -> str:
    """Write a telephone number as WhatsApp links want it: ``6281234567890``."""
    return f"62{_national(number).removeprefix('0')}"


def tautan_wa(number: str | None, text: str = "") -> str:
    """Give the address that opens WhatsApp; without a number the sender picks the receiver."""
    start = f"https://wa.me/{nomor_wa(number) if number else ''}"
    return f"{start}?text={quote(str(text))}" if text else start


# Static files and icons


@cache
def _fingerprint(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]


def static_url(name: str) -> str:
    """Give the address of a static file; it changes whenever the file does.

    A page names the same few files dozens of times: each is looked at once per request.
    """
    known: dict[str, str] = g.setdefault("static_addresses", {}) if has_app_context() else {}
    if name not in known:
        path = STATIC / name
        known[name] = f"/static/{name}?v={_fingerprint(path, path.stat().st_mtime_ns)}"
    return known[name]


@cache
def icon_names() -> frozenset[str]:
    """List the icons in the sprite."""
    return frozenset(re.findall(r'<symbol id="([\w-]+)"', (STATIC / SPRITE).read_text()))


def icon(name: str, label: str | None = None, kind: str = "") -> Markup:
    """Show an icon of the sprite; without a label it is decoration. ``kind="i-s"`` is smaller."""
    return _icon(name, label, kind, static_url(SPRITE))


@lru_cache(maxsize=512)
def _icon(name: str, label: str | None, kind: str, sprite: str) -> Markup:
    if name not in icon_names():
        raise LookupError(f"no icon {name!r} in the sprite")
    decoration = Markup(' aria-hidden="true"')
    spoken = Markup(' role="img" aria-label="{}"').format(label) if label else decoration
    return Markup('<svg class="{}" width="20" height="20"{}><use href="{}#{}"/></svg>').format(
        f"i {kind}".strip(), spoken, sprite, name
    )


# Forms


def _problems(errors: Any, place: str) -> Iterator[tuple[str, str]]:
    """Walk WTForms' errors, which nest in lists and mappings as its fields do."""
    if isinstance(errors, Mapping):
        for name, inner in errors.items():
            yield from _problems(inner, f"{place}-{name}" if name else place)
        return
    for position, error in enumerate(errors):
        if isinstance(error, (list, tuple, Mapping)):
            yield from _problems(error, f"{place}-{position}")
        else:
            yield place, str(error)


def form_problems(form: Any) -> list[tuple[str, str]]:
    """List what is wrong with a form as (id of the field, sentence), one for each field.

    Problems of the whole form, and of fields nobody sees, have an empty id.
    """
    if not form:
        return []
    found: dict[str, tuple[str, str]] = {}
    for sentence in form.form_errors:
        found[f"{len(found)}"] = ("", str(sentence))
    for field in form:
        unseen = getattr(field.widget, "input_type", "") == "hidden"
        for place, sentence in _problems(field.errors, field.id):
            found.setdefault(f"#{place}", ("" if unseen else place, sentence))
    return list(found.values())


def field_problem(field: Any) -> str | None:
    """Give the first sentence about what is wrong with one field, if anything is."""
    return next((sentence for _, sentence in _problems(field.errors, field.id)), None)


def share_of(parts: Iterable[Rupiah | int]) -> list[tuple[float, float]]:
    """Turn amounts into (start, width) on a line of 100, for a bar that shows their shares."""
    values = (part.amount if isinstance(part, Rupiah) else part for part in parts)
    amounts = [max(value, 0) for value in values]
    whole = sum(amounts) or 1
    starts = [sum(amounts[:position]) for position in range(len(amounts))]
    return [
        (round(start * 100 / whole, 2), round(amount * 100 / whole, 2))
        for start, amount in zip(starts, amounts, strict=True)
    ]


def pages_around(page: int, pages: int) -> list[int | None]:
    """List the page numbers worth a link; ``None`` stands for a gap."""
    wanted = sorted({1, page - 1, page, page + 1, pages} & set(range(1, pages + 1)))
    shown: list[int | None] = []
    for number in wanted:
        last = shown[-1] if shown else None
        if last is not None and number == last + 2:
            shown.append(last + 1)
        elif last is not None and number > last + 2:
            shown.append(None)
        shown.append(number)
    return shown


FILTERS: tuple[Callable[..., Any], ...] = (
    rupiah,
    rupiah_bertanda,
    angka,
    desimal,
    berat,
    bulan,
    tanggal,
    tanggal_pendek,
    hari,
    jam,
    waktu,
    telepon,
    telepon_samar,
    nomor_wa,
    tautan_wa,
)
GLOBALS: tuple[Callable[..., Any], ...] = (
    icon,
    static_url,
    field_problem,
    form_problems,
    share_of,
    pages_around,
    tautan_wa,
    art.motif,
    art.drawing,
    art.drawing_on_motif,
    art.category_key,
    art.tumpal,
)


def register(app: Flask) -> None:
    """Hand the filters and functions to the app's templates."""
    for function in FILTERS:
        app.jinja_env.filters[function.__name__] = function
    for function in GLOBALS:
        app.jinja_env.globals[function.__name__] = function
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
