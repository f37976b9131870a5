"""The one blueprint of all pages of accounts."""

from __future__ import annotations

from flask import Blueprint

accounts = Blueprint("accounts", __name__)
