"""What became of one worked case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """Whether the code gave the answer, another one, or does not exist yet."""

    PASSED = "passed"
    FAILED = "FAILED"
    NOT_BUILT = "not built yet"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict on one case; ``group`` names the part of the product it is about."""

    case: str
    group: str
    verdict: Verdict
    detail: str = ""


class NotBuilt(Exception):  # noqa: N818 - no fault, only something to come
    """There is no code yet that could answer this case."""


class Wrong(Exception):  # noqa: N818 - the answer is wrong, not the program
    """The code gave another answer."""


def judge(case: str, group: str, run: Callable[[], None]) -> Outcome:
    """Run one case; whatever it raises is its verdict, never the end of the run."""
    try:
        run()
    except NotBuilt:
        return Outcome(case, group, Verdict.NOT_BUILT)
    except Wrong as wrong:
        return Outcome(case, group, Verdict.FAILED, str(wrong))
    except Exception as error:
        return Outcome(case, group, Verdict.FAILED, f"{type(error).__name__}: {error}")
    return Outcome(case, group, Verdict.PASSED)


def expect(what: str, found: object, expected: object) -> None:
    """Compare an answer with the expected one."""
    if found != expected:
        message = f"{what}: expected {expected!r}, found {found!r}"
        raise Wrong(message)
