"""A world to try everything in: six cooperatives of Malang, their people and goods.

``city`` adds 142 more and a year of their trade. All names, prices and people are invented.
Loading is deterministic and goes through the same services as the pages, so the audit is
clean over it.
"""

from marketplace.demo import city
from marketplace.demo.accounts import ACCOUNTS, PASSWORD, DemoAccount, listed
from marketplace.demo.load import NotEmpty, is_empty, is_loaded, load

__all__ = [
    "ACCOUNTS",
    "PASSWORD",
    "DemoAccount",
    "NotEmpty",
    "city",
    "is_empty",
    "is_loaded",
    "listed",
    "load",
]
