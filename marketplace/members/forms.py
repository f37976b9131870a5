"""Forms of the register."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import DateField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from marketplace.accounts.forms import PresentPasswordField
from marketplace.cooperatives.rules import ROLE_NAMES
from marketplace.kernel.access import Role
from marketplace.members.service import Entry
from marketplace.web.fields import IdField, NameField, PhoneField, TrimmedField
from marketplace.web.forms import BaseForm
from marketplace.web.i18n import translate


class MemberForm(BaseForm):
    name = NameField(lazy_gettext("Nama lengkap"), [InputRequired(), Length(max=120)])
    called = NameField(lazy_gettext("Nama panggilan di toko"), [Length(max=60)])
    trade = TrimmedField(lazy_gettext("Usaha"), [Length(max=120)])
    phone = PhoneField(lazy_gettext("Nomor HP"))
    address = TrimmedField(lazy_gettext("Alamat"), [Length(max=200)])

    def entry(self) -> Entry:
        """Give the service plain values."""
        return Entry(
            name=self.name.data or "",
            called=self.called.data or None,
            trade=self.trade.data or None,
            phone=self.phone.data,
            address=self.address.data or None,
        )


class AdmissionForm(MemberForm):
    admitted_on = DateField(lazy_gettext("Tanggal masuk"), [InputRequired()])


class LeavingForm(BaseForm):
    left_on = DateField(lazy_gettext("Tanggal keluar"), [InputRequired()])
    reason = TrimmedField(lazy_gettext("Alasan"), [InputRequired(), Length(max=200)])


class MemberInviteForm(BaseForm):
    role = SelectField(lazy_gettext("Sebagai"), coerce=str)

    def offer(self) -> None:
        """Offer what a member of the register can be: a member, or one who also sells."""
        roles = (Role.SELLER, Role.MEMBER)
        self.role.choices = [
            SelectChoice(role.value, translate(ROLE_NAMES[role])) for role in roles
        ]


class ClosingForm(BaseForm):
    current_password = PresentPasswordField()


class JoinForm(BaseForm):
    account_id = IdField(validators=[InputRequired()])
