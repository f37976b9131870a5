"""Reading the category tree. It is the same for all cooperatives and small enough to hold."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.listings.models import Category, Listing
from marketplace.listings.rules import Place

ARROW = " › "


def places(session: Session, *, english: bool = False) -> list[Place]:
    """List all categories in the order of the tree, each with the way to it."""
    rows = session.execute(
        select(Category.id, Category.path, Category.name, Category.name_en).order_by(
            Category.position, Category.path
        )
    ).all()
    names = {row.path: (row.name_en if english else None) or row.name for row in rows}
    parents = {row.path.rpartition("/")[0] for row in rows}
    return [
        Place(row.id, row.path, names[row.path], _trail(row.path, names), row.path not in parents)
        for row in rows
    ]


def _trail(path: str, names: dict[str, str]) -> str:
    parts = path.split("/")[:-1]
    above = ["/".join(parts[: depth + 1]) for depth in range(len(parts))]
    return ARROW.join(names[one] for one in above if one in names)


def place(session: Session, category_id: int) -> Category | None:
    """Fetch one category."""
    return session.get(Category, category_id)


def used_places(session: Session, cooperative_id: int, *, most: int = 4) -> list[int]:
    """List the categories a cooperative uses most."""
    return list(
        session.scalars(
            select(Listing.category_id)
            .where(Listing.cooperative_id == cooperative_id)
            .group_by(Listing.category_id)
            .order_by(func.count().desc(), Listing.category_id)
            .limit(most)
        )
    )
