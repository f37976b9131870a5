"""Reading what the public sees: lean rows, few queries, whatever the size of the market."""

from marketplace.storefront.queries.cards import (
    Card,
    Size,
    cards_by_id,
    cards_of_shop,
    fresh_cards,
)
from marketplace.storefront.queries.product import Product, product
from marketplace.storefront.queries.shops import (
    Place,
    Shop,
    ShopCategory,
    category_names,
    open_shops,
    places_of,
    root_categories,
    shop_goods,
)

__all__ = [
    "Card",
    "Place",
    "Product",
    "Shop",
    "ShopCategory",
    "Size",
    "cards_by_id",
    "cards_of_shop",
    "category_names",
    "fresh_cards",
    "open_shops",
    "places_of",
    "product",
    "root_categories",
    "shop_goods",
]
