"""The one blueprint of all pages of members."""

from __future__ import annotations

from flask import Blueprint

from marketplace.members.rules import show_number

members = Blueprint("members", __name__)
PATH = "/k/<slug>/kelola/anggota"
members.add_app_template_filter(show_number, "member_number")
