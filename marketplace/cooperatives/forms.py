"""Forms of a cooperative's back office and of those who run the site."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext
from wtforms import DateField, Field, SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from marketplace.accounts.rules import read_email
from marketplace.cooperatives.rules import BadHours, read_spans, show_spans
from marketplace.cooperatives.rules.posts import ROLE_NAMES
from marketplace.cooperatives.service import Place, Profile
from marketplace.kernel.access import Role
from marketplace.kernel.text import say
from marketplace.web.fields import ParsedField, PhoneField, QuantityField, TrimmedField
from marketplace.web.forms import BaseForm
from marketplace.web.i18n import translate


class EmailField(ParsedField):
    """An e-mail address; data is its one stored form."""

    parse = staticmethod(read_email)


class SpansField(ParsedField):
    """The hours of one day; data is a list of (from, to), None when closed."""

    parse = staticmethod(read_spans)

    def show(self) -> str:
        """Write them so that they can be read back."""
        return show_spans(self.data)


def _one_span(text: str) -> list[tuple[int, int]]:
    spans = read_spans(text)
    if len(spans) > 1:
        raise BadHours(say("Satu jam buka saja per hari, misalnya 08.00-17.00."))
    return spans


class SpanField(SpansField):
    """The opening hours of one day; data is a list of at most one (from, to)."""

    parse = staticmethod(_one_span)


class ProfileForm(BaseForm):
    name = TrimmedField(lazy_gettext("Nama toko"), [InputRequired(), Length(max=80)])
    tagline = TrimmedField(lazy_gettext("Satu kalimat"), [Length(max=120)])
    story = TextAreaField(lazy_gettext("Cerita koperasi"), [Length(max=4000)])
    phone = PhoneField(lazy_gettext("Nomor HP untuk pembeli"))
    whatsapp = PhoneField(lazy_gettext("Nomor WhatsApp"))
    email = EmailField(lazy_gettext("E-mail"))
    address = TrimmedField(lazy_gettext("Alamat kantor"), [Length(max=200)])
    legal_name = TrimmedField(lazy_gettext("Nama badan hukum"), [InputRequired(), Length(max=160)])
    registration_number = TrimmedField(lazy_gettext("NIK, nomor induk koperasi"), [Length(max=40)])
    deed_number = TrimmedField(lazy_gettext("Nomor pengesahan (AHU)"), [Length(max=60)])
    business_number = TrimmedField(lazy_gettext("NIB"), [Length(max=40)])
    tax_number = TrimmedField(lazy_gettext("NPWP"), [Length(max=40)])
    last_meeting_on = DateField(lazy_gettext("RAT terakhir"), [Optional()])

    def profile(self) -> Profile:
        """Give the service plain values; an empty text is none."""
        values: dict[str, Any] = {
            name: value or None for name, value in self.data.items() if name != "csrf_token"
        }
        return Profile(**values)


class SlugForm(BaseForm):
    slug = TrimmedField(lazy_gettext("Alamat toko"), [InputRequired(), Length(max=60)])


class WeekForm(BaseForm):
    """Seven days, Monday first."""

    def days(self) -> list[Field]:
        """List the fields of the week."""
        return [self[f"day_{day}"] for day in range(7)]


class HoursForm(WeekForm):
    day_0 = SpanField(lazy_gettext("Senin"))
    day_1 = SpanField(lazy_gettext("Selasa"))
    day_2 = SpanField(lazy_gettext("Rabu"))
    day_3 = SpanField(lazy_gettext("Kamis"))
    day_4 = SpanField(lazy_gettext("Jumat"))
    day_5 = SpanField(lazy_gettext("Sabtu"))
    day_6 = SpanField(lazy_gettext("Minggu"))

    def hours(self) -> dict[int, tuple[int, int]]:
        """Give the hours of the days on which the shop opens."""
        return {day: field.data[0] for day, field in enumerate(self.days()) if field.data}

    @classmethod
    def of(cls, hours: dict[str, Any]) -> HoursForm:
        """Fill in what is set."""
        return cls(**{f"day_{day}": [tuple(span)] for day, span in hours.items()})


class ClosingForm(BaseForm):
    closed_from = DateField(lazy_gettext("Tutup mulai"), [Optional()])
    closed_until = DateField(lazy_gettext("Sampai"), [Optional()])
    closed_note = TrimmedField(lazy_gettext("Alasan"), [Length(max=120)])


class PointForm(WeekForm):
    name = TrimmedField(lazy_gettext("Nama tempat"), [InputRequired(), Length(max=80)])
    address = TrimmedField(lazy_gettext("Alamat"), [InputRequired(), Length(max=200)])
    note = TrimmedField(lazy_gettext("Petunjuk"), [Length(max=200)])
    prepare_minutes = QuantityField(
        lazy_gettext("Waktu menyiapkan"), [InputRequired(), NumberRange(min=0, max=10080)]
    )
    day_0 = SpansField(lazy_gettext("Senin"))
    day_1 = SpansField(lazy_gettext("Selasa"))
    day_2 = SpansField(lazy_gettext("Rabu"))
    day_3 = SpansField(lazy_gettext("Kamis"))
    day_4 = SpansField(lazy_gettext("Jumat"))
    day_5 = SpansField(lazy_gettext("Sabtu"))
    day_6 = SpansField(lazy_gettext("Minggu"))

    def place(self) -> Place:
        """Give the service plain values."""
        return Place(
            name=self.name.data or "",
            address=self.address.data or "",
            note=self.note.data or None,
            prepare_minutes=self.prepare_minutes.data,
            slots=[
                (day, *span) for day, field in enumerate(self.days()) for span in field.data or []
            ],
        )

    @classmethod
    def of(cls, slots: Sequence[Sequence[int]], **values: Any) -> PointForm:
        """Fill in what is set."""
        week: dict[str, list[tuple[int, int]]] = {}
        for day, starts, ends in slots:
            week.setdefault(f"day_{day}", []).append((starts, ends))
        return cls(**week, **values)


def _role_choices(roles: Sequence[Role]) -> list[SelectChoice]:
    return [SelectChoice(role.value, translate(ROLE_NAMES[role])) for role in roles]


class InviteForm(BaseForm):
    role = SelectField(lazy_gettext("Sebagai"), coerce=str)
    name = TrimmedField(lazy_gettext("Nama"), [InputRequired(), Length(max=80)])
    phone = PhoneField(lazy_gettext("Nomor WhatsApp"))

    def offer(self, roles: Sequence[Role]) -> None:
        """Offer only the posts that this officer may give."""
        self.role.choices = _role_choices(roles)


class NewCooperativeForm(BaseForm):
    name = TrimmedField(lazy_gettext("Nama toko"), [InputRequired(), Length(min=2, max=80)])
    legal_name = TrimmedField(lazy_gettext("Nama badan hukum"), [InputRequired(), Length(max=160)])
    slug = TrimmedField(lazy_gettext("Alamat toko"), [Length(max=60)])
    word = TrimmedField(lazy_gettext("Kata kode ambil"), [Length(max=10)])
    chair_name = TrimmedField(lazy_gettext("Nama ketua"), [InputRequired(), Length(max=80)])
    chair_phone = PhoneField(lazy_gettext("Nomor WhatsApp ketua"))
