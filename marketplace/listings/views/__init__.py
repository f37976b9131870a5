"""Pages about goods for those who look after them, and the pictures for everyone."""

from flask import Blueprint

listings = Blueprint("listings", __name__)
PATH = "/k/<slug>/kelola/barang"

from marketplace.listings.views import buying, editor, goods, pictures, sheets  # noqa: E402, F401
