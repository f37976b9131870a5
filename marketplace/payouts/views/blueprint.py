"""The one blueprint of the pay-outs' pages."""

from __future__ import annotations

from flask import Blueprint

payouts = Blueprint("payouts", __name__)
PATH = "/k/<slug>/kelola/setoran"
