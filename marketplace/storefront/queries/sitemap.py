"""The addresses of public pages, in files of a size that search engines take."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative, Standing
from marketplace.kernel.ids import to_text
from marketplace.listings.models import Category, Listing, ListingState

MOST = 10_000
FEWEST_FILES = 1

Place = tuple[str, str | None]


def parts(session: Session) -> list[str]:
    """Name the files: one for each kind of page, goods in several."""
    count = session.scalar(
        select(func.count()).select_from(Listing).where(Listing.state == ListingState.PUBLISHED)
    )
    files = max(FEWEST_FILES, -(-(count or 0) // MOST))
    return ["halaman", "kategori", "koperasi", *(f"barang-{number + 1}" for number in range(files))]


def places(session: Session, kind: str) -> Iterator[Place] | None:
    """List the addresses of one file with the day of the last change, or say it is no file."""
    match kind.partition("-"):
        case ("halaman", "", ""):
            return iter([("/", None), ("/cari", None), ("/koperasi", None), ("/rintis", None)])
        case ("kategori", "", ""):
            return _categories(session)
        case ("koperasi", "", ""):
            return _shops(session)
        case ("barang", "-", number) if number.isascii() and number.isdigit() and len(number) < 5:
            return _goods(session, int(number))
    return None


def _categories(session: Session) -> Iterator[Place]:
    """List the categories in which, or below which, something is sold."""
    filled = set(
        session.scalars(
            select(Category.path)
            .join(Listing, Listing.category_id == Category.id)
            .where(Listing.state == ListingState.PUBLISHED)
            .distinct()
        )
    )
    above = {"/".join(path.split("/")[:depth]) for path in filled for depth in range(1, 6)}
    return ((f"/kategori/{path}", None) for path in sorted(filled | above))


def _shops(session: Session) -> Iterator[Place]:
    rows = session.execute(
        select(Cooperative.slug, Cooperative.updated_at)
        .where(Cooperative.standing == Standing.OPEN)
        .order_by(Cooperative.id)
    )
    return ((f"/k/{slug}", changed.date().isoformat()) for slug, changed in rows)


def _goods(session: Session, number: int) -> Iterator[Place] | None:
    if number < 1:
        return None
    rows = session.execute(
        select(Listing.id, Listing.slug, Listing.updated_at)
        .join(Cooperative, Cooperative.id == Listing.cooperative_id)
        .where(Listing.state == ListingState.PUBLISHED, Cooperative.standing == Standing.OPEN)
        .order_by(Listing.id)
        .offset((number - 1) * MOST)
        .limit(MOST)
    ).all()
    if not rows and number > FEWEST_FILES:
        return None
    return (
        (f"/b/{to_text(id_)}-{slug}", changed.date().isoformat()) for id_, slug, changed in rows
    )
