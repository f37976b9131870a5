"""Public pages, one module per kind."""

from flask import Blueprint

storefront = Blueprint("storefront", __name__)

from marketplace.storefront import components  # noqa: E402, F401
from marketplace.storefront.views import (  # noqa: E402, F401
    founding,
    home,
    images,
    machines,
    product,
    search,
    shops,
)
