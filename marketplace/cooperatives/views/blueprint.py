"""The one blueprint of all back office pages of cooperatives."""

from __future__ import annotations

from flask import Blueprint

cooperatives = Blueprint("cooperatives", __name__)
MANAGE = "/k/<slug>/kelola"
