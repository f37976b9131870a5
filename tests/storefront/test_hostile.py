from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import quote

import pytest

from marketplace.kernel.ids import to_text

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "hostile.json"
WANTED = ("xss", "sqli", "unicode", "path", "template", "proto")
PLACES = ("path", "query")


def inputs() -> list[bytes]:
    found = []
    for record in json.loads(VECTORS.read_text(encoding="utf-8"))["inputs"]:
        if not any(record["cat"].startswith(kind) for kind in WANTED):
            continue
        if isinstance(record.get("value"), str):
            found.append(record["value"].encode("utf-8", "surrogatepass"))
        elif "value_b64" in record:
            found.append(base64.b64decode(record["value_b64"]))
    return found


def test_there_are_hostile_inputs_to_try():
    assert len(inputs()) > 30


@pytest.mark.slow
@pytest.mark.parametrize(
    "address",
    [
        "/cari?q={}",
        "/cari?kategori={0}&wilayah={0}&koperasi={0}&harga={0}&dari={0}&urut={0}&hal={0}",
        "/cari/saran?q={}",
        "/kategori/{}",
        "/koperasi?q={}&wilayah={}",
        "/k/{}",
        "/b/{}",
        "/sitemap-{}.xml",
        "/gambar/{}.jpg",
    ],
)
def test_no_hostile_text_breaks_a_public_page(client, market, address):
    for value in inputs():
        there = address.replace("{0}", "{}").replace("{}", quote(value, safe=""))
        answer = client.get(there)
        assert answer.status_code < 500, (there, answer.status_code)
        assert b"<script>alert" not in answer.data
        assert b"<img src=x" not in answer.data
        answer.close()


@pytest.mark.slow
def test_no_hostile_text_breaks_a_product_or_a_shop(client, session, market):
    product = f"/b/{to_text(market.keripik.listing_id)}"
    for value in inputs():
        text = quote(value, safe="")
        for there in (
            f"{product}-{text}",
            f"{market.path(session, market.keripik)}?varian={text}",
            f"/k/{market.sanan.slug}?q={text}&kategori={text}&hal={text}",
        ):
            assert client.get(there).status_code < 500, there
