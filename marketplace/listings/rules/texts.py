"""What people write about goods: cleaned, cut to a slug, and turned into safe HTML."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import nh3
from markdown_it import MarkdownIt
from slugify import slugify

SLUG_LENGTH = 60
# Marks that turn the reading order round: "gpj.exe" could be made to look like a picture.
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_VISIBLE = frozenset("LNSPM")  # letters, numbers, signs; not blanks and not controls
_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "h3", "h4", "blockquote", "a", "hr"}
_HEADINGS = re.compile(r"<(/?)h([1-6])>")
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(
    ["image", "html_block", "html_inline", "code", "fence", "backticks", "entity"]
)


def clean_line(text: str) -> str:
    """Put a line into one form: composed letters, single spaces, nothing that is not seen."""
    return " ".join(_tidy(text).split())


def clean_text(text: str) -> str:
    """Put a longer text into one form; its line breaks stay."""
    lines = _tidy(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def _tidy(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return _CONTROL.sub(" ", _TURNING.sub("", unicodedata.normalize("NFC", text)))


def is_visible(text: str) -> bool:
    """Say whether there is anything to see in a text."""
    return any(unicodedata.category(letter)[0] in _VISIBLE for letter in text)


def slug_of(title: str) -> str:
    """Make the readable end of an address; the id before it does the finding.

    >>> slug_of("Keripik Tempe, 250 g!")
    'keripik-tempe-250-g'
    """
    return slugify(title, max_length=SLUG_LENGTH, word_boundary=True) or "barang"


def html_of(markdown: str) -> str:
    """Turn Markdown into HTML that can do no harm: no pictures, no code, no foreign tags.

    Headings start below those of the page; links lead out without a recommendation.
    """
    if not markdown:
        return ""
    made: str = _MARKDOWN.render(markdown)
    return nh3.clean(
        _HEADINGS.sub(_lower_heading, made),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="nofollow noopener ugc",
        strip_comments=True,
    )


def _lower_heading(found: Any) -> str:
    return f"<{found[1]}{'h3' if found[2] in '12' else 'h4'}>"
