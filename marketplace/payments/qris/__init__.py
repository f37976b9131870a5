"""QRIS: read a merchant's code strictly, and write the code for one order's amount.

lokal-id reads QRIS too, but forgives what a shop may not: duplicate tags, an amount with
letters, a tip that contradicts itself. Money goes where this text says, so we are strict.
"""

from marketplace.payments.qris.errors import QrisError
from marketplace.payments.qris.reading import Qris, parse
from marketplace.payments.qris.tlv import Tag, crc
from marketplace.payments.qris.writing import build, dynamic_warnings, normalise, to_dynamic

__all__ = [
    "Qris",
    "QrisError",
    "Tag",
    "build",
    "crc",
    "dynamic_warnings",
    "normalise",
    "parse",
    "to_dynamic",
]
