"""What a cooperative may be called, when it is open, where it is, and who gives which post."""

from marketplace.cooperatives.rules.names import (
    check_slug,
    check_word,
    slug_of,
    word_of,
)
from marketplace.cooperatives.rules.opening import (
    BadHours,
    OpenState,
    ShopClosed,
    Slot,
    SlotGone,
    checked_span,
    chosen,
    hours_of,
    on_holiday,
    open_state,
    read_spans,
    show_spans,
    slots,
)
from marketplace.cooperatives.rules.posts import (
    OFFICER_POSTS,
    ROLE_NAMES,
    may_give,
    may_reset,
    would_be_missed,
)
from marketplace.cooperatives.rules.regions import Region, find_regions, region

__all__ = [
    "OFFICER_POSTS",
    "ROLE_NAMES",
    "BadHours",
    "OpenState",
    "Region",
    "ShopClosed",
    "Slot",
    "SlotGone",
    "check_slug",
    "check_word",
    "checked_span",
    "chosen",
    "find_regions",
    "hours_of",
    "may_give",
    "may_reset",
    "on_holiday",
    "open_state",
    "read_spans",
    "region",
    "show_spans",
    "slots",
    "slug_of",
    "word_of",
    "would_be_missed",
]
