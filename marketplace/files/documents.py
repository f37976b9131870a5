"""PDFs as banks and suppliers send them: looked at from outside, kept as they are.

A document is only ever handed out to be saved, never shown by us. It is looked at all the same:
what is no PDF, is cut off, locked, or would run something in its reader is not kept.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

from marketplace.files.pictures import MOST_BYTES, BadPicture, Whole, has_magic, read_whole
from marketplace.kernel.text import say

PDF = "application/pdf"
_HEAD = re.compile(rb"%PDF-[12]\.\d[\r\n ]")
_TAIL = re.compile(rb"startxref[\r\n ]+(\d{1,10})[\r\n ]+%%EOF[\r\n ]*\Z")
_TAIL_BYTES = 1024
_CROSS_REFERENCE = re.compile(rb"[\r\n ]*(?:xref\b|\d+ \d+ obj\b)")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_LOCKED = re.compile(rb"/Encrypt(?![A-Za-z0-9])")
_ACTIVE = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE)"
    rb"(?![A-Za-z0-9])"
)


@dataclass(frozen=True, slots=True)
class Document:
    """A PDF as it was sent; ``sha256`` is that of its bytes."""

    sha256: str
    data: bytes
    media_type: str = field(default=PDF, init=False)
    width: None = field(default=None, init=False)
    height: None = field(default=None, init=False)


def read_proof(data: bytes) -> Whole | Document:
    """Read what proves something: a photo is drawn anew, a PDF looked at. Raises BadPicture."""
    if data.startswith(b"%PDF"):
        return read_document(data)
    if not has_magic(data):
        raise BadPicture(say("Kirim foto JPEG, PNG, WebP, atau berkas PDF."))
    return read_whole(data)


def read_document(data: bytes) -> Document:
    """Look at a PDF, by what is in it and never by its name. Raises BadPicture."""
    if len(data) > MOST_BYTES:
        raise BadPicture(say("PDF paling besar 8 MB. Kecilkan dulu, lalu kirim lagi."))
    tail = _TAIL.search(data, max(0, len(data) - _TAIL_BYTES))
    if not _HEAD.match(data) or tail is None or not _CROSS_REFERENCE.match(data, int(tail[1])):
        raise BadPicture(say("PDF ini rusak atau terpotong. Unduh ulang, lalu kirim lagi."))
    objects = _ESCAPED.sub(_letter, _without_data(data))
    if _LOCKED.search(objects):
        raise BadPicture(say("PDF ini dikunci. Buka kuncinya atau kirim fotonya."))
    if _ACTIVE.search(objects):
        raise BadPicture(say("PDF ini berisi program atau lampiran. Kirim fotonya saja."))
    return Document(hashlib.sha256(data).hexdigest(), data)


def _without_data(data: bytes) -> bytes:
    """Leave out what lies in streams: letters in there mean nothing."""
    kept, place = [], 0
    while (starts := data.find(b"stream", place)) >= 0:
        ends = data.find(b"endstream", starts)
        if ends < 0:
            break
        kept.append(data[place:starts])
        place = ends + len(b"endstream")
    return b"".join([*kept, data[place:]])


def _letter(escaped: re.Match[bytes]) -> bytes:
    """Read a letter of a name that is written as its number, behind which words may hide."""
    return bytes([int(escaped[1], 16)])
