"""Public pages, one module per kind."""

from flask import Blueprint

storefront = Blueprint("storefront", __name__)

from marketplace.storefront.views import (  # noqa: E402
    browse,
    home,
    machines,
    product,
    search,
    shops,
)

__all__ = ["browse", "home", "machines", "product", "search", "shops", "storefront"]
