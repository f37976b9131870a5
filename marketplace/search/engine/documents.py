"""What the index knows about one listing, and the shape in which it is kept."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import tantivy

from marketplace.search.rules import clamp, clean, stem, words

SHAPE = "v1"
"""Raise this with every change of the fields: an index of another shape is built anew."""

CATEGORY_DEPTH = 5
REGION_DEPTH = 4
NEVER = 9_999_999
_LONGEST_TITLE = 40
_BREVITY = 0.06
_SOLD = 0.0008
_SAYS_SOMETHING = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One listing as the search sees it.

    ``category`` is a path of slugs and ``category_names`` the names along it;
    ``ready_on`` is the first day on which it can be had, None if nobody can say.
    """

    id: str
    title: str
    price: int
    description: str = ""
    cooperative: str = ""
    cooperative_name: str = ""
    maker: str = ""
    category: str = ""
    category_names: tuple[str, ...] = ()
    region: str = ""
    region_name: str = ""
    unit: str = ""
    sold: int = 0
    published: int = 0
    ready_on: date | None = None


def build_schema() -> tantivy.Schema:
    """Name the fields: words to match, exact values to filter, columns to sort and count."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title", stored=True, tokenizer_name="whitespace")
    for name in ("stem", "names", "description"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    for name in ("category", "region", "cooperative"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in (*_levels("category", CATEGORY_DEPTH), *_levels("region", REGION_DEPTH), "shop"):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in ("price", "sold", "published", "ready_on"):
        builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_float_field("brevity", fast=True)
    return builder.build()


def _levels(name: str, depth: int) -> list[str]:
    return [f"{name}_{level}" for level in range(depth)]


def prefixes(path: str, separator: str) -> list[str]:
    """List a path and everything above it, the widest first.

    >>> prefixes("makanan/keripik", "/")
    ['makanan', 'makanan/keripik']
    """
    parts = path.split(separator) if path else []
    return [separator.join(parts[: count + 1]) for count in range(len(parts))]


def to_entry(document: Document) -> tantivy.Document:
    """Turn a listing into what the index keeps."""
    title = words(document.title)
    entry = tantivy.Document()
    entry.add_text("id", clean(document.id))
    entry.add_text("title", " ".join(title))
    entry.add_text("stem", " ".join(dict.fromkeys(map(stem, title))))
    entry.add_text("names", " ".join(dict.fromkeys(_named_words(document))))
    entry.add_text("description", " ".join(dict.fromkeys(words(document.description))))
    _add_paths(entry, document)
    entry.add_integer("price", clamp(document.price))
    entry.add_integer("sold", clamp(document.sold))
    entry.add_integer("published", clamp(document.published))
    entry.add_integer("ready_on", document.ready_on.toordinal() if document.ready_on else NEVER)
    entry.add_float("brevity", _brevity(title, document.sold))
    return entry


def _named_words(document: Document) -> list[str]:
    named = (
        document.cooperative_name,
        document.maker,
        *document.category_names,
        document.region_name,
        document.unit,
    )
    return [word for name in named for word in words(name)]


def _add_paths(entry: tantivy.Document, document: Document) -> None:
    """Keep each step of the paths twice: to filter by, and with its name to count by."""
    for level, path in enumerate(prefixes(clean(document.category), "/")[:CATEGORY_DEPTH]):
        name = document.category_names[level] if level < len(document.category_names) else path
        entry.add_text("category", path)
        entry.add_text(f"category_{level}", f"{path}\t{clean(name)}")
    for level, code in enumerate(prefixes(clean(document.region), ".")[:REGION_DEPTH]):
        entry.add_text("region", code)
        entry.add_text(f"region_{level}", code)
    if document.cooperative:
        entry.add_text("cooperative", clean(document.cooperative))
        name = clean(document.cooperative_name) or document.cooperative
        entry.add_text("shop", f"{clean(document.cooperative)}\t{name}")


def _brevity(title: list[str], sold: int) -> float:
    """Favour the title that says less besides: three words of three say all there is.

    Numbers and single letters do not count; what was sold more decides between equals.
    """
    said = len({word for word in title if len(word) >= _SAYS_SOMETHING and word.isalpha()})
    longer = min(said, _LONGEST_TITLE) / _LONGEST_TITLE
    popular = min(math.log10(max(sold, 0) + 1) / 6, 1)
    return 1 - _BREVITY * longer + _SOLD * popular
