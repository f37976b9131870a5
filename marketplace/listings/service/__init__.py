"""Changing goods: written, shown, counted, photographed, brought in from a spreadsheet."""

from marketplace.listings.service.buying import NotCounted, buy_stock
from marketplace.listings.service.editing import ChangedMeanwhile, create, save
from marketplace.listings.service.moving import NotFit, archive, publish, restore, set_stock
from marketplace.listings.service.photos import (
    add_photos,
    bring_back_photo,
    move_photo,
    remove_photo,
)

__all__ = [
    "ChangedMeanwhile",
    "NotCounted",
    "NotFit",
    "add_photos",
    "archive",
    "bring_back_photo",
    "buy_stock",
    "create",
    "move_photo",
    "publish",
    "remove_photo",
    "restore",
    "save",
    "set_stock",
]
