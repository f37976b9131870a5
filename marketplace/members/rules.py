"""When a person may join or leave. Pure: plain values in and out."""

from __future__ import annotations

from datetime import date

from marketplace.kernel.errors import Invalid
from marketplace.kernel.text import say

FIRST_YEAR = 1900


def check_admission(admitted_on: date, today: date) -> date:
    """Return a day on which somebody can have joined."""
    if admitted_on > today or admitted_on.year < FIRST_YEAR:
        wrong = say("Tanggal masuk tidak boleh sesudah hari ini.")
        raise Invalid(wrong, fields={"admitted_on": wrong})
    return admitted_on


def check_leaving(left_on: date, admitted_on: date, today: date) -> date:
    """Return a day on which a member can have left."""
    if not admitted_on <= left_on <= today:
        wrong = say("Tanggal keluar harus sesudah tanggal masuk dan tidak sesudah hari ini.")
        raise Invalid(wrong, fields={"left_on": wrong})
    return left_on


def show_number(number: int) -> str:
    """Write a member's number as the register does.

    >>> show_number(17)
    '0017'
    """
    return f"{number:04d}"
