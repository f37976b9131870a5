"""What may be claimed, until when, and how a claim goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from marketplace.kernel.calendar import after_working_days, local_day
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.text import Sentence, say

LONGEST_WORDS = 1000
MOST_PICTURES = 3
REMIND_BEFORE = timedelta(days=1)


class ClaimKind(Enum):
    """What the buyer says was wrong."""

    NOT_ARRIVED = "belum_sampai"
    DAMAGED = "rusak"
    WRONG = "salah"
    FEWER = "kurang"


class ClaimState(Enum):
    """How far a claim is."""

    OPENED = "dibuka"
    ANSWERED = "dijawab"
    AGREED = "sepakat"
    ESCALATED = "naik"
    DECIDED = "diputus"


class Answer(Enum):
    """What a cooperative offers."""

    FULL = "kembali_penuh"
    PART = "kembali_sebagian"
    REPLACEMENT = "ganti"
    NO = "tolak"


NEXT_STATES: dict[ClaimState, frozenset[ClaimState]] = {
    ClaimState.OPENED: frozenset({ClaimState.ANSWERED, ClaimState.ESCALATED}),
    ClaimState.ANSWERED: frozenset({ClaimState.AGREED, ClaimState.ESCALATED}),
    ClaimState.ESCALATED: frozenset({ClaimState.DECIDED}),
    ClaimState.AGREED: frozenset(),
    ClaimState.DECIDED: frozenset(),
}
OPEN = (ClaimState.OPENED, ClaimState.ANSWERED, ClaimState.ESCALATED)
KIND_LABELS: dict[ClaimKind, Sentence] = {
    ClaimKind.NOT_ARRIVED: say("Belum sampai"),
    ClaimKind.DAMAGED: say("Rusak"),
    ClaimKind.WRONG: say("Barangnya salah"),
    ClaimKind.FEWER: say("Jumlahnya kurang"),
}
LABELS: dict[ClaimState, Sentence] = {
    ClaimState.OPENED: say("Menunggu jawaban koperasi"),
    ClaimState.ANSWERED: say("Menunggu pembeli"),
    ClaimState.AGREED: say("Sepakat"),
    ClaimState.ESCALATED: say("Menunggu keputusan Guyub"),
    ClaimState.DECIDED: say("Diputuskan Guyub"),
}
ANSWER_LABELS: dict[Answer, Sentence] = {
    Answer.FULL: say("Uang kembali penuh"),
    Answer.PART: say("Uang kembali sebagian"),
    Answer.REPLACEMENT: say("Barang diganti"),
    Answer.NO: say("Tidak, dengan alasan"),
}
WITH_MONEY = frozenset({Answer.FULL, Answer.PART})


@dataclass(frozen=True, slots=True)
class Setting:
    """A number of working days that holds from a day on, and where it comes from."""

    days: int
    valid_from: date
    source: str


# How long after the hand-over a buyer may claim, and how long the cooperative has to answer.
CLAIM_WINDOW: tuple[Setting, ...] = (
    Setting(2, date(2019, 11, 25), "PP 80/2019: at least two working days from receipt"),
)
ANSWER_TIME: tuple[Setting, ...] = (
    Setting(2, date(2019, 11, 25), "our promise, as long as the buyer has to claim"),
)


class TooLateToClaim(RuleBroken):
    """The days in which an order may be claimed are over, or it was not handed over."""

    code = "claim_too_late"


class ClaimOpen(RuleBroken):
    """One claim of an order at a time."""

    code = "claim_open"


class WrongClaimStep(RuleBroken):
    """A step that a claim may not take now."""

    code = "wrong_step"


def setting_on(settings: tuple[Setting, ...], day: date) -> Setting:
    """Find what holds on a day: the latest that had begun, or the first."""
    begun = [setting for setting in settings if setting.valid_from <= day]
    return max(begun or settings[:1], key=lambda setting: setting.valid_from)


def claim_until(handed_over: datetime) -> datetime:
    """Say until when an order may be claimed: the end of the last working day."""
    return _end_of(CLAIM_WINDOW, handed_over)


def answer_until(opened: datetime) -> datetime:
    """Say until when the cooperative has to answer."""
    return _end_of(ANSWER_TIME, opened)


def claim_days(day: date) -> int:
    """Say how many working days a buyer has to claim what is handed over on a day."""
    return setting_on(CLAIM_WINDOW, day).days


def answer_days(day: date) -> int:
    """Say how many working days a cooperative has to answer what is claimed on a day."""
    return setting_on(ANSWER_TIME, day).days


def _end_of(settings: tuple[Setting, ...], since: datetime) -> datetime:
    return after_working_days(since, setting_on(settings, local_day(since)).days)


def claim_step(current: ClaimState, wanted: ClaimState) -> ClaimState:
    """Return the wanted state if the claim may take that step now."""
    if wanted not in NEXT_STATES[current]:
        raise WrongClaimStep(
            say(
                "Keluhan “%(current)s” tidak bisa dijadikan “%(wanted)s”.",
                current=LABELS[current],
                wanted=LABELS[wanted],
            )
        )
    return wanted


def may_escalate(state: ClaimState, *, answer_by: datetime, at: datetime) -> bool:
    """Say whether the buyer may ask the operator: after an answer, or when none came in time."""
    return state is ClaimState.ANSWERED or (state is ClaimState.OPENED and at >= answer_by)


def time_left(answer_by: datetime, at: datetime) -> timedelta:
    """Say how long the cooperative still has; nothing when it is late."""
    return max(answer_by - at, timedelta())
