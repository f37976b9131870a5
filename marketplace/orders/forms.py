"""What buyers and officers may send us about orders."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from flask import Request
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, Length, Optional, Regexp
from wtforms.widgets import HiddenInput

from marketplace.delivery.rules import Doorstep
from marketplace.delivery.service import CourierChoice
from marketplace.kernel.ids import from_text, to_text
from marketplace.kernel.money import Rupiah
from marketplace.kernel.numbers import parse_quantity
from marketplace.kernel.text import say
from marketplace.members.models import Member
from marketplace.orders.rules import REFUND_METHOD_LABELS, RefundMethod
from marketplace.orders.service import Buyer, Choice, RefundRequest
from marketplace.payments.rules import PaymentMethod
from marketplace.web.fields import NameField, PhoneField, RupiahField, TrimmedField
from marketplace.web.forms import BaseForm, lazy
from marketplace.web.i18n import translate

EMAIL = r"^$|^[^@\s]{1,64}@[^@\s]{1,180}\.[^@\s.]{2,30}$"
LARGEST_TOTAL = 10**15
PART_FIELDS = ("ambil", "bayar", "catatan", "jam", "wilayah", "jalan", "patokan")
_PART = re.compile(rf"(?:{'|'.join(PART_FIELDS)})-([1-9][0-9]{{0,8}})")
TO_THE_DOOR = "antar"


class CheckoutForm(BaseForm):
    name = NameField(
        lazy("Nama"),
        [
            InputRequired(lazy("Isi namamu, agar petugas tahu siapa yang mengambil.")),
            Length(max=80),
        ],
    )
    phone = PhoneField(
        lazy("Nomor HP"),
        [InputRequired(lazy("Isi nomor HP, misalnya 0812 3456 7890."))],
        description=lazy("Untuk kabar pesanan lewat WhatsApp. Tidak dibagikan ke pihak lain."),
    )
    email = TrimmedField(
        lazy("E-mail"),
        [
            Optional(),
            Length(max=200),
            Regexp(
                EMAIL, message=lazy("Alamat e-mail ini tidak lengkap, misalnya sari@contoh.id.")
            ),
        ],
        description=lazy("Kalau diisi, kuitansi dan kabar pesanan dikirim ke sini."),
    )
    checkout_key = HiddenField(validators=[InputRequired(), Length(min=16, max=64)])
    expected_total = IntegerField(widget=HiddenInput(), validators=[InputRequired()])

    def buyer(self, account_id: object, language: str) -> Buyer:
        """Give the service who orders."""
        return Buyer(
            name=self.name.data or "",
            phone=self.phone.data,
            email=self.email.data or None,
            account_id=account_id,  # type: ignore[arg-type]
            language=language,
        )

    def total_seen(self) -> Rupiah:
        """Give the total that the buyer saw; an absurd one is simply not the right one."""
        seen = self.expected_total.data or 0
        return Rupiah(seen if 0 <= seen <= LARGEST_TOTAL else 0)


class PaymentForm(BaseForm):
    received = RupiahField(
        lazy("Uang yang diterima"),
        [InputRequired(lazy("Isi jumlah uang yang masuk, misalnya 30.000."))],
    )
    key = HiddenField(validators=[InputRequired(), Length(max=64)])


class StatementForm(BaseForm):
    account = TrimmedField(lazy("Rekening"))
    file = FileField(lazy("Berkas mutasi, CSV atau XLSX"))


class SendForm(BaseForm):
    member = SelectField(lazy("Anggota yang mengantar"), [Optional()])
    courier_name = NameField(lazy("Atau nama kurir lain"), [Optional(), Length(max=80)])
    courier_phone = PhoneField(lazy("Nomor WhatsApp kurir"))

    def offer(self, members: Sequence[Member]) -> None:
        """Let every present member be chosen, or nobody of them."""
        self.member.choices = [
            ("", translate(say("Bukan anggota"))),
            *((to_text(one.id), f"{one.called} ({one.number})") for one in members),
        ]

    def courier(self) -> CourierChoice:
        """Give the service who brings it; a name that was typed counts before a choice."""
        name = self.courier_name.data or ""
        return CourierChoice(
            member_id=None if name else from_text(self.member.data or ""),
            name=name,
            phone=self.courier_phone.data or None,
        )


class FailedForm(BaseForm):
    reason = TrimmedField(
        lazy("Sebabnya"),
        [InputRequired(lazy("Tulis sebabnya, misalnya rumah kosong.")), Length(max=200)],
        description=lazy("Misalnya rumah kosong, atau alamat tidak ketemu."),
    )


class CancelForm(BaseForm):
    reason = TrimmedField(lazy("Alasan"), [Length(max=200)])


class ReduceForm(BaseForm):
    reason = TrimmedField(
        lazy("Alasan"),
        [InputRequired(lazy("Tulis alasannya, misalnya bahan habis.")), Length(max=200)],
        description=lazy("Pembeli membaca alasan ini."),
    )
    key = HiddenField(validators=[InputRequired(), Length(max=64)])


class RefundForm(BaseForm):
    amount = RupiahField(
        lazy("Jumlah uang"),
        [Optional()],
        description=lazy("Kosongkan untuk semua yang bisa dikembalikan."),
    )
    goods_back = BooleanField(lazy("Barangnya kembali ke rak dan bisa dijual lagi"))
    reason = TrimmedField(
        lazy("Alasan"),
        [InputRequired(lazy("Tulis alasannya, misalnya dua bungkus remuk.")), Length(max=300)],
        description=lazy("Pembeli membaca alasan ini."),
    )
    key = HiddenField(validators=[InputRequired(), Length(max=64)])

    def wanted(self, pieces: Mapping[UUID, int]) -> RefundRequest:
        """Give the service what shall go back."""
        return RefundRequest(
            self.reason.data or "", self.amount.data, pieces, bool(self.goods_back.data)
        )


class RefundPaidForm(BaseForm):
    method = RadioField(lazy("Uangnya kembali lewat"), [InputRequired()])
    reference = TrimmedField(lazy("Nomor referensi"), [Optional(), Length(max=100)])

    def offer(self, *, member: bool) -> None:
        """Let every way be chosen; only members have a balance."""
        self.method.choices = [
            (way.value, translate(text))
            for way, text in REFUND_METHOD_LABELS.items()
            if member or way is not RefundMethod.BALANCE
        ]

    def way(self) -> RefundMethod:
        """Give the way that was chosen."""
        return RefundMethod(self.method.data)


def pieces(request: Request) -> dict[UUID, int]:
    """Read how many of each line go back: ``jumlah-<line>``; nothing and nought say nothing."""
    found = {}
    for name, text in request.form.items():
        line_id = from_text(name.removeprefix("jumlah-")) if name.startswith("jumlah-") else None
        if line_id is not None and text.strip() not in ("", "0"):
            found[line_id] = parse_quantity(text)
    return found


def choices(said: Mapping[str, str]) -> dict[int, Choice]:
    """Read how each part is fetched and paid: ``ambil-3``, ``bayar-3``, ``catatan-3``.

    Who wants it brought says ``ambil-3=antar`` and where: ``wilayah-3``, ``jalan-3``,
    ``patokan-3``, ``jam-3``. What is said of a cooperative that is not in the basket is not
    looked at later.
    """
    ids = sorted({int(part[1]) for name in said if (part := _PART.fullmatch(name))})
    return {
        id_: _choice({name: said.get(f"{name}-{id_}", "") for name in PART_FIELDS}) for id_ in ids
    }


def _choice(part: Mapping[str, str]) -> Choice:
    point, _, starts = part["ambil"].partition("|")
    method, brought = part["bayar"], point == TO_THE_DOOR
    return Choice(
        point_id=None if brought else from_text(point),
        slot_starts=_moment(part["jam"] if brought else starts),
        method=PaymentMethod(method) if method in {m.value for m in PaymentMethod} else None,
        note=part["catatan"].strip()[:200] or None,
        door=_door(part) if brought else None,
    )


def _door(part: Mapping[str, str]) -> Doorstep:
    zone, _, area = part["wilayah"].partition("|")
    return Doorstep(
        zone_id=from_text(zone),
        address=part["jalan"],
        landmark=" ".join(part["patokan"].split())[:100] or None,
        area=area or None,
    )


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
