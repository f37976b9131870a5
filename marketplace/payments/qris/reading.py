"""Reading a QRIS payload: every check, in the order in which problems are reported."""

from __future__ import annotations

import re
from dataclasses import dataclass

from marketplace.payments.qris.errors import QrisError
from marketplace.payments.qris.tlv import (
    CRC_TAG,
    Tag,
    crc,
    is_plain,
    is_template,
    refuse_duplicates,
    scan_payload,
    scan_template,
)

STATIC, DYNAMIC = "11", "12"
LONGEST_PAYLOAD = 2_000  # the standard says 512; this only guards against a flood
LONGEST = {"54": 13, "55": 2, "56": 13, "57": 5, "59": 25, "60": 15, "61": 10}
REQUIRED = ("52", "53", "58", "59", "60", "61")
ACCOUNTS = range(26, 52)
NATIONAL_ACCOUNT = "51"
TIP_TAGS = ("55", "56", "57")
_FIXED_TIP, _PERCENT_TIP = "02", "03"
# Which of the amounts 56 and 57 must stand beside each kind of tip, and no other.
_TIP_AMOUNTS = {"01": set(), _FIXED_TIP: {"56"}, _PERCENT_TIP: {"57"}, None: set[str]()}

_MCC = re.compile(r"[0-9]{4}")
_AMOUNT = re.compile(r"(?P<whole>0|[1-9][0-9]*)(?:\.(?P<cents>[0-9]{1,2}))?")
_PERCENT = re.compile(r"(?P<whole>[0-9]{1,2})(?:\.(?P<cents>[0-9]{1,2}))?")
_WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Qris:
    """A payload that has passed every check. Amounts are whole rupiah."""

    tags: tuple[Tag, ...]

    def value(self, tag: str, child: str | None = None) -> str | None:
        """Look a tag up, or a tag inside a template."""
        for field in self.tags:
            if field.tag == tag:
                if child is None:
                    return field.value
                return next((inner.value for inner in field.children if inner.tag == child), None)
        return None

    @property
    def is_dynamic(self) -> bool:
        """Say whether the code was made for one payment."""
        return self.value("01") == DYNAMIC

    @property
    def kind(self) -> str:
        """Name the kind of code; without tag 01 a code is static."""
        return "dynamic" if self.is_dynamic else "static"

    @property
    def amount(self) -> int | None:
        """Give the amount in the code, before any tip."""
        return _whole_rupiah(self.value("54"))

    @property
    def payer_total(self) -> int | None:
        """Give what the payer is charged: the amount and the fixed or percent fee."""
        if self.amount is None:
            return None
        fee = _whole_rupiah(self.value("56")) or 0
        percent = _basis_points(self.value("57"))
        return self.amount + fee + (self.amount * percent * 2 + _WHOLE) // (2 * _WHOLE)

    @property
    def merchant_name(self) -> str | None:
        """Give the name that the payer's phone will show."""
        return self.value("59")

    @property
    def city(self) -> str | None:
        """Give the merchant's city."""
        return self.value("60")

    @property
    def postal_code(self) -> str | None:
        """Give the merchant's postal code."""
        return self.value("61")

    @property
    def mcc(self) -> str | None:
        """Give the merchant category code."""
        return self.value("52")

    @property
    def currency(self) -> str | None:
        """Give the numeric currency; 360 is rupiah."""
        return self.value("53")

    @property
    def country(self) -> str | None:
        """Give the country's two letters."""
        return self.value("58")

    @property
    def account_tag(self) -> str:
        """Name the tag of the account that is paid: the first of 26 to 51."""
        return min(field.tag for field in self.tags if int(field.tag) in ACCOUNTS)

    @property
    def account_domain(self) -> str | None:
        """Give the reverse domain of the bank or wallet."""
        return self.value(self.account_tag, "00")

    @property
    def merchant_pan(self) -> str | None:
        """Give the merchant's account number, without its check digit."""
        return self.value(self.account_tag, "01")

    @property
    def criteria(self) -> str | None:
        """Give the size of the merchant's business: UMI, UKE, UME, UBE, URE."""
        return self.value(self.account_tag, "03")

    @property
    def nmid(self) -> str | None:
        """Give the national merchant id."""
        return self.value(NATIONAL_ACCOUNT, "02")

    @property
    def bill_number(self) -> str | None:
        """Give the bill number inside the additional data."""
        return self.value("62", "01")

    @property
    def crc(self) -> str:
        """Give the checksum in capitals."""
        return self.tags[-1].value


def parse(payload: str) -> Qris:
    """Read a payload and check all of it; blanks around it and a small-letter CRC are fine."""
    text = payload.strip()
    if not is_plain(text):
        raise QrisError("not_ascii")
    if len(text) > LONGEST_PAYLOAD:
        raise QrisError("value_too_long")
    fields = scan_payload(text)
    _check_frame(text, fields)
    values = {field.tag: field.value for field in fields}
    _check_merchant(values)
    for tag, longest in LONGEST.items():
        if len(values.get(tag, "")) > longest:
            raise QrisError("value_too_long")
    tags = [scan_template(field) if is_template(field.tag) else field for field in fields[:-1]]
    _check_amount(values.get("54"))
    _check_tip(values)
    return Qris((*tags, Tag(CRC_TAG, fields[-1].value.upper())))


def _check_frame(text: str, fields: list[Tag]) -> None:
    """Look at the shape of the payload and its checksum."""
    if not fields or fields[-1].tag != CRC_TAG:
        raise QrisError("crc_missing")
    refuse_duplicates(fields)
    if fields[0].tag != "00":
        raise QrisError("first_tag_not_00")
    if fields[-1].value.upper() != crc(text[:-4]):
        raise QrisError("crc_mismatch")


def _check_merchant(values: dict[str, str]) -> None:
    """Look at who is paid, and in what."""
    checks = (
        ("bad_version", values["00"] == "01"),
        ("bad_initiation", values.get("01", STATIC) in {STATIC, DYNAMIC}),
        ("no_merchant_account", any(int(tag) in ACCOUNTS for tag in values)),
        ("missing_tag", all(tag in values for tag in REQUIRED)),
        ("bad_mcc", _MCC.fullmatch(values.get("52", ""))),
        ("bad_currency", values.get("53") == "360"),
        ("bad_country", values.get("58") == "ID"),
    )
    for code, passed in checks:
        if not passed:
            raise QrisError(code)


def _check_amount(amount: str | None) -> None:
    if amount is None:
        return
    found = _AMOUNT.fullmatch(amount)
    cents = int((found and found["cents"]) or 0)
    if found is None or (found["whole"] == "0" and not cents):
        raise QrisError("bad_amount")
    if cents:
        raise QrisError("amount_not_whole_rupiah")


def _check_tip(values: dict[str, str]) -> None:
    """Let a tip say one thing: asked of the payer, a fixed fee, or a percentage."""
    kind = values.get("55")
    if kind not in _TIP_AMOUNTS or values.keys() & {"56", "57"} != _TIP_AMOUNTS[kind]:
        raise QrisError("tip_inconsistent")
    if kind == _FIXED_TIP and not _whole_rupiah(values["56"]):
        raise QrisError("tip_inconsistent")
    if kind == _PERCENT_TIP and not _basis_points(values["57"]):
        raise QrisError("tip_inconsistent")


def _whole_rupiah(text: str | None) -> int | None:
    """Read an amount; None when it is missing or no whole number of rupiah."""
    found = _AMOUNT.fullmatch(text or "")
    return int(found["whole"]) if found and not int(found["cents"] or 0) else None


def _basis_points(text: str | None) -> int:
    """Read a percentage as hundredths of a percent; 0 when it is none."""
    found = _PERCENT.fullmatch(text or "")
    return int(found["whole"]) * 100 + int((found["cents"] or "").ljust(2, "0")) if found else 0
