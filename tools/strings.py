"""Join the per-feature English catalogues into one, and say what is missing.

``python -m tools.strings`` writes ``translations/en/LC_MESSAGES/messages.mo``;
with ``--check`` it also fails when a sentence has no English or a catalogue names a
sentence that no longer exists.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
ENGLISH = ROOT / "translations" / "en"
METHODS = [("marketplace/**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
OPTIONS = {"templates/**.html": {"silent": "false"}}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "say": None,
    "lazy": None,
}


def used() -> dict[object, str]:
    """Collect every sentence in code and templates, with the place of its first use."""
    found: dict[object, str] = {}
    for folder in ("marketplace", "templates"):
        rows = extract_from_dir(
            str(ROOT / folder),
            [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in METHODS],
            {pattern.removeprefix("templates/"): opts for pattern, opts in OPTIONS.items()},
            keywords=KEYWORDS,
            directory_filter=lambda _folder: True,  # Babel would skip _layout and _components
        )
        for filename, line, message, _comments, _context in rows:
            found.setdefault(message, f"{folder}/{filename}:{line}")
    return found


def joined() -> tuple[Catalog, list[str]]:
    """Read all catalogues of a language into one; also list contradictions."""
    whole = Catalog(locale="en", fuzzy=False)
    problems: list[str] = []
    for path in sorted(ENGLISH.glob("*.po")):
        with path.open("rb") as file:
            part = read_po(file, locale="en")
        for message in part:
            if not message.id:
                continue
            known = whole.get(message.id)
            if known is not None and known.string != message.string:
                problems.append(f"{path.name}: two translations of {message.id!r}")
            if not message.string or message.fuzzy:
                problems.append(f"{path.name}: no English for {message.id!r}")
            whole.add(message.id, message.string, flags=message.flags - {"fuzzy"})
    return whole, problems


def write(whole: Catalog) -> None:
    """Write the compiled catalogue that Babel reads."""
    target = ENGLISH / "LC_MESSAGES" / "messages.mo"
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        write_mo(file, whole)


def missing(whole: Catalog, sentences: dict[object, str]) -> list[str]:
    """List what is said in Indonesian only, and what is translated but never said."""
    known = {message.id for message in whole if message.id}
    untranslated = [f"{sentences[m]}: {m!r}" for m in sentences if m not in known]
    singulars = {m[0] if isinstance(m, tuple) else m for m in sentences}
    unused = [
        f"never used: {m!r}"
        for m in known
        if (m[0] if isinstance(m, tuple) else m) not in singulars
    ]
    return sorted(untranslated) + sorted(unused)


def main() -> int:
    """Compile; with --check, also judge."""
    whole, problems = joined()
    write(whole)
    if "--check" in sys.argv:
        problems += missing(whole, used())
        sys.stdout.writelines(f"{problem}\n" for problem in problems)
    return 1 if problems and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
