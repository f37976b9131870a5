"""The rules of buying together: who gets what, which packs to buy, who pays how much."""

from marketplace.supply.rules.packs import NoSuchPacks, Pack, PackPlan, choose_packs
from marketplace.supply.rules.sharing import Shares, Wish, WishBroken, share_out, split_cost
from marketplace.supply.rules.states import (
    LABELS,
    NEXT_STATES,
    PurchaseOrderState,
    RequestState,
    RoundState,
    WrongStep,
    step,
)

__all__ = [
    "LABELS",
    "NEXT_STATES",
    "NoSuchPacks",
    "Pack",
    "PackPlan",
    "PurchaseOrderState",
    "RequestState",
    "RoundState",
    "Shares",
    "Wish",
    "WishBroken",
    "WrongStep",
    "choose_packs",
    "share_out",
    "split_cost",
    "step",
]
