"""What a supplier fills in: count and price of each line of an order, and a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from wtforms import DateField
from wtforms.validators import InputRequired, Length, Optional

from marketplace.kernel.calendar import local_day
from marketplace.supply.models import PurchaseOrder
from marketplace.supply.service import Answer, LineAnswer
from marketplace.web.fields import QuantityField, RupiahField, TrimmedField
from marketplace.web.forms import BaseForm, lazy

LONGEST_NOTE = 200


class AnswerForm(BaseForm):
    promised_on = DateField(lazy("Barang dikirim atau siap diambil"), [Optional()])
    note = TrimmedField(lazy("Catatan untuk koperasi"), [Optional(), Length(max=LONGEST_NOTE)])

    def answer(self, order: PurchaseOrder) -> Answer:
        """Give what was filled in, by line."""
        lines = {
            line.id: LineAnswer(
                self[f"count-{line.place}"].data,
                self[f"price-{line.place}"].data,
                self[f"note-{line.place}"].data or None,
            )
            for line in order.wanted
        }
        return Answer(lines, self.promised_on.data, self.note.data or None)


def answer_form(order: PurchaseOrder, *, sent: bool, at: datetime) -> AnswerForm:
    """Make the form of an order, which asks for each of its lines; filled in with what is known."""
    fields: dict[str, object] = {}
    known: dict[str, object] = {"promised_on": _day(order, at), "note": order.note}
    for line in order.wanted:
        fields[f"count-{line.place}"] = QuantityField(
            lazy("Jumlah yang ada"), [InputRequired(lazy("Isi berapa, 0 kalau kosong."))]
        )
        fields[f"price-{line.place}"] = RupiahField(
            lazy("Harga satu kemasan"), [InputRequired(lazy("Isi harga kemasan."))]
        )
        fields[f"note-{line.place}"] = TrimmedField(
            lazy("Catatan"), [Optional(), Length(max=LONGEST_NOTE)]
        )
        count, price = line.confirmed_count, line.confirmed_price
        known[f"count-{line.place}"] = line.count if count is None else count
        known[f"price-{line.place}"] = price or line.price
        known[f"note-{line.place}"] = line.note
    of_order: type[AnswerForm] = type("AnswerForm", (AnswerForm,), fields)
    return of_order() if sent else of_order(formdata=None, data=known)


def _day(order: PurchaseOrder, at: datetime) -> date | None:
    """Propose tomorrow as long as nothing was said."""
    tomorrow = local_day(at) + timedelta(days=1)
    return order.promised_on if order.confirmed_at else tomorrow
