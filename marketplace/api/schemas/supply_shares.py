"""Sharing by hand."""

from __future__ import annotations

from marketplace.api.schemas.fields import Id, Line, Strict, Whole, many
from marketplace.supply.service.by_hand import LONGEST_REASON

MOST = 10**9
MOST_SHARES = 1_000


class ShareRequest(Strict):
    """What one wish gets, in base units."""

    request = Id(required=True)
    given = Whole(0, MOST, required=True)


class SharesRequest(Strict):
    """What every wish gets that was not fetched; ``seen`` is the sharing-out that is changed."""

    seen = Whole(1, 10**6, required=True)
    reason = Line(LONGEST_REASON, 1, required=True)
    shares = many(ShareRequest, MOST_SHARES, 1, required=True)
