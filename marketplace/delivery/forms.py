"""What officers may send us about deliveries."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import HiddenField
from wtforms.validators import InputRequired, Length, Optional

from marketplace.delivery.models import DeliveryZone
from marketplace.delivery.rules import Terms
from marketplace.kernel.money import Rupiah
from marketplace.web.fields import RupiahField, TrimmedField
from marketplace.web.forms import BaseForm


class ZoneForm(BaseForm):
    name = TrimmedField(
        lazy_gettext("Nama zona"),
        [
            InputRequired(lazy_gettext("Isi nama zona, misalnya Klojen dan Lowokwaru.")),
            Length(max=80),
        ],
    )
    fee = RupiahField(
        lazy_gettext("Ongkos antar"),
        [InputRequired(lazy_gettext("Isi ongkos antar, misalnya 8.000. Isi 0 kalau gratis."))],
    )
    minimum = RupiahField(lazy_gettext("Belanja paling sedikit"), [Optional()])
    free_from = RupiahField(lazy_gettext("Gratis antar mulai"), [Optional()])
    cash_up_to = RupiahField(
        lazy_gettext("Bayar di tempat paling banyak"),
        [Optional()],
        description=lazy_gettext("Kosongkan kalau kurir tidak menerima uang di sini."),
    )

    def terms(self) -> Terms:
        """Give the service plain values; what is left empty is nought, or never."""
        nothing = Rupiah(0)
        return Terms(
            fee=self.fee.data or nothing,
            minimum=self.minimum.data or nothing,
            free_from=self.free_from.data or None,
            cash_up_to=self.cash_up_to.data or nothing,
        )

    @classmethod
    def of(cls, zone: DeliveryZone) -> ZoneForm:
        """Fill in what is set."""
        return cls(
            formdata=None,
            name=zone.name,
            fee=zone.fee,
            minimum=zone.minimum or None,
            free_from=zone.free_from,
            cash_up_to=zone.cash_up_to or None,
        )


class HandInForm(BaseForm):
    amount = RupiahField(
        lazy_gettext("Uang yang disetor"),
        [InputRequired(lazy_gettext("Isi uang yang disetor, misalnya 30.000."))],
    )
    key = HiddenField(validators=[InputRequired(), Length(max=64)])
