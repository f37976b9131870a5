"""PDFs are known by what is in them; what is cut off, locked or runs something is not kept."""

from __future__ import annotations

import hashlib
import time
import zipfile
from io import BytesIO

import pytest

from marketplace.files.documents import PDF, Document, read_document, read_proof
from marketplace.files.pictures import MOST_BYTES, BadPicture, Whole
from tests.files.makers import make_pdf, make_photo

BROKEN = "PDF ini rusak atau terpotong. Unduh ulang, lalu kirim lagi."
LOCKED = "PDF ini dikunci. Buka kuncinya atau kirim fotonya."
ACTIVE = "PDF ini berisi program atau lampiran. Kirim fotonya saja."
OTHER = "Kirim foto JPEG, PNG, WebP, atau berkas PDF."
TOO_LARGE = "PDF paling besar 8 MB. Kecilkan dulu, lalu kirim lagi."


def zipped() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("nota.pdf", make_pdf())
    return out.getvalue()


def test_a_pdf_is_kept_as_it_is():
    data = make_pdf()

    found = read_proof(data)

    assert found == Document(hashlib.sha256(data).hexdigest(), data)
    assert (found.media_type, found.width, found.height) == (PDF, None, None)


def test_a_pdf_with_harmless_objects_of_its_own_is_kept():
    data = make_pdf(objects=b"9 0 obj\n<</Type/Catalog/OpenAction[3 0 R/Fit]/JSON 1>>\nendobj\n")

    assert read_document(data).data == data


def test_a_photo_is_still_drawn_anew():
    found = read_proof(make_photo())

    assert isinstance(found, Whole)
    assert found.media_type == "image/webp"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (zipped(), OTHER),
        (b"MZ\x90\x00" + b"\x00" * 200, OTHER),
        (b"<html><script>alert(1)</script>", OTHER),
        (b"", OTHER),
        (b"%PDF", BROKEN),
        (b"%PDF-1.7\n%%EOF", BROKEN),
        (b"%PDF-9.9" + make_pdf()[8:], BROKEN),
        (make_pdf()[:-40], BROKEN),
        (make_pdf()[: len(make_pdf()) // 2], BROKEN),
        (make_pdf(after=zipped()), BROKEN),
        (b"%PDF-1.7\n" + zipped(), BROKEN),
        (b"%PDF-1.7\nstartxref\n99999999\n%%EOF\n", BROKEN),
        (make_pdf(objects=b"9 0 obj\n<</Encrypt 5 0 R>>\nendobj\n"), LOCKED),
        (make_pdf(objects=b"9 0 obj\n<</S/JavaScript/JS(app.alert(1))>>\nendobj\n"), ACTIVE),
        (make_pdf(objects=b"9 0 obj\n<</S/#4aavaScript/#4A#53(1)>>\nendobj\n"), ACTIVE),
        (make_pdf(objects=b"9 0 obj\n<</S/Launch/F(cmd.exe)>>\nendobj\n"), ACTIVE),
        (make_pdf(objects=b"9 0 obj\n<</EmbeddedFiles 4 0 R>>\nendobj\n"), ACTIVE),
        (make_pdf(objects=b"9 0 obj\n<</XFA 4 0 R>>\nendobj\n"), ACTIVE),
        (make_pdf() + b"\n" * MOST_BYTES, TOO_LARGE),
    ],
)
def test_what_is_no_harmless_pdf_is_refused_with_a_sentence(data, sentence):
    with pytest.raises(BadPicture) as refused:
        read_proof(data)

    assert str(refused.value.message) == sentence


def test_letters_in_the_data_of_a_stream_mean_nothing():
    picture = b"9 0 obj\n<</Length 30>>\nstream\n\x00/JS /Encrypt /Launch\x00\nendstream\nendobj\n"

    assert read_document(make_pdf(objects=picture))


def test_a_pdf_made_to_be_slow_is_looked_at_quickly():
    data = make_pdf(objects=b"stream\n" * 1_000_000)
    started = time.monotonic()

    read_document(data)

    assert time.monotonic() - started < 2
