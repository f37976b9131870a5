"""Saying yes or no to a price above what a member allowed."""

from __future__ import annotations

from marketplace.api.schemas.fields import Flag, Line, Strict, Whole
from marketplace.supply.rules import HIGHEST_PRICE
from marketplace.supply.service.asking_first import LONGEST_NOTE


class PriceAnswerRequest(Strict):
    """A yes or a no to the charge that was read; officers note what the member said."""

    accept = Flag(required=True)
    charge = Whole(1, HIGHEST_PRICE, required=True)
    note = Line(LONGEST_NOTE, load_default=None)
