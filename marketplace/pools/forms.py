"""Forms of pooled sales."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Request
from flask_babel import lazy_gettext
from wtforms import DateField, HiddenField, RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import from_text
from marketplace.kernel.money import Rupiah
from marketplace.kernel.numbers import parse_quantity
from marketplace.pools.rules import (
    LONGEST_REASON,
    LONGEST_TITLE,
    LONGEST_UNIT,
    PAID_INTO_LABELS,
    BadPool,
    PaidInto,
    PooledSale,
)
from marketplace.web.fields import PercentField, RupiahField, TrimmedField
from marketplace.web.forms import BaseForm
from marketplace.web.i18n import translate

DELIVERED = "setor-"


class PoolForm(BaseForm):
    key = HiddenField(validators=[InputRequired(), Length(max=64)])
    title = TrimmedField(
        lazy_gettext("Apa yang dijual bersama"), [InputRequired(), Length(max=LONGEST_TITLE)]
    )
    unit = TrimmedField(
        lazy_gettext("Satuan yang disetor"), [InputRequired(), Length(max=LONGEST_UNIT)]
    )
    sold_on = DateField(lazy_gettext("Tanggal terjual"), [InputRequired()])
    proceeds = RupiahField(
        lazy_gettext("Hasil penjualan"),
        [InputRequired(lazy_gettext("Isi hasil penjualan, misalnya 4.321.777."))],
    )
    share = PercentField(lazy_gettext("Bagian koperasi"), [InputRequired()])
    paid_into = RadioField(lazy_gettext("Uangnya masuk lewat"), [InputRequired()])

    def offer(self) -> None:
        """Let every way in which the money came be chosen."""
        self.paid_into.choices = [
            SelectChoice(way.value, translate(text)) for way, text in PAID_INTO_LABELS.items()
        ]

    def way(self) -> PaidInto:
        """Give the way that was chosen."""
        return PaidInto(self.paid_into.data)

    def sale(self, delivered: dict[UUID, int]) -> PooledSale[UUID]:
        """Give the service plain values."""
        return PooledSale(
            self.title.data or "",
            self.unit.data or "",
            self.sold_on.data or date.min,
            self.proceeds.data or Rupiah(0),
            self.share.data,
            delivered,
        )


class UndoForm(BaseForm):
    reason = TrimmedField(
        lazy_gettext("Alasan pembatalan"), [InputRequired(), Length(max=LONGEST_REASON)]
    )


def delivered(request: Request) -> dict[UUID, int]:
    """Read how much each delivered: ``setor-<member>``; nothing and nought say nothing."""
    found = {}
    for name, text in request.form.items():
        member_id = from_text(name.removeprefix(DELIVERED)) if name.startswith(DELIVERED) else None
        if member_id is not None and text.strip() not in ("", "0"):
            try:
                found[member_id] = parse_quantity(text)
            except RuleBroken as broken:
                raise BadPool(broken.message, fields={name: broken.message}) from broken
    return found
