"""Forms of the books. Amounts are read as Indonesians type them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

from flask_babel import lazy_gettext
from wtforms import DateField, FieldList, FormField, HiddenField, SelectField, TextAreaField
from wtforms import Form as PlainForm
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from marketplace.kernel.ids import from_text, new_id, to_text
from marketplace.kernel.money import Rupiah
from marketplace.ledger.queries import LedgerAccount
from marketplace.ledger.rules import KIND_LABELS, LONGEST_MEMO, AccountKind, JournalLine
from marketplace.web.fields import RupiahField, TrimmedField
from marketplace.web.forms import BaseForm
from marketplace.web.i18n import translate

LINES = 6
NOTHING = Rupiah(0)


class LineForm(PlainForm):
    account = SelectField(lazy_gettext("Akun"), [Optional()], validate_choice=True)
    debit = RupiahField(lazy_gettext("Debit"), [Optional()])
    credit = RupiahField(lazy_gettext("Kredit"), [Optional()])


class EntryForm(BaseForm):
    key = HiddenField(validators=[InputRequired(), Length(max=64)])
    dated = DateField(lazy_gettext("Tanggal"), [InputRequired()])
    memo = TrimmedField(lazy_gettext("Untuk apa"), [InputRequired(), Length(max=LONGEST_MEMO)])
    lines = FieldList(FormField(LineForm), min_entries=LINES, max_entries=40)

    def offer(self, accounts: Mapping[UUID, LedgerAccount]) -> None:
        """Let these accounts be chosen in every line, and give a new form its key."""
        choices = [
            SelectChoice("", ""),
            *(
                SelectChoice(to_text(id_), f"{account.code} {account.name}")
                for id_, account in accounts.items()
                if account.closed_at is None
            ),
        ]
        for line in self.lines:
            line.form.account.choices = choices
        if not self.key.data:
            self.key.data = to_text(new_id())

    def written(self) -> Iterator[JournalLine]:
        """Give the service the lines that say something."""
        for line in self.lines:
            account = from_text(line.form.account.data or "")
            debit = line.form.debit.data or NOTHING
            credit = line.form.credit.data or NOTHING
            if account is not None:
                yield JournalLine(account, debit, credit)

    def loose(self) -> bool:
        """Say whether an amount stands in a line without an account."""
        return any(
            (line.form.debit.data or line.form.credit.data) and not line.form.account.data
            for line in self.lines
        )


class ReversalForm(BaseForm):
    key = HiddenField(validators=[InputRequired(), Length(max=64)])
    memo = TextAreaField(
        lazy_gettext("Kenapa dibalik"), [InputRequired(), Length(max=LONGEST_MEMO)]
    )


class AccountForm(BaseForm):
    code = TrimmedField(lazy_gettext("Nomor akun"), [InputRequired(), Length(max=12)])
    name = TrimmedField(lazy_gettext("Nama"), [InputRequired(), Length(max=80)])
    name_en = TrimmedField(lazy_gettext("Nama dalam bahasa Inggris"), [Optional(), Length(max=80)])


class NewAccountForm(AccountForm):
    kind = SelectField(lazy_gettext("Jenis"), [InputRequired()])

    def offer(self) -> None:
        """Let every kind of account be chosen."""
        self.kind.choices = [
            SelectChoice(kind.value, translate(text)) for kind, text in KIND_LABELS.items()
        ]

    def chosen_kind(self) -> AccountKind:
        """Give the kind that was chosen."""
        return AccountKind(self.kind.data)
