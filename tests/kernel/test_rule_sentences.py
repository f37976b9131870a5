"""Every sentence of the pure rules has its English."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
RULES = [
    *(ROOT / f"marketplace/kernel/{name}.py" for name in ("allocation", "numbers", "phones")),
    *(ROOT / "marketplace/payments/qris").glob("*.py"),
    *(ROOT / "marketplace").glob("*/rules.py"),
    *(ROOT / "marketplace/supply/rules").glob("*.py"),
]


def sentences(path: Path) -> Iterator[str]:
    """Find what is given to say(…)."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say":
            yield ast.literal_eval(node.args[0])


def english() -> dict[str, str]:
    """Gather the English of every feature, as the pages do."""
    found = {}
    for path in (ROOT / "translations/en").glob("*.po"):
        with path.open("rb") as file:
            found |= {str(message.id): str(message.string) for message in read_po(file)}
    return found


@pytest.mark.parametrize("path", RULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_sentence_of_the_rules_has_its_english(path: Path) -> None:
    translated = english()

    assert [text for text in sentences(path) if not translated.get(text)] == []
