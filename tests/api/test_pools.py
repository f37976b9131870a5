"""Pooled sales by program: shared once, listed, and undone whole."""

from __future__ import annotations

import pytest

from marketplace.kernel.access import Role
from marketplace.kernel.ids import to_text
from tests.makers import make_member, make_officer


@pytest.fixture
def treasurer(session, sanan, program):
    return program(make_officer(session, sanan, Role.TREASURER, "Bu Wati"))


@pytest.fixture
def path(sanan):
    return f"/cooperatives/{sanan.slug}/pooled-sales"


@pytest.fixture
def chillies(session, sanan):
    """The worked case POOL-01."""
    makers = [make_member(session, sanan, name) for name in ("Bu Lilik", "Mas Wahyu", "Dewi")]
    session.commit()
    return {
        "title": "Cabai rawit", "unit": "kg", "sold_on": "2026-01-05", "proceeds": 4_321_777,
        "fee_basis_points": 500, "paid_into": "bank",
        "delivered": [
            {"member": to_text(maker.id), "quantity": quantity}
            for maker, quantity in zip(makers, (125, 80, 45), strict=True)
        ],
    }  # fmt: skip


def test_a_sale_is_shared_once_listed_and_undone(treasurer, path, chillies):
    first, again = (treasurer.post(path, chillies, "one-sale-only") for _ in range(2))
    sale = first.get_json()
    page = treasurer.get(path, limit=1).get_json()
    undone = treasurer.post(f"{path}/{sale['id']}/undo", {"reason": "Salah timbang"}).get_json()

    assert first.status_code == 201
    assert again.data == first.data
    assert [share["amount"] for share in sale["shares"]] == [2_052_844, 1_313_820, 739_024]
    assert (sale["fee"], sale["residue"], sale["undone_at"]) == (216_088, 1, None)
    assert page == {"items": [sale], "next_cursor": None}
    assert undone["undo_reason"] == "Salah timbang"
    assert treasurer.get(f"{path}/{sale['id']}").get_json() == undone


def test_a_list_goes_on_where_it_stopped(treasurer, path, chillies):
    for title in ("Cabai", "Tomat"):
        treasurer.post(path, {**chillies, "title": title})

    page = treasurer.get(path, limit=1).get_json()
    rest = treasurer.get(path, limit=1, cursor=page["next_cursor"]).get_json()

    assert [one["title"] for one in page["items"] + rest["items"]] == ["Tomat", "Cabai"]
    assert rest["next_cursor"] is None


def test_who_is_named_twice_is_refused(treasurer, path, chillies):
    twice = {**chillies, "delivered": chillies["delivered"][:1] * 2}

    answer = treasurer.post(path, twice)

    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid")
