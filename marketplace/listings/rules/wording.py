"""How a buyer is told whether something can be had, in few words and never by colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from marketplace.kernel.text import Sentence, say
from marketplace.listings.rules.states import Availability

FEW = 10
MONTHS = (
    say("Jan"), say("Feb"), say("Mar"), say("Apr"), say("Mei"), say("Jun"),
    say("Jul"), say("Agu"), say("Sep"), say("Okt"), say("Nov"), say("Des"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wording:
    """Words for a tag, and its kind: "ok", "wait", "new" or "" (nothing to be had)."""

    text: Sentence
    kind: str


def wording(availability: Availability, available: int, ready_on: date | None) -> Wording:
    """Say in a few words whether and when something can be had."""
    if available <= 0:
        daily = availability is Availability.DAILY
        return Wording(say("Habis hari ini") if daily else say("Habis"), "")
    if availability is Availability.PREORDER:
        return Wording(_ready(ready_on), "new")
    if available <= FEW:
        return Wording(say("Sisa %(left)d", left=available), "wait")
    return Wording(say("Siap sekarang"), "ok")


def _ready(day: date | None) -> Sentence:
    if day is None:
        return say("Pre-order")
    return say("Pre-order, siap %(day)d %(month)s", day=day.day, month=MONTHS[day.month - 1])
