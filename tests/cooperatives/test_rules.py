from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.cooperatives.rules import (
    BadHours,
    check_slug,
    check_word,
    find_regions,
    may_give,
    may_reset,
    read_spans,
    region,
    show_spans,
    slug_of,
    word_of,
)
from marketplace.kernel.access import Role
from marketplace.kernel.errors import Invalid

minutes = st.integers(0, 1440)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("08.00-17.00", [(480, 1020)]),
        ("8-17", [(480, 1020)]),
        ("08:00 – 17:30", [(480, 1050)]),
        ("8 s/d 12, 15.30 sampai 18", [(480, 720), (930, 1080)]),
        ("15-17 dan 8-12", [(480, 720), (900, 1020)]),
        ("0-24", [(0, 1440)]),
        ("", []),
        ("   ", []),
    ],
)
def test_hours_are_read_as_people_write_them(text, spans):
    assert read_spans(text) == spans


@pytest.mark.parametrize(
    "text",
    ["17-8", "8-8", "25-26", "8.60-9", "8", "pagi", "8-12,11-13", "0-25", "24.30-25", "-", ",",
     "1-2,3-4,5-6,7-8,9-10", "٨-١٧", "8-17\n9-10", "8–"],
)  # fmt: skip
def test_hours_that_no_clock_knows_are_refused(text):
    with pytest.raises(BadHours):
        read_spans(text)


@given(st.lists(st.tuples(minutes, minutes), max_size=4))
def test_hours_can_be_read_back(pairs):
    cuts = sorted({minute for pair in pairs for minute in pair})
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))

    assert read_spans(show_spans(spans)) == spans


@given(st.text(max_size=40))
def test_any_text_is_hours_or_refused(text):
    try:
        spans = read_spans(text)
    except BadHours:
        return
    assert all(0 <= starts < ends <= 1440 for starts, ends in spans)


@pytest.mark.parametrize(
    ("name", "slug", "word"),
    [
        ("Sanan Tempe Muda", "sanan-tempe-muda", "SANAN"),
        ("Koperasi Konsumen PKL Velodrome", "koperasi-konsumen-pkl-velodrome", "PKL"),
        ("Koperasi", "koperasi", "KOPERASI"),
        ("Kopi Lereng Kawi & Arjuno", "kopi-lereng-kawi-arjuno", "KOPI"),
        ("99", "99", "KOP"),
        ("…", "koperasi", "KOP"),
    ],
)
def test_a_name_gives_an_address_and_a_word(name, slug, word):
    assert slug_of(name) == slug
    assert word_of(name) == word
    assert check_word(word) == word


@given(st.text(max_size=100))
def test_every_name_gives_an_address_and_a_word_that_may_be_used(name):
    slug, word = slug_of(name), word_of(name)

    assert slug
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert check_word(word) == word


@pytest.mark.parametrize(
    "slug", ["", "ab", "Sanan", "a--b", "-ab", "ab-", "a/b", "ä" * 3, "a" * 61]
)
def test_an_address_that_would_not_work_is_refused(slug):
    with pytest.raises(Invalid):
        check_slug(slug)


@pytest.mark.parametrize("word", ["", "S", "sanan", "SANAN 2", "1A", "S" * 11, "ÄB"])
def test_a_word_that_cannot_be_called_out_is_refused(word):
    with pytest.raises(Invalid):
        check_word(word)


def test_the_chair_gives_all_posts_other_officers_only_members_and_sellers():
    for role in Role:
        assert may_give({Role.CHAIR}, role)
        for officer in (Role.SECRETARY, Role.TREASURER):
            assert may_give({officer}, role) == (role in {Role.SELLER, Role.MEMBER})
        for other in (Role.SUPERVISOR, Role.SELLER, Role.MEMBER):
            assert not may_give({other}, role)
        assert not may_give(set(), role)


def test_a_link_for_a_password_is_only_for_people_an_officer_could_have_called_in():
    secretary, chair = {Role.SECRETARY}, {Role.CHAIR}

    assert may_reset(secretary, {Role.MEMBER, Role.SELLER}, trusted_elsewhere=False)
    assert may_reset(chair, {Role.TREASURER}, trusted_elsewhere=False)
    assert not may_reset(secretary, {Role.TREASURER}, trusted_elsewhere=False)
    assert not may_reset(secretary, {Role.MEMBER, Role.CHAIR}, trusted_elsewhere=False)
    assert not may_reset(chair, {Role.MEMBER}, trusted_elsewhere=True)
    assert not may_reset(chair, set(), trusted_elsewhere=False)
    assert not may_reset({Role.SUPERVISOR}, {Role.MEMBER}, trusted_elsewhere=False)


def test_regions_of_malang_come_first():
    names = [found.name for found in find_regions("blimbing")]

    assert names[0] == "Blimbing, Kota Malang"
    assert len(names) == len(set(names))
    assert find_regions("purwantoro")[0].name == "Purwantoro, Blimbing, Kota Malang"
    assert any(found.code == "35.07" for found in find_regions("kabupaten malang"))


def test_regions_are_found_by_postal_code():
    found = find_regions("65122")

    assert found
    assert all(each.postal_code == "65122" for each in found)


def test_a_region_is_known_by_its_code():
    assert region("35.73.01").name == "Blimbing, Kota Malang"
    assert region("35").name == "Jawa Timur"
    for nonsense in ("", "35.73.99", "3573", "35.73.01.", "x", "35.73.01\n", "35.73.01.9999"):
        assert region(nonsense) is None


@settings(max_examples=20)  # each looks through every village of the country
@given(st.text(max_size=30))
def test_any_text_can_be_looked_for(text):
    assert len(find_regions(text)) <= 20
