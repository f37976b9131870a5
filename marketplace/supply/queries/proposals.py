"""What could be bought now for wishes that wait, from whom it is cheapest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.supply.models import PackOffer
from marketplace.supply.queries.requests import Asked
from marketplace.supply.queries.rounds import wish_of
from marketplace.supply.queries.suppliers import offers_for, terms_of
from marketplace.supply.rules import Outlook, demand_of, outlook


@dataclass(frozen=True, slots=True)
class Proposal:
    """An offer, and what a round of it would bring if it were closed now."""

    offer: PackOffer
    outlook: Outlook

    @property
    def cost_per_unit(self) -> Fraction:
        """Give rupiah for a base unit at the price that is reached, to compare by."""
        return Fraction(self.outlook.price, self.offer.pack_size)


def proposals(
    session: Session, cooperative_id: int, waiting: Sequence[Asked], *, on: date
) -> dict[UUID, Proposal]:
    """Propose for each good of the list that is asked for: what can be bought now goes first.

    Among those the cheapest wins; ties go to the older price. One question for all goods.
    """
    asked = {group.item.id: group for group in waiting if group.item is not None}
    found: dict[UUID, Proposal] = {}
    for offer in offers_for(session, cooperative_id, list(asked), on=on) if asked else ():
        wishes = [
            wish_of(line, member.shortage_score) for line, member in asked[offer.item_id].lines
        ]
        proposal = Proposal(offer, outlook([terms_of(offer).pack], demand_of(wishes)))
        known = found.get(offer.item_id)
        if known is None or _rank(proposal) < _rank(known):
            found[offer.item_id] = proposal
    return found


def _rank(proposal: Proposal) -> tuple[bool, Fraction, UUID]:
    return proposal.outlook.packs == 0, proposal.cost_per_unit, proposal.offer.id
