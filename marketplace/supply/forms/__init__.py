"""What members and officers may send us about supplies."""

from marketplace.supply.forms.asking import AskForm, StandingForm
from marketplace.supply.forms.items import ItemForm, UnitForm
from marketplace.supply.forms.receipts import ReceiveForm, SettleForm
from marketplace.supply.forms.rounds import (
    ExtendForm,
    GoodForm,
    HandOverForm,
    JoinForm,
    RoundForm,
    WidenForm,
    WishForm,
)
from marketplace.supply.forms.suppliers import (
    OfferForm,
    PartialForm,
    PriceListForm,
    SupplierForm,
)

__all__ = [
    "AskForm",
    "ExtendForm",
    "GoodForm",
    "HandOverForm",
    "ItemForm",
    "JoinForm",
    "OfferForm",
    "PartialForm",
    "PriceListForm",
    "ReceiveForm",
    "RoundForm",
    "SettleForm",
    "StandingForm",
    "SupplierForm",
    "UnitForm",
    "WidenForm",
    "WishForm",
]
