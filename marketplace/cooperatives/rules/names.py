"""The address of a cooperative and the word that starts its pickup codes."""

from __future__ import annotations

import re

from slugify import slugify

from marketplace.kernel.errors import Invalid
from marketplace.kernel.text import say

LONGEST_SLUG = 60
LONGEST_WORD = 8
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_WORD = re.compile(r"[A-Z][A-Z0-9]{1,9}")
# Words that many cooperatives share, so that they tell none apart.
_SHARED = frozenset(
    {"koperasi", "kop", "kopsu", "konsumen", "produsen", "jasa", "pemasaran", "simpan"}
    | {"pinjam", "serba", "usaha", "primer", "kelurahan", "desa", "merah", "putih"}
    | {"dan", "di", "kota", "malang"}
)


def slug_of(name: str) -> str:
    """Make an address from a name.

    >>> slug_of("Sanan Tempe Muda")
    'sanan-tempe-muda'
    """
    return slugify(name, max_length=LONGEST_SLUG, word_boundary=True) or "koperasi"


def check_slug(slug: str) -> str:
    """Return an address that a cooperative may have."""
    if not 3 <= len(slug) <= LONGEST_SLUG or not _SLUG.fullmatch(slug):
        raise Invalid(
            say("Alamat hanya huruf kecil, angka, dan tanda hubung, misalnya sanan-tempe-muda."),
            fields={"slug": say("Tulis seperti sanan-tempe-muda, paling sedikit 3 huruf.")},
        )
    return slug


def word_of(name: str) -> str:
    """Choose the word for pickup codes: the first that other cooperatives do not share.

    >>> word_of("Koperasi Sanan Tempe Muda")
    'SANAN'
    """
    words = [part for part in slugify(name).split("-") if part.isalpha() and len(part) > 1]
    telling = [part for part in words if part not in _SHARED]
    return (telling or words or ["kop"])[0][:LONGEST_WORD].upper()


def check_word(word: str) -> str:
    """Return a word that can be read out loud across a table."""
    if not _WORD.fullmatch(word):
        raise Invalid(
            say("Kata kode hanya huruf besar dan angka, 2 sampai 10, misalnya SANAN."),
            fields={"word": say("Tulis seperti SANAN.")},
        )
    return word
