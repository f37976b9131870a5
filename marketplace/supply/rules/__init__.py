"""The rules of buying together: who gets what, which packs to buy, who pays how much."""

from marketplace.supply.rules.offers import (
    COLUMNS,
    BadOffer,
    PackTerms,
    columns_of,
    per_unit,
    price_list_row,
)
from marketplace.supply.rules.outlook import Bill, Gap, Outlook, bill, gap, next_tier, outlook
from marketplace.supply.rules.packs import NoSuchPacks, Pack, PackPlan, choose_packs
from marketplace.supply.rules.paying import (
    PAID_WITH_LABELS,
    PaidWith,
    asked_of,
    ceiling_of,
    place_of,
)
from marketplace.supply.rules.sharing import Shares, Wish, WishBroken, share_out, split_cost
from marketplace.supply.rules.states import (
    LABELS,
    NEXT_STATES,
    PoolState,
    PurchaseOrderState,
    RequestState,
    WrongStep,
    step,
)

__all__ = [
    "COLUMNS",
    "LABELS",
    "NEXT_STATES",
    "PAID_WITH_LABELS",
    "BadOffer",
    "Bill",
    "Gap",
    "NoSuchPacks",
    "Outlook",
    "Pack",
    "PackPlan",
    "PackTerms",
    "PaidWith",
    "PoolState",
    "PurchaseOrderState",
    "RequestState",
    "Shares",
    "Wish",
    "WishBroken",
    "WrongStep",
    "asked_of",
    "bill",
    "ceiling_of",
    "choose_packs",
    "columns_of",
    "gap",
    "next_tier",
    "outlook",
    "per_unit",
    "place_of",
    "price_list_row",
    "share_out",
    "split_cost",
    "step",
]
