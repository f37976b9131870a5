"""The one blueprint of the balances' pages."""

from __future__ import annotations

from flask import Blueprint

balances = Blueprint("balances", __name__)
PATH = "/k/<slug>/kelola/titipan"
PAGE = 50
