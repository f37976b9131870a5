"""What buyers, officers and the operator may send us about claims."""

from __future__ import annotations

from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from marketplace.claims.rules import ANSWER_LABELS, KIND_LABELS, LONGEST_WORDS, Answer, ClaimKind
from marketplace.web.fields import RupiahField
from marketplace.web.forms import BaseForm, lazy
from marketplace.web.i18n import translate


class ClaimForm(BaseForm):
    kind = RadioField(lazy("Apa yang terjadi?"), [InputRequired()])
    words = TextAreaField(
        lazy("Ceritakan singkat"),
        [
            InputRequired(lazy("Ceritakan apa yang terjadi, misalnya dua bungkus remuk.")),
            Length(max=LONGEST_WORDS),
        ],
    )

    def offer(self) -> None:
        """Let every kind be chosen."""
        self.kind.choices = [(kind.value, translate(text)) for kind, text in KIND_LABELS.items()]

    def chosen(self) -> ClaimKind:
        """Give the kind that was chosen."""
        return ClaimKind(self.kind.data)


class AnswerForm(BaseForm):
    answer = RadioField(lazy("Jawaban koperasi"), [InputRequired()])
    amount = RupiahField(lazy("Jumlah uang, kalau sebagian"), [Optional()])
    words = TextAreaField(
        lazy("Penjelasan"),
        [InputRequired(lazy("Jelaskan kepada pembeli.")), Length(max=LONGEST_WORDS)],
        description=lazy("Pembeli membaca penjelasan ini."),
    )

    def offer(self) -> None:
        """Let every answer be chosen."""
        self.answer.choices = [
            (answer.value, translate(text)) for answer, text in ANSWER_LABELS.items()
        ]

    def chosen(self) -> Answer:
        """Give the answer that was chosen."""
        return Answer(self.answer.data)


class DecisionForm(BaseForm):
    amount = RupiahField(
        lazy("Uang yang harus dikembalikan"),
        [Optional()],
        description=lazy("Kosongkan kalau tidak ada."),
    )
    words = TextAreaField(
        lazy("Alasan keputusan"),
        [InputRequired(lazy("Tulis alasannya.")), Length(max=LONGEST_WORDS)],
        description=lazy("Pembeli dan koperasi membaca alasan ini."),
    )
