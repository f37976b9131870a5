"""The books by program: what they say, and entries that two people write."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from marketplace.kernel.access import Role
from marketplace.kernel.calendar import local_day
from marketplace.kernel.ids import new_id, to_text
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Purpose, Unit
from tests.ledger.conftest import posting
from tests.makers import make_officer


@pytest.fixture
def path(sanan):
    return f"/cooperatives/{sanan.slug}/books"


@pytest.fixture
def today():
    return local_day(datetime.now(UTC))


@pytest.fixture
def traded(session, sanan, today):
    """Three sales for cash; gives the ids of the accounts by their codes."""
    for amount in (1_000, 2_000, 4_000):
        ledger.post(
            session, sanan.id, Unit.SHOP,
            posting((Purpose.CASH, Purpose.PUBLIC_SALES, amount), dated=today),
            at=datetime.now(UTC),
        )  # fmt: skip
    session.commit()
    book = books.book_of(session, sanan.id, Unit.SHOP)
    return {account.code: to_text(account.id) for account in books.chart(session, book)}


@pytest.fixture
def treasurer(session, sanan, program):
    return program(make_officer(session, sanan, Role.TREASURER, "Bu Wati"))


@pytest.fixture
def chair(session, sanan, program):
    return program(make_officer(session, sanan, Role.CHAIR))


def entry(traded, today, credit=25_000):
    return {
        "dated": today.isoformat(),
        "memo": "Sewa lapak",
        "lines": [
            {"account": traded["5-3100"], "debit": 25_000},
            {"account": traded["1-1100"], "credit": credit},
        ],
    }


def test_the_trial_balance_says_both_sides(chair, path, traded, today):
    now = chair.get(f"{path}/trial-balance").json
    before = chair.get(f"{path}/trial-balance", until="2020-01-01").json
    savings = chair.get(f"{path}/trial-balance", unit="simpan_pinjam").json

    said = {row["code"]: (row["debit"], row["credit"]) for row in now["accounts"]}
    assert said["1-1100"] == (7_000, 0)
    assert said["4-2200"] == (0, 7_000)
    assert (now["debit"], now["credit"]) == (7_000, 7_000)
    assert (before["debit"], savings["accounts"]) == (0, [])


def test_the_journal_is_read_page_by_page_and_entry_by_entry(chair, path, traded):
    first = chair.get(f"{path}/entries", limit=2).json
    second = chair.get(f"{path}/entries", limit=2, cursor=first["next_cursor"]).json
    one = chair.get(f"{path}/entries/{first['items'][0]['id']}").json

    assert [row["number"] for row in first["items"] + second["items"]] == [3, 2, 1]
    assert second["next_cursor"] is None
    assert one == first["items"][0]
    assert [(line["code"], line["debit"], line["credit"]) for line in one["lines"]] == [
        ("1-1100", 4_000, 0),
        ("4-2200", 0, 4_000),
    ]


def test_an_entry_is_proposed_by_one_and_posted_by_another(treasurer, chair, path, traded, today):
    draft = treasurer.post(f"{path}/drafts", entry(traded, today), "the-rent")
    again = treasurer.post(f"{path}/drafts", entry(traded, today), "the-rent")
    own = treasurer.post(f"{path}/drafts/{draft.json['id']}/approve")
    posted = chair.post(f"{path}/drafts/{draft.json['id']}/approve")

    assert (draft.status_code, again.json) == (201, draft.json)
    assert (own.status_code, own.json["code"]) == (403, "needs_another_person")
    assert posted.json["state"] == "posted"
    assert chair.get(f"{path}/entries/{posted.json['entry']}").json["memo"] == "Sewa lapak"


def test_an_entry_that_does_not_balance_is_refused(treasurer, path, traded, today):
    answer = treasurer.post(f"{path}/drafts", entry(traded, today, credit=24_000))

    assert (answer.status_code, answer.json["code"]) == (422, "unbalanced")


def test_nobody_else_reads_the_books(guest, session, sanan, program, path, traded):
    member = program(make_officer(session, sanan, Role.MEMBER))
    scoped = program(make_officer(session, sanan, Role.CHAIR), "orders")

    assert guest.get(f"{path}/trial-balance").status_code == 401
    assert member.get(f"{path}/entries").status_code == 403
    assert scoped.get(f"{path}/entries").json["code"] == "scope_missing"
    assert member.get(f"{path}/entries/{to_text(new_id())}").status_code == 403
