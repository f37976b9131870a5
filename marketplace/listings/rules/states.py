"""Who may see a listing, how there comes to be stock, and who may change it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from marketplace.kernel.errors import NotAllowed, RuleBroken
from marketplace.kernel.text import Sentence, say


class ListingState(Enum):
    """Who may see a listing."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Availability(Enum):
    """How there comes to be stock, in traders' words."""

    LIMITED = "stok terbatas"
    DAILY = "dibuat tiap hari"
    PREORDER = "pre-order"


class Halal(Enum):
    """What may be said about halal; certified needs a number."""

    UNKNOWN = "tidak disebut"
    SELF_DECLARED = "bahan halal"
    CERTIFIED = "bersertifikat"


NEXT_STATES: dict[ListingState, frozenset[ListingState]] = {
    ListingState.DRAFT: frozenset({ListingState.PUBLISHED, ListingState.ARCHIVED}),
    ListingState.PUBLISHED: frozenset({ListingState.ARCHIVED}),
    ListingState.ARCHIVED: frozenset({ListingState.DRAFT}),
}
STATE_NAMES: dict[ListingState, Sentence] = {
    ListingState.DRAFT: say("Draf"),
    ListingState.PUBLISHED: say("Tayang"),
    ListingState.ARCHIVED: say("Arsip"),
}


class WrongListingStep(RuleBroken):
    """A listing cannot go there from where it stands."""


def step(current: ListingState, wanted: ListingState) -> ListingState:
    """Return the wanted state if a listing may go there; staying where it is is no step."""
    if wanted is not current and wanted not in NEXT_STATES[current]:
        raise WrongListingStep(
            say(
                "Barang berstatus %(current)s tidak bisa langsung menjadi %(wanted)s.",
                current=STATE_NAMES[current],
                wanted=STATE_NAMES[wanted],
            )
        )
    return wanted


@dataclass(frozen=True, slots=True)
class Editor:
    """Who wants to change goods: an officer all of them, a seller those they make themselves."""

    account_id: UUID | None = None
    member_id: UUID | None = None
    all_goods: bool = False
    own_goods: bool = False

    def may_edit(self, maker_id: UUID | None) -> bool:
        """Say whether goods of this maker are this person's to change."""
        if self.all_goods:
            return True
        return self.own_goods and self.member_id is not None and maker_id == self.member_id


OPERATOR = Editor(all_goods=True)  # a command run by those who keep the site


def check_editor(editor: Editor, maker_id: UUID | None) -> None:
    """Refuse whoever may not change goods of this maker."""
    if not editor.may_edit(maker_id):
        raise NotAllowed(
            say("Barang ini milik anggota lain. Hanya pengurus yang bisa mengubahnya.")
        )
