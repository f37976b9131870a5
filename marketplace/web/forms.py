"""The base of all forms: Indonesian messages, no tokens of other people's catalogues."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import get_translations, lazy_gettext
from flask_wtf import FlaskForm

from marketplace.kernel.errors import RuleBroken
from marketplace.web.i18n import translate


class _Catalogue:
    """Hands WTForms' own messages to our catalogue, where their Indonesian stands."""

    def gettext(self, text: str) -> str:
        return str(get_translations().ugettext(WTFORMS.get(text, text)))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """Leave the places in the message to the toolkit, which fills them in itself."""
        return self.gettext(singular if number == 1 else plural)


def _(text: str) -> str:
    """Mark for extraction only; the text is translated when it is shown."""
    return text


WTFORMS = {
    "This field is required.": _("Isi bagian ini."),
    "Not a valid choice.": _("Pilih salah satu yang ada."),
    "Not a valid choice": _("Pilih salah satu yang ada."),
    "Invalid Choice: could not coerce.": _("Pilih salah satu yang ada."),
    "Not a valid integer value.": _("Isi dengan angka, misalnya 24."),
    "Not a valid date value.": _("Isi tanggal, misalnya 2026-11-28."),
    "Invalid email address.": _("Alamat e-mail ini tidak lengkap, misalnya sari@contoh.id."),
    "Field must be between %(min)s and %(max)s characters long.": _(
        "Panjangnya %(min)s sampai %(max)s huruf."
    ),
    "Field cannot be longer than %(max)d character.": _("Paling panjang %(max)d huruf."),
    "Field cannot be longer than %(max)d characters.": _("Paling panjang %(max)d huruf."),
    "Field must be at least %(min)d character long.": _("Paling sedikit %(min)d huruf."),
    "Field must be at least %(min)d characters long.": _("Paling sedikit %(min)d huruf."),
    "Number must be between %(min)s and %(max)s.": _("Isi angka %(min)s sampai %(max)s."),
    "Number must be at least %(min)s.": _("Isi angka paling kecil %(min)s."),
    "Number must be at most %(max)s.": _("Isi angka paling besar %(max)s."),
    "'%(value)s' is not a valid choice for this field.": _("Pilih salah satu yang ada."),
    "'%(value)s' are not valid choices for this field.": _("Pilih salah satu yang ada."),
    "Invalid URL.": _("Alamat web ini tidak lengkap."),
}


lazy = lazy_gettext


class BaseForm(FlaskForm):
    """What every form of ours is made from."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> Any:
            """Speak our own catalogue instead of the toolkit's."""
            return _Catalogue()

    def blame(self, broken: RuleBroken) -> None:
        """Show a broken rule in the form, at its fields where it names them."""
        named: Mapping[str, Any] = broken.fields
        for name, message in named.items():
            if name in self:
                self[name].errors = [*self[name].errors, translate(message)]
        if not any(name in self for name in named):
            self.form_errors.append(translate(broken.message))
