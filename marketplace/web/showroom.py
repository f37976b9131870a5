"""The page that shows every component in every state, for those who build pages."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from wtforms import (
    BooleanField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.form import BaseForm
from wtforms.validators import InputRequired

from marketplace.web.fields import PhoneField, QuantityField, RupiahField
from marketplace.web.guards import public

showroom = Blueprint("showroom", __name__)


@showroom.get("/komponen")
@public
def show() -> ResponseReturnValue:
    """Show all components; the form among them is sent with mistakes in it."""
    return render_template("components/show.html", form=mistaken_form())


def mistaken_form() -> Any:
    """Make a form with one field of each kind, two of them left empty."""
    form = BaseForm(
        {
            "name": StringField("Nama barang", description="Sebut rasa dan isi."),
            "price": RupiahField("Harga jual", [InputRequired("Isi harga jual, misalnya 15.000")]),
            "unit": SelectField("Dijual per", choices=["porsi", "bungkus"]),
            "stock": QuantityField("Stok", [InputRequired("Isi jumlah stok, misalnya 24")]),
            "phone": PhoneField("Nomor HP", description="Contoh 0812 3456 7890"),
            "story": TextAreaField("Cerita singkat"),
            "kind": RadioField("Ketersediaan", choices=_choices("Stok terbatas", "Tiap hari")),
            "ways": SelectMultipleField("Cara terima", choices=_choices("Ambil", "Antar")),
            "message": BooleanField("Kabari lewat WhatsApp"),
            "password": PasswordField("Kata sandi", render_kw={"autocomplete": "off"}),
        }
    )
    form.process(data={"name": "Cilok", "unit": "porsi", "kind": "Tiap hari", "message": True})
    form.validate()
    return form


def _choices(*names: str) -> list[SelectChoice]:
    return [SelectChoice(name) for name in names]
