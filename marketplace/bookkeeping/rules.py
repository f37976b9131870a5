"""Entries that people write by hand: one asks, another says yes."""

from __future__ import annotations

from enum import Enum

from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.text import Sentence, say


class DraftState(Enum):
    """Where an entry that somebody proposed stands."""

    PROPOSED = "proposed"
    POSTED = "posted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


LABELS: dict[DraftState, Sentence] = {
    DraftState.PROPOSED: say("Menunggu persetujuan"),
    DraftState.POSTED: say("Dibukukan"),
    DraftState.REFUSED: say("Ditolak"),
    DraftState.WITHDRAWN: say("Ditarik"),
}


class NeedsAnother(RuleBroken):
    """Who wrote an entry may not be the one who approves it."""

    status = 403
    code = "needs_another_person"


class DraftDecided(RuleBroken):
    """A proposal is decided once."""

    code = "already_decided"
