"""Tables of supplies: what is asked for, who sells it, the rounds that buy it."""

from marketplace.supply.models.asking_first import PriceAnswer
from marketplace.supply.models.claims import SupplierClaim
from marketplace.supply.models.costs import CostLine, CostShare
from marketplace.supply.models.items import BaseUnit, SupplyItem, UnitRung
from marketplace.supply.models.packs import SupplyPack
from marketplace.supply.models.pickups import SupplyPickup
from marketplace.supply.models.purchase_orders import PurchaseOrder, PurchaseOrderLine, SentBy
from marketplace.supply.models.receipts import GoodsReceipt
from marketplace.supply.models.returns import SupplyReturn
from marketplace.supply.models.rounds import (
    TAKES_WISHES,
    Allocation,
    AllocationRun,
    RequestLine,
    RequestLineEvent,
    SupplyHandOver,
    SupplyPool,
    SupplyRound,
)
from marketplace.supply.models.shelves import ShelfLink
from marketplace.supply.models.standing import StandingRequest
from marketplace.supply.models.suppliers import PackOffer, Supplier
from marketplace.supply.models.unfetched import FetchReminder, UnfetchedDecision

__all__ = [
    "TAKES_WISHES",
    "Allocation",
    "AllocationRun",
    "BaseUnit",
    "CostLine",
    "CostShare",
    "FetchReminder",
    "GoodsReceipt",
    "PackOffer",
    "PriceAnswer",
    "PurchaseOrder",
    "PurchaseOrderLine",
    "RequestLine",
    "RequestLineEvent",
    "SentBy",
    "ShelfLink",
    "StandingRequest",
    "Supplier",
    "SupplierClaim",
    "SupplyHandOver",
    "SupplyItem",
    "SupplyPack",
    "SupplyPickup",
    "SupplyPool",
    "SupplyReturn",
    "SupplyRound",
    "UnfetchedDecision",
    "UnitRung",
]
