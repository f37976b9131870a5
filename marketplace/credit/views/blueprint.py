"""The one blueprint of the pages of credit."""

from __future__ import annotations

from flask import Blueprint

credit = Blueprint("credit", __name__)
PATH = "/k/<slug>/kelola/bon"
PAGE = 50
LATEST = 20
