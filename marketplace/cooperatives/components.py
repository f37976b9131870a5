"""How templates show a cooperative."""

from __future__ import annotations

from typing import Protocol

from flask import Flask
from markupsafe import Markup

from marketplace.cooperatives.rules import ROLE_NAMES, show_spans
from marketplace.kernel.access import Role
from marketplace.web import art
from marketplace.web.i18n import translate


class HasCloth(Protocol):
    """What is needed to draw a cooperative's cloth: itself, or what a list knows of it."""

    @property
    def id(self) -> int:
        """Number the cooperative."""

    @property
    def motif(self) -> str | None:
        """Name the cloth it chose."""


def cooperative_motif(cooperative: HasCloth, place: str = "") -> Markup:
    """Draw a cooperative's cloth: the one it chose ("geometry.dye"), else the one of its id."""
    pick, _, dye = (cooperative.motif or "").partition(".")
    return art.motif(
        f"koperasi-{cooperative.id}",
        pick=int(pick) if pick.isdigit() else None,
        dye=int(dye) if dye.isdigit() else None,
        scale=0.7,
        place=place,
    )


def role_name(role: Role) -> str:
    """Name a post in the reader's language."""
    return translate(ROLE_NAMES[role])


def register(app: Flask) -> None:
    """Hand these to templates."""
    app.jinja_env.filters["role_name"] = role_name
    app.jinja_env.filters["spans"] = show_spans
    app.jinja_env.globals["cooperative_motif"] = cooperative_motif
