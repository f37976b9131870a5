"""Listings as the index sees them, for tests."""

from __future__ import annotations

from datetime import date

from marketplace.search.engine import Document

TODAY = date(2026, 11, 28)
CATEGORIES = {
    "makanan": "Makanan",
    "makanan/keripik": "Keripik",
    "makanan/minuman": "Minuman",
    "busana": "Busana",
    "busana/kerudung": "Kerudung",
}


def make_document(id_: str = "a", title: str = "Keripik tempe", **facts: object) -> Document:
    """A listing of Sanan that costs Rp 15.000 and can be had today."""
    category = str(facts.pop("category", "makanan/keripik"))
    steps = category.split("/")
    paths = ["/".join(steps[: count + 1]) for count in range(len(steps))]
    values: dict[str, object] = {
        "price": 15_000,
        "cooperative": "sanan",
        "cooperative_name": "Sanan Tempe Muda",
        "region": "35.73.01",
        "region_name": "Blimbing, Kota Malang",
        "category_names": tuple(CATEGORIES.get(path, path) for path in paths),
        "ready_on": TODAY,
        **facts,
    }
    return Document(id=id_, title=title, category=category, **values)  # type: ignore[arg-type]


MARKET = (
    make_document("tempe", "Keripik tempe Sanan 250 gr", sold=900, published=1),
    make_document("usus", "Kripik usus ayam pedas", price=9_000, sold=20, published=5),
    make_document("apel", "Sari apel Malang", category="makanan/minuman", price=6_000, published=2),
    make_document(
        "segi",
        "Kerudung segi empat polos",
        category="busana/kerudung",
        price=35_000,
        cooperative="dinoyo",
        cooperative_name="Dinoyo Busana",
        region="35.73.05",
        published=9,
        sold=100,
        ready_on=None,
    ),
    make_document(
        "instan",
        "Hijab instan anak",
        category="busana/kerudung",
        price=120_000,
        cooperative="dinoyo",
        cooperative_name="Dinoyo Busana",
        region="35.73.05",
        published=3,
        ready_on=date(2026, 12, 1),
    ),
    make_document(
        "batik",
        "Kemeja batik tulis lengan panjang",
        category="busana",
        price=300_000,
        cooperative="dinoyo",
        cooperative_name="Dinoyo Busana",
        region="35.07",
        published=4,
        maker="Bu Lilik",
        description="Malam alami dari Tulungagung",
    ),
)
