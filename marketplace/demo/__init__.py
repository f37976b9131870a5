"""A small world to try everything in: six cooperatives of Malang, their people and goods.

All names, prices and people are invented. Loading is deterministic and goes through the
same services as the pages, so the audit is clean over it.
"""

from marketplace.demo.accounts import ACCOUNTS, PASSWORD, DemoAccount, listed
from marketplace.demo.load import is_empty, load

__all__ = ["ACCOUNTS", "PASSWORD", "DemoAccount", "is_empty", "listed", "load"]
