"""Category drawings: what stands in for a photo that is not there yet.

The shapes are data (drawings.json, a stage of 200 x 200 each); they carry no ids, so one
drawing may stand many times on a page.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TypedDict

from markupsafe import Markup

from marketplace.web.art.motif import motif


class Drawing(TypedDict):
    """The colour behind a drawing, and its shapes."""

    ground: str
    shapes: str


DEFAULT = "jajan"
DRAWINGS: dict[str, Drawing] = json.loads(
    Path(__file__).with_name("drawings.json").read_text(encoding="utf-8")
)

# The longest matching beginning of a category path wins.
KEY_OF_CATEGORY = {
    "makanan-minuman": "jajan",
    "makanan-minuman/makanan-ringan": "keripik",
    "makanan-minuman/makanan-ringan/biskuit-wafer": "kue",
    "makanan-minuman/makanan-ringan/permen-cokelat": "kue",
    "makanan-minuman/makanan-kering": "keripik",
    "makanan-minuman/makanan-jadi": "bakso",
    "makanan-minuman/makanan-beku": "bakso",
    "makanan-minuman/makanan-beku/cilok": "cilok",
    "makanan-minuman/kue": "kue",
    "makanan-minuman/bahan-kue": "kue",
    "makanan-minuman/minuman": "minuman",
    "makanan-minuman/minuman/kopi": "kopi",
    "makanan-minuman/bumbu-bahan-masakan": "bumbu",
    "makanan-minuman/bumbu-bahan-masakan/aneka-sambal": "sambal",
    "makanan-minuman/bumbu-bahan-masakan/saus-sambal": "sambal",
    "makanan-minuman/bumbu-bahan-masakan/minyak": "minyak",
    "makanan-minuman/bahan-pokok": "tempe",
    "makanan-minuman/bahan-pokok/minyak": "minyak",
    "makanan-minuman/buah": "apel",
    "makanan-minuman/buah-sayur": "apel",
    "makanan-minuman/sayur": "apel",
    "makanan-minuman/sayur/tahu-tempe": "tempe",
    "makanan-minuman/tahu-tempe": "tempe",
    "fashion-pria": "pakaian",
    "fashion-pria/atasan-pria/kaos": "sablon",
    "fashion-pria/sepatu": "sepatu",
    "fashion-pria/tas": "tas",
    "fashion-pria/perhiasan": "perhiasan",
    "fashion-pria/jam-tangan": "perhiasan",
    "fashion-pria/aksesoris": "tas",
    "fashion-pria/batik": "batik",
    "fashion-pria/pakaian-adat": "batik",
    "fashion-wanita": "pakaian",
    "fashion-wanita/atasan-wanita/kaos": "sablon",
    "fashion-wanita/sepatu": "sepatu",
    "fashion-wanita/tas": "tas",
    "fashion-wanita/perhiasan": "perhiasan",
    "fashion-wanita/jam-tangan": "perhiasan",
    "fashion-wanita/aksesoris": "perhiasan",
    "fashion-wanita/batik": "batik",
    "fashion-wanita/kebaya": "batik",
    "fashion-wanita/pakaian-adat": "batik",
    "fashion-anak-bayi": "pakaian",
    "fashion-anak-bayi/sepatu": "sepatu",
    "fashion-anak-bayi/tas": "tas",
    "fashion-anak-bayi/aksesoris": "perhiasan",
    "fashion-anak-bayi/perhiasan": "perhiasan",
    "fashion-anak-bayi/pakaian-adat": "batik",
    "fashion-muslim": "pakaian",
    "fashion-muslim/jilbab": "hijab",
    "fashion-muslim/dress-muslim-wanita": "hijab",
    "fashion-muslim/atasan-muslim-wanita": "hijab",
    "fashion-muslim/perlengkapan-ibadah": "batik",
    "rumah-tangga": "rumah",
    "dapur": "rumah",
    "pertukangan": "rumah",
    "elektronik": "rumah",
    "perawatan-tubuh": "rawat",
    "kecantikan": "rawat",
    "kecantikan/aksesoris-rambut": "perhiasan",
    "kesehatan": "rawat",
    "ibu-bayi": "rawat",
    "perawatan-hewan": "rawat",
    "office-stationery": "buku",
    "office-stationery/kerajinan-tangan": "perhiasan",
    "office-stationery/peralatan-jahit": "batik",
    "buku": "buku",
    "film-musik": "buku",
    "olahraga": "sepatu",
    "olahraga/pakaian-olahraga": "pakaian",
    "komputer-laptop": "buku",
    "komputer-laptop/aksesoris-komputer-laptop/tas": "tas",
    "mainan-hobi": "topeng",
    "kriya": "topeng",
    "kerajinan": "topeng",
    "perlengkapan-pesta": "kue",
    "perlengkapan-pesta/bunga": "rumah",
    "logam-mulia": "perhiasan",
    "jasa": "sablon",
}
_LONGEST_FIRST = sorted(KEY_OF_CATEGORY, key=len, reverse=True)


@lru_cache(maxsize=4096)
def category_key(path: str) -> str:
    """Name the drawing that suits a category path best."""
    wanted = path.strip("/").lower()
    if wanted in DRAWINGS:
        return wanted
    return next(
        (KEY_OF_CATEGORY[start] for start in _LONGEST_FIRST if wanted.startswith(start)), DEFAULT
    )


def drawing_svg(key: str, size: int = 200) -> str:
    """Give a drawing as an SVG file that stands alone, for pictures made outside a page."""
    chosen = DRAWINGS[key]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}"'
        f' viewBox="0 0 200 200"><rect width="200" height="200" fill="{chosen["ground"]}"/>'
        f"{chosen['shapes']}</svg>"
    )


def drawing(key: str) -> Markup:
    """Draw a category on its plain ground."""
    chosen = DRAWINGS[key]
    return Markup(  # noqa: S704 - our own drawing
        '<svg class="art" viewBox="0 0 200 200" aria-hidden="true">'
        f'<rect width="200" height="200" fill="{chosen["ground"]}"/>{chosen["shapes"]}</svg>'
    )


def drawing_on_motif(
    key: str,
    seed: str,
    pick: int | None = None,
    dye: int | None = None,
    scale: float | None = None,
    place: str = "",
) -> Markup:
    """Draw a category on a disc over a cooperative's cloth: a product without a photo."""
    chosen = DRAWINGS[key]
    return Markup(  # noqa: S704 - our own drawing
        f'<span class="ph">{motif(seed, pick, dye, scale, place)}'
        '<svg class="art" viewBox="0 0 200 200" aria-hidden="true">'
        f'<circle cx="100" cy="100" r="84" fill="{chosen["ground"]}"/>'
        f'<g transform="translate(30 30) scale(.7)">{chosen["shapes"]}</g></svg></span>'
    )
