"""Which pages are asked for: random ones of a full market, or the same ones of two markets."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.client import SEED
from benchmarks.market import first_categories
from marketplace.cooperatives.models import Cooperative
from marketplace.listings.components import listing_path
from marketplace.listings.models import Category, Listing
from marketplace.search.rules import Query, Sort, words
from marketplace.storefront.rules import PER_PAGE
from marketplace.storefront.rules.asking import address

MOST = 500
FEW = 100
Addresses = dict[str, list[str]]


def random_addresses(session: Session) -> Addresses:
    """Choose up to 500 addresses of each kind; searches are two words of a title."""
    rng = random.Random(SEED)
    goods = list(session.execute(select(Listing.id, Listing.slug, Listing.title)))
    chosen = rng.sample(goods, min(MOST, len(goods)))
    texts = [
        " ".join(rng.sample(title.split(), min(2, len(title.split())))) for *_, title in chosen
    ]
    paths = sorted(first_categories(session))
    slugs = list(session.scalars(select(Cooperative.slug)))
    categories = [f"/kategori/{path}{page}" for path in paths for page in ("", "?urut=termurah")]
    shops = [
        f"/k/{slug}{more}" for slug in slugs for more in ("", "?hal=1", "?q=a", "?urut=terbaru")
    ]
    return {
        "home": ["/"],
        "category": rng.sample(categories, min(MOST, len(categories))),
        "shop": rng.sample(shops, min(MOST, len(shops))),
        "product": [listing_path(id_, slug) for id_, slug, _ in chosen],
        "search": [address(Query(text=text)) for text in texts],
    }


def common_addresses(small: Session) -> Addresses:
    """Choose pages that a larger market has too and that are full in both.

    Otherwise a small market would seem cheap only because its pages show little.
    """
    rng = random.Random(SEED)
    found = {
        "home": ["/"],
        "category": [f"/kategori/{path}" for path in _filled_categories(small)],
        "shop": [f"/k/{slug}" for slug in sorted(small.scalars(select(Cooperative.slug)))],
        "search": [
            address(Query(text=word, sort=sort)) for word in _filled_words(small) for sort in Sort
        ],
    }
    return {kind: rng.sample(paths, min(FEW, len(paths))) for kind, paths in found.items()}


def some_products(session: Session, refs: Sequence[str]) -> list[str]:
    """Find the pages of the same things in any market."""
    found = session.execute(
        select(Listing.source_ref, Listing.id, Listing.slug).where(Listing.source_ref.in_(refs))
    )
    known = {ref: listing_path(id_, slug) for ref, id_, slug in found}
    return [known[ref] for ref in refs]


def some_refs(small: Session) -> list[str]:
    """Choose things by what the market calls them, whatever their id will be."""
    refs = sorted(ref for ref in small.scalars(select(Listing.source_ref)) if ref)
    return random.Random(SEED).sample(refs, FEW)


def _filled_categories(session: Session) -> list[str]:
    counts: Counter[str] = Counter()
    for path in session.scalars(select(Category.path).join(Listing)):
        steps = path.split("/")
        counts.update("/".join(steps[:depth]) for depth in range(1, len(steps) + 1))
    return sorted(path for path, count in counts.items() if count >= PER_PAGE)


def _filled_words(session: Session) -> list[str]:
    counts: Counter[str] = Counter()
    for title in session.scalars(select(Listing.title)):
        counts.update(set(words(title)))
    return sorted(w for w, count in counts.items() if count >= PER_PAGE and w.isalpha())
