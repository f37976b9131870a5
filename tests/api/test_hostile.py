"""Bodies that no honest program sends: refused with 4xx, never a fault, nothing changed."""

from __future__ import annotations

import base64
import json
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from marketplace.api.documents import operations
from marketplace.database import Base
from marketplace.delivery import service as delivery
from marketplace.delivery.rules import Terms
from marketplace.kernel.ids import new_id, to_text
from marketplace.kernel.money import Rupiah
from tests.api.conftest import V1, Program, purchase_of
from tests.makers import make_listing, make_member, make_officer

RECORDS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "hostile.json").read_text(encoding="utf-8")
)["inputs"]
WITH_BODY = ("POST", "PUT", "PATCH")
TYPE = "application/json"
pytestmark = pytest.mark.slow
OURS = {
    "null": b"null",
    "list": b"[]",
    "number": b"1",
    "nul in a text": b'{"name":"a\\u0000b"}',
    "nul in a key": b'{"\\u0000":1}',
    "key twice": b'{"name":"a","name":"b"}',
    "infinity": b'{"quantity":Infinity}',
    "too large a float": b'{"quantity":1e999}',
    "deep but short": b'{"a":' * 60 + b"1" + b"}" * 60,
    "deep lists": b"[" * 500 + b"]" * 500,
    "digits": b'{"quantity":' + b"9" * 5000 + b"}",
    "utf-16": '{"name":"a"}'.encode("utf-16"),
    "a pair of surrogates apart": b'{"name":"\\ud800 \\udc00"}',
    "many lines": b'{"lines":[' + b"{}," * 9_000 + b"{}]}",
}


@cache
def bodies() -> list[tuple[str, bytes]]:
    """Give all whole bodies of the records that are said to be JSON."""
    whole = [record for record in RECORDS if "json-body" in record["where"]]
    return [*((record["id"], body_of(record)) for record in whole), *OURS.items()]


def body_of(record: dict[str, Any]) -> bytes:
    if "value_b64" in record:
        return base64.b64decode(record["value_b64"])
    if "gen" not in record:
        return str(record["body"]).encode("utf-8", "surrogatepass")
    recipe = record["gen"]
    if "json_keys" in recipe:
        return json.dumps({f"k{n}": 1 for n in range(recipe["json_keys"])}).encode()
    return (recipe["repeat"] * recipe["n"]).encode()


def values() -> Iterator[tuple[str, str]]:
    """Give all values of single fields, as JSON."""
    for record in RECORDS:
        if "json" not in record["where"]:
            continue
        if "json_raw" in record:
            yield record["id"], record["json_raw"]
        elif "value" in record:
            yield record["id"], json.dumps(record["value"])


@pytest.fixture
def officer(session, sanan, program):
    """A program of somebody who may do everything, so that every body is read."""
    account = make_officer(session, sanan)
    account.is_operator = True
    return program(account)


@pytest.fixture
def targets(app, session, sanan, keripik):
    """All addresses that take a body, each filled with what is there, with its schema."""
    member = make_member(session, sanan, "Bu Lilik")
    session.commit()
    known = {
        "slug": sanan.slug,
        "number": "KM-2611-0001-A",
        "place": 1,
        "order_number": 1,
        "listing_id": to_text(keripik.listing_id),
        "variant_id": to_text(keripik.id),
        "request_id": to_text(member.id),
        # Nothing has these ids: what is wrong with a body is found before they are looked for.
        **dict.fromkeys(
            (
                "bank_line_id",
                "draft_id",
                "refund_id",
                "claim_id",
                "supplier_claim_id",
                "cost_id",
                "receipt_id",
                "item_id",
                "supplier_id",
                "offer_id",
                "rung_id",
                "standing_id",
                "link_id",
                "batch_id",
                "pool_id",
                "hand_id",
                "member_id",
                "withdrawal_id",
                "zone_id",
                "courier_id",
                "key",
            ),
            to_text(new_id()),
        ),
    }
    with app.test_request_context():
        found = [
            (method, path, about["requestBody"]["content"][TYPE]["schema"]["$ref"])
            for method, path, about in operations()
            if method in WITH_BODY and "requestBody" in about
        ]
    schemas = app.extensions["api_document"]["components"]["schemas"]
    return [
        (
            method,
            path.removeprefix(V1).replace("rounds/{number}", "rounds/1").format(**known),
            schemas[ref.rpartition("/")[2]]["properties"],
        )
        for method, path, ref in found
    ]


def rows(session) -> dict[str, int]:
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def send(
    program: Program, method: str, path: str, body: bytes, kind: str = TYPE, key="hostile-key"
):
    headers = {**program.headers, "Idempotency-Key": key}
    return program.client.open(
        V1 + path, method=method, data=body, content_type=kind, headers=headers
    )


def check(answer, what):
    assert 400 <= answer.status_code < 500, (what, answer.status_code)
    assert answer.mimetype == "application/problem+json", what
    assert set(answer.get_json()) >= {"type", "title", "status", "code"}, what
    assert len(answer.data) < 20_000, what


def test_no_operation_takes_a_hostile_body(officer, targets, session):
    before = rows(session)

    for method, path, _fields in targets:
        for name, body in bodies():
            check(send(officer, method, path, body), (method, path, name))

    assert len(targets) == 59
    assert rows(session) == before


def test_another_type_than_json_is_refused(officer, targets):
    for method, path, _fields in targets:
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml", ""):
            answer = send(officer, method, path, b"{}", kind)

            assert answer.status_code == 415, (method, path, kind)
            assert answer.get_json()["code"] == "unsupported_media_type"


def test_no_field_of_any_operation_stumbles_over_a_hostile_value(officer, targets):
    sent = dict(values())
    assert len(sent) > 80

    for method, path, fields in targets:
        for name, raw in sent.items():
            body = ",".join(f"{json.dumps(field)}:{raw}" for field in fields)
            answer = send(officer, method, path, f"{{{body}}}".encode("utf-8", "surrogatepass"))

            assert answer.status_code < 500, (method, path, name)


def test_texts_that_are_kept_are_said_back_as_they_were_or_refused(officer, sanan, keripik):
    texts = [json.loads(raw) for _, raw in values() if raw.startswith('"')]
    path = f"/cooperatives/{sanan.slug}/members"

    for text in texts:
        for field in ("name", "trade", "address", "phone", "admitted_on"):
            answer = officer.post(path, {"name": "Bu Lilik", field: text})

            assert answer.status_code in (201, 422), (field, text)
            if answer.status_code == 201 and field in ("name", "trade") and text.isprintable():
                said = answer.get_json()[field] or ""
                assert said == unicodedata.normalize("NFC", text).strip(), text


def test_no_door_of_a_basket_stumbles_over_a_hostile_value(guest, sanan, session):
    keripik = make_listing(session, sanan, "Keripik", price=15_000, stock_count=10_000)
    terms = Terms(Rupiah(8_000), cash_up_to=Rupiah(10**9))
    zone = delivery.add_zone(session, sanan, "Klojen", terms, at=datetime.now(UTC))
    delivery.add_area(session, sanan, zone.id, "35.73.02", at=datetime.now(UTC))
    session.commit()
    door = {
        "method": "delivery", "zone": to_text(zone.id), "area": "35.73.02", "point": None,
        "address": "Jl. Ijen 25", "landmark": None, "slot_starts": None,
    }  # fmt: skip
    part = {sanan.slug: {"payment": "cod", "fulfilment": door}}
    plain = purchase_of(keripik, 1, expected_total=23_000, orders=part)

    real = send(guest, "POST", "/purchases", json.dumps(plain).encode(), key="a-real-door")
    assert real.status_code == 201
    for field in door:
        for name, raw in values():
            part[sanan.slug]["fulfilment"] = {**door, field: "@"}
            body = json.dumps(plain).replace('"@"', raw).encode("utf-8", "surrogatepass")
            key = f"{field}-{name}"[:100]
            answer = send(guest, "POST", "/purchases", body, key=key)

            assert answer.status_code in (201, 400, 404, 409, 422), (field, name)
            assert (answer.get_json().get("code")) != "key_reused", (field, name)


def test_a_purchase_takes_any_name_that_people_have(guest, keripik):
    allowed = ("Ma'ruf O'Neil", "Suharto", "O", "\ua98f\ua9ba\ua9b4\ua9a5", "Ke\u0301dai")

    for name in allowed:
        body = purchase_of(keripik, 1, buyer={"name": name, "phone": "081234567890"})

        assert guest.post("/purchases", body).status_code == 201, name


def test_a_body_that_is_too_large_is_refused_before_it_is_read(officer, targets):
    body = b'{"name":"' + b"A" * 2_000_000 + b'"}'

    for method, path, _fields in targets:
        answer = send(officer, method, path, body)

        assert (answer.status_code, answer.get_json()["code"]) == (413, "too_large")


def test_no_query_stumbles_over_a_hostile_value(officer, sanan):
    queries = {
        "/products": ("q", "category", "region", "cooperative", "price_from", "sort", "cursor"),
        "/cooperatives": ("q", "region", "cursor", "limit"),
        f"/cooperatives/{sanan.slug}/orders": ("state", "cursor", "limit"),
        f"/cooperatives/{sanan.slug}/members": ("shown", "cursor", "limit"),
        f"/cooperatives/{sanan.slug}/supply/rounds": ("state", "cursor", "limit"),
        f"/cooperatives/{sanan.slug}/supply/claims": ("state", "cursor", "limit"),
        f"/cooperatives/{sanan.slug}/supply/purchase-orders": ("cursor", "limit"),
        "/purchases/KM-2611-0001": ("key",),
    }
    texts = [r["value"] for r in RECORDS if "query" in r["where"] and "value" in r]

    for path, names in queries.items():
        for name in names:
            for text in texts:
                answer = officer.get(path, **{name: text.encode("utf-8", "surrogatepass")})

                assert answer.status_code < 500, (path, name, text)


def test_errors_are_said_in_bounds(officer, sanan):
    body = json.dumps({f"field-{n}" * 20: 1 for n in range(190)}).encode()

    answer = send(officer, "POST", f"/cooperatives/{sanan.slug}/members", body)

    errors = answer.get_json()["errors"]
    assert answer.status_code == 422
    assert len(errors) <= 50
    assert all(len(place) <= 60 for place in errors)


def test_sentences_speak_the_visitors_language(officer, sanan):
    officer.client.set_cookie("bahasa", "en")

    answer = officer.post(f"/cooperatives/{sanan.slug}/members", {"name": 1})

    assert answer.get_json()["errors"] == {"name": "Write text here."}
