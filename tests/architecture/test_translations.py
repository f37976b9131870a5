"""No sentence is left in Indonesian only, and no text escapes translation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import Environment

from tools import strings

ROOT = Path(__file__).parents[2]
# The component page is for those who build pages: its sample texts stay as they are.
TEMPLATES = sorted(
    path for path in (ROOT / "templates").rglob("*.html") if path.parent.name != "components"
)
TEXT_ATTRIBUTES = re.compile(r'(?:aria-label|placeholder|title|alt)="([^"{]*[A-Za-z]{2}[^"{]*)"')
WORD = re.compile(r"[^\W\d_]{2,}")
TRANSLATED = re.compile(r"\{%-?\s*trans\b.*?\{%-?\s*endtrans\s*-?%\}", re.DOTALL)
# Blocks that hold class names, not words.
CLASSES = re.compile(r"\{%-?\s*block (body|spacer)\b.*?\{%-?\s*endblock( \w+)?\s*-?%\}", re.DOTALL)
# Names that are the same in every language.
SAME_EVERYWHERE = frozenset(
    [
        "Guyub",
        "WhatsApp",
        "QRIS",
        "PIRT",
        "KB",
        "Rp",
        "SVG",
        "HTML",
        "English",
        "Bahasa",
        "Indonesia",
    ]
)


def naked_words(source: str) -> list[str]:
    """Find words that stand in a template outside of any translation."""
    source = CLASSES.sub("", TRANSLATED.sub("", source))
    data = [
        value
        for _line, kind, value in Environment(extensions=["jinja2.ext.i18n"]).lex(source)
        if kind == "data"
    ]
    html = "\x01".join(data)
    attributes = " ".join(TEXT_ATTRIBUTES.findall(html))
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", " ", text)
    text = re.sub(r"&[a-z]+;", " ", text)
    words = WORD.findall(re.sub(r"[^>]*>|<[^<]*$", " ", text) + " " + attributes)
    return [word for word in words if word not in SAME_EVERYWHERE]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_says_nothing_that_is_not_translated(path: Path) -> None:
    assert naked_words(path.read_text()) == []


def test_the_check_itself_finds_a_naked_word() -> None:
    assert naked_words("<p>Halo {{ name }}</p>") == ["Halo"]
    assert naked_words("<p>{{ _('Halo') }} <b>{% trans %}Apa kabar{% endtrans %}</b></p>") == []
    assert naked_words('<a aria-label="Tutup jendela">{{ x }}</a>') == ["Tutup", "jendela"]


@pytest.mark.slow
def test_every_sentence_has_its_english() -> None:
    whole, problems = strings.joined()

    assert problems + strings.missing(whole, strings.used()) == []
