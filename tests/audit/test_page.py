"""The supervisor sees what is true and what is not, in plain words; so does every night."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from marketplace.audit import CHECKS, Finding, kept, nightly
from marketplace.audit.words import WORDS
from marketplace.kernel.access import Role
from tests.makers import make_cooperative, make_listing, make_officer


@pytest.fixture
def sanan(session):
    cooperative = make_cooperative(session, "Sanan Tempe Muda")
    make_listing(session, cooperative, "Keripik tempe")
    session.commit()
    return cooperative


@pytest.fixture
def supervisor(session, sanan, sign_in):
    return sign_in(make_officer(session, sanan, Role.SUPERVISOR, "Pak Slamet"))


def lie(session) -> None:
    session.execute(text("UPDATE stock_items SET on_hand = on_hand + 1"))
    session.commit()


def test_every_check_is_said_in_plain_words():
    assert WORDS.keys() == CHECKS.keys()


def test_a_true_cooperative_is_told_that_everything_agrees(supervisor, sanan):
    address = f"/k/{sanan.slug}/kelola/periksa"

    assert "Belum pernah diperiksa" in supervisor.get(address).text
    page = supervisor.post(address, follow_redirects=True).text
    assert "Semua cocok." in page
    assert page.count("Tidak cocok") == 0


def test_what_is_not_true_is_named_with_its_row(session, supervisor, sanan):
    lie(session)
    address = f"/k/{sanan.slug}/kelola/periksa"

    supervisor.post(address)
    page = supervisor.post(address, follow_redirects=True).text

    assert "Ada 1 hal yang tidak cocok" in page
    assert f"stock_items {sanan.id}/" in page
    assert "Pemeriksaan sebelumnya" in page


def test_another_cooperatives_rows_are_not_shown(session, sanan, sign_in):
    other = make_cooperative(session, "Velodrome Rukun Jaya")
    lie(session)
    browser = sign_in(make_officer(session, other, Role.SUPERVISOR))

    page = browser.post(f"/k/{other.slug}/kelola/periksa", follow_redirects=True).text

    assert "Semua cocok." in page


def test_every_night_all_cooperatives_are_checked(session, sanan):
    other = make_cooperative(session, "Velodrome Rukun Jaya")
    lie(session)
    session.commit()

    nightly.audit_all()

    assert len(kept.latest(session, sanan.id)[0].findings) == 1
    assert kept.latest(session, other.id)[0].findings == []


def test_a_night_that_finds_nothing_keeps_that_too(session, sanan):
    nightly.audit_all()

    (run,) = kept.latest(session, sanan.id)
    assert (run.checks, run.findings, run.asked_by) == (len(CHECKS), [], None)


@pytest.mark.parametrize(
    ("row", "whose"),
    [("orders 7/KM-2611-0042-A", 7), ("cooperatives 7", 7), ("purchases KM-2611-0042", None)],
)
def test_a_finding_knows_whose_row_it_is(row, whose):
    assert Finding("check", row, "found").cooperative_id == whose


def test_the_audit_runs_at_night(own_app):
    names = [task.name for task in own_app.extensions["jobs"].queue._registry.periodic_tasks]

    assert "audit_all" in names
