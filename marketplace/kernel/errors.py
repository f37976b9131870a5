"""The one family of errors that a rule may raise."""

from __future__ import annotations

from collections.abc import Mapping

from marketplace.kernel.text import Sentence


class RuleBroken(Exception):  # noqa: N818 - a sentence for the user, not a fault of ours
    """A business rule said no. The message is safe to show to the user.

    ``code`` is stable and part of the JSON API; ``fields`` names the inputs at fault.
    """

    status = 409
    code = "rule_broken"

    def __init__(
        self, message: Sentence | str, *, fields: Mapping[str, Sentence | str] | None = None
    ) -> None:
        super().__init__(str(message))
        self.message = message
        self.fields = dict(fields or {})


class NotFound(RuleBroken):
    """Nothing here that this person may see."""

    status = 404
    code = "not_found"


class Gone(RuleBroken):
    """It was here once and is not coming back."""

    status = 410
    code = "gone"


class NotAllowed(RuleBroken):
    """The person is known, but this is not theirs to do."""

    status = 403
    code = "not_allowed"


class Invalid(RuleBroken):
    """What was sent cannot be understood."""

    status = 422
    code = "invalid"
