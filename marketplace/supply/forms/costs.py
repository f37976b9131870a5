"""What is sent about costs beside the goods, and the cooperative's margin."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import HiddenField, RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from marketplace.supply.models import SupplyPool
from marketplace.supply.rules import COST_PAID_LABELS, SPLIT_LABELS, CostPaidFrom, SplitBy
from marketplace.supply.service import NewCost
from marketplace.supply.service.costs import LONGEST_NAME
from marketplace.web.fields import PercentField, RupiahField, TrimmedField
from marketplace.web.forms import BaseForm, lazy
from marketplace.web.i18n import translate

WHOLE_ROUND = "semua"


class CostForm(BaseForm):
    name = TrimmedField(
        lazy("Ongkos apa"),
        [InputRequired(lazy("Isi ongkos apa, misalnya angkut.")), Length(max=LONGEST_NAME)],
    )
    amount = RupiahField(lazy("Jumlah"), [InputRequired(lazy("Isi berapa ongkosnya."))])
    place = SelectField(lazy("Untuk barang"))
    split_by = RadioField(
        lazy("Cara membagi"),
        [InputRequired(lazy("Pilih cara membagi."))],
        default=SplitBy.VALUE.value,
    )
    paid_from = SelectField(lazy("Dibayar dari"), default=CostPaidFrom.CASH.value)
    key = HiddenField(validators=[InputRequired(), Length(max=64)])

    def offer(self, pools: Sequence[SupplyPool]) -> None:
        """Say between what one may choose."""
        self.place.choices = [
            SelectChoice(WHOLE_ROUND, lazy("Semua barang di putaran ini")),
            *(SelectChoice(str(pool.place), pool.item_name) for pool in pools),
        ]
        self.split_by.choices = [
            SelectChoice(key.value, translate(label)) for key, label in SPLIT_LABELS.items()
        ]
        self.paid_from.choices = [
            SelectChoice(one.value, translate(label)) for one, label in COST_PAID_LABELS.items()
        ]

    def cost(self) -> NewCost:
        """Give plain values."""
        return NewCost(
            self.name.data or "",
            self.amount.data,
            SplitBy(self.split_by.data),
            CostPaidFrom(self.paid_from.data),
            None if self.place.data == WHOLE_ROUND else int(self.place.data),
        )


class MarginForm(BaseForm):
    margin = PercentField(lazy("Jasa koperasi, persen"), [InputRequired(lazy("Isi persennya."))])
