"""What officers send about goods in the shop that are bought together."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import Request
from wtforms import DateTimeLocalField, SelectField
from wtforms.validators import InputRequired, Length

from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.ids import to_text
from marketplace.kernel.numbers import parse_decimal_quantity, parse_quantity
from marketplace.kernel.text import say
from marketplace.supply.forms.rounds import in_malang
from marketplace.supply.models import SupplyItem
from marketplace.supply.service import RoundPlan
from marketplace.web.fields import QuantityField, TrimmedField
from marketplace.web.forms import BaseForm, lazy
from marketplace.web.i18n import translate

COUNT = "count-"


class ShelfForm(BaseForm):
    """Which thing in the shop, how much of the good is in it, how long its stock should last."""

    variant = SelectField(lazy("Barang di toko"))
    content = TrimmedField(
        lazy("Isi satu barang toko"),
        [InputRequired(lazy("Isi berapa yang ada di dalam satu barang toko.")), Length(max=20)],
    )
    cover_days = QuantityField(
        lazy("Stok cukup untuk"), [InputRequired(lazy("Isi 1 sampai 90 hari."))]
    )

    def factor(self, item: SupplyItem) -> int | None:
        """Read how much of a good is in it; None when that is no amount."""
        try:
            return parse_decimal_quantity(self.content.data or "", item.factor)
        except RuleBroken as broken:
            self.content.errors = [translate(broken.message)]
            return None


class ReorderForm(BaseForm):
    """When the round closes and where it is fetched."""

    closes_at = DateTimeLocalField(
        lazy("Ditutup"), [InputRequired(lazy("Isi kapan putaran ini ditutup."))]
    )
    pickup_place = TrimmedField(
        lazy("Diambil di"),
        [InputRequired(lazy("Isi tempat mengambil barang.")), Length(max=160)],
    )

    def plan(self) -> RoundPlan:
        """Read what all goods of the round share."""
        return RoundPlan(in_malang(self.closes_at.data), self.pickup_place.data or "")


def typed_counts(sent: Request) -> dict[str, str]:
    """Give what was typed for each offer, to show it again."""
    return {name: text for name, text in sent.form.items() if name.startswith(COUNT)}


def counts(typed: dict[str, str], offers: Iterable[UUID]) -> dict[UUID, int]:
    """Read how many packs of each offer are wanted; an empty field is none. Raises Invalid."""
    found = {}
    for offer_id in offers:
        text = typed.get(COUNT + to_text(offer_id), "").strip()
        try:
            found[offer_id] = parse_quantity(text) if text not in ("", "0") else 0
        except RuleBroken as broken:
            raise Invalid(say("“%(text)s” bukan jumlah kemasan.", text=text[:20])) from broken
    return found
