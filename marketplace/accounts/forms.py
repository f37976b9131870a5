"""Forms of signing in, registering and keeping an account."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from wtforms import PasswordField, SelectField, SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from marketplace.accounts.rules import LONGEST, SCOPES, Login, read_email, read_login
from marketplace.kernel.errors import Invalid
from marketplace.web.fields import NameField, ParsedField, PhoneField, TrimmedField
from marketplace.web.forms import BaseForm

SCOPE_NAMES = {
    "orders": lazy_gettext("Pesanan: lihat, terima, siapkan, serahkan"),
    "listings": lazy_gettext("Barang: tulis barang dan stok"),
    "members": lazy_gettext("Anggota: baca dan catat"),
    "books": lazy_gettext("Pembukuan: baca jurnal, usulkan dan setujui"),
    "payments": lazy_gettext("Pembayaran: usulkan dan setujui tujuan uang"),
    "supply": lazy_gettext("Kulakan: minta, kunci, terima"),
    "purchases": lazy_gettext("Belanja: beli atas namaku"),
}
LANGUAGE_NAMES = [("id", "Bahasa Indonesia"), ("en", "English")]
DAYS = {"30": 30, "90": 90, "365": 365, "0": None}


def _known_login(text: str) -> Login:
    return read_login(text)


class LoginField(ParsedField):
    """A phone number or an e-mail address; data is a Login."""

    parse = staticmethod(_known_login)

    def show(self) -> str:
        """Write it as it was stored."""
        login: Login = self.data
        return login.text


class EmailField(ParsedField):
    """An e-mail address; data is the one spelling that is stored."""

    parse = staticmethod(read_email)


class NewPasswordField(PasswordField):
    """A password that is being chosen: as long as people like, and pasted if they like."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, validators=[InputRequired(), Length(max=LONGEST)], **kwargs)


class SignInForm(BaseForm):
    login = TrimmedField(
        lazy_gettext("Nomor HP atau e-mail"), [InputRequired(), Length(max=LONGEST)]
    )
    password = PasswordField(lazy_gettext("Kata sandi"), [InputRequired(), Length(max=LONGEST)])

    def who(self) -> Login | None:
        """Read the login; one that cannot be read belongs to nobody and is answered so."""
        try:
            return read_login(self.login.data or "")
        except Invalid:
            return None


class RegisterForm(BaseForm):
    name = NameField(lazy_gettext("Nama"), [InputRequired(), Length(max=80)])
    login = LoginField(lazy_gettext("Nomor HP atau e-mail"), [InputRequired()])
    password = NewPasswordField(lazy_gettext("Kata sandi"))


class ForgottenForm(BaseForm):
    login = TrimmedField(
        lazy_gettext("Nomor HP atau e-mail"), [InputRequired(), Length(max=LONGEST)]
    )

    who = SignInForm.who


class NewPasswordForm(BaseForm):
    new_password = NewPasswordField(lazy_gettext("Kata sandi baru"))


class PresentPasswordField(PasswordField):
    """The password that the person has now, asked for once more."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            lazy_gettext("Kata sandi sekarang"), [InputRequired(), Length(max=LONGEST)], **kwargs
        )


class ChangePasswordForm(BaseForm):
    current_password = PresentPasswordField()
    new_password = NewPasswordField(lazy_gettext("Kata sandi baru"))


class PhoneForm(BaseForm):
    phone = PhoneField(lazy_gettext("Nomor HP baru"), [InputRequired()])
    current_password = PresentPasswordField()


class EmailForm(BaseForm):
    email = EmailField(lazy_gettext("Alamat e-mail baru"), [InputRequired()])
    current_password = PresentPasswordField()


class TokenForm(BaseForm):
    name = TrimmedField(lazy_gettext("Nama token"), [InputRequired(), Length(max=80)])
    scopes = SelectMultipleField(
        lazy_gettext("Izin"),
        [InputRequired()],
        choices=[SelectChoice(scope, SCOPE_NAMES[scope]) for scope in SCOPES],
    )
    days = SelectField(
        lazy_gettext("Berlaku"),
        default="90",
        choices=[
            SelectChoice("30", lazy_gettext("30 hari")),
            SelectChoice("90", lazy_gettext("90 hari")),
            SelectChoice("365", lazy_gettext("1 tahun")),
            SelectChoice("0", lazy_gettext("Sampai dicabut")),
        ],
    )

    def lasts(self) -> int | None:
        """Give the days a token lasts; None is for ever."""
        return DAYS[str(self.days.data)]


class ProfileForm(BaseForm):
    name = NameField(lazy_gettext("Nama"), [InputRequired(), Length(max=80)])
    language = SelectField(
        lazy_gettext("Bahasa"),
        choices=[SelectChoice(code, name) for code, name in LANGUAGE_NAMES],
    )
