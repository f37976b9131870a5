"""PDF from a template of ``templates/documents`` and plain values.

Values go in as JSON beside the template, so that no name can be read as markup; only the
typesetter's own fonts are used, so that a document looks the same everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import typst

DOCUMENTS = Path(__file__).parents[2] / "templates" / "documents"


def pdf(template: str, said: Mapping[str, object]) -> bytes:
    """Typeset one document."""
    made: bytes = typst.compile(
        DOCUMENTS / f"{template}.typ",
        root=DOCUMENTS,
        sys_inputs={"said": json.dumps(said, ensure_ascii=False)},
        ignore_system_fonts=True,
        format="pdf",
    )
    return made
