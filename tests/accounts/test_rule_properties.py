"""What must hold of logins, passwords and posts whatever people type or hold."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.accounts.rules import (
    SCOPES,
    Login,
    WeakPassword,
    browser_name,
    check_password,
    check_scopes,
    normal_password,
    read_email,
    read_login,
)
from marketplace.cooperatives.rules import OFFICER_POSTS, may_give, may_reset, would_be_missed
from marketplace.kernel.access import OFFICERS, Permission, Role, permissions
from marketplace.kernel.errors import Invalid

handsets = st.from_regex(r"\A8[1235789][0-9]{8,9}\Z")
separators = st.sampled_from(["", " ", "-", ".", "  "])
letters = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12)
mailboxes = st.builds("{}.{}@{}.co.id".format, letters, letters, letters)
roles = st.frozensets(st.sampled_from(Role))


# Logins


@given(handsets, st.sampled_from(["0", "62", "+62", "+62 "]), separators, separators)
def test_a_number_is_one_login_however_it_is_written(rest, prefix, first, second):
    typed = prefix + rest[:3] + first + rest[3:7] + second + rest[7:]

    login = read_login(typed)

    assert login == Login(phone=f"+62{rest}")
    assert read_login(login.text) == login


@given(mailboxes, st.randoms(use_true_random=False), st.sampled_from(["", " ", "\t", "  "]))
def test_an_address_is_one_login_however_it_is_written(email, random, space):
    typed = space + "".join(random.choice([c, c.upper()]) for c in email) + space

    login = read_login(typed)

    assert login == Login(email=email)
    assert read_login(login.text) == login


@given(st.text(max_size=80), st.sampled_from('\r\n\t\x00 ,;<>()\\"'), st.text(max_size=80))
def test_an_address_holds_nothing_by_which_a_mail_could_be_turned(before, evil, after):
    try:
        email = read_email(f"{before}{evil}{after}@contoh.id")
    except Invalid:
        return

    assert not set(email) & set('\r\n\t\x00 ,;<>()\\"')
    assert email.count("@") == 1


@given(st.text(max_size=300))
def test_any_text_is_a_login_that_reads_as_itself_or_refused(text):
    try:
        login = read_login(text)
    except Invalid:
        return

    assert read_login(login.text) == login
    assert (login.phone is None) != (login.email is None)


# Passwords


def verdict(password: str, *own: str) -> bool:
    try:
        check_password(password, own=own)
    except WeakPassword:
        return False
    return True


@settings(max_examples=60)
@given(st.text(max_size=40))
def test_a_password_is_judged_alike_on_every_keyboard(password):
    """Some phones send é as one sign, some as two; both are hashed as one."""
    composed = unicodedata.normalize("NFC", password)
    apart = unicodedata.normalize("NFD", password)

    assert normal_password(composed) == normal_password(apart)
    assert verdict(composed) == verdict(apart)


def test_signs_of_two_parts_do_not_make_a_short_password_long():
    seven = "9é!7ká#"

    assert len(unicodedata.normalize("NFD", seven)) > 8
    assert not verdict(unicodedata.normalize("NFD", seven))


@settings(max_examples=40)
@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=8, max_size=20))
def test_nobodys_own_name_is_a_password(name):
    assert not verdict(name, name)
    assert not verdict(name.upper(), name)


@settings(max_examples=10)
@given(handsets)
def test_nobodys_own_number_is_a_password(rest):
    for typed in (f"0{rest}", f"62{rest}", f"+62{rest}"):
        assert not verdict(typed, f"+62{rest}")


@settings(max_examples=30)
@given(st.integers(1, 7), st.characters(categories=["Lu", "Ll"]))
def test_one_letter_over_and_over_is_no_password(times, letter):
    assert not verdict(letter * 8 * times)


def test_the_longest_password_is_taken_and_one_letter_more_is_not():
    words = "kelapa muda terbang di atas sawah "
    longest = (words * 10)[:200]

    assert verdict(longest)
    assert not verdict(longest + "x")


# Tokens and browsers


@given(st.lists(st.sampled_from(SCOPES), min_size=1))
def test_scopes_are_kept_once_and_in_their_order(asked):
    scopes = check_scopes(asked)

    assert set(scopes) == set(asked)
    assert scopes == sorted(set(scopes), key=SCOPES.index)


@given(st.lists(st.sampled_from(SCOPES)), st.text(min_size=1, max_size=20))
def test_an_unknown_scope_spoils_all(known, unknown):
    if unknown in SCOPES:
        return
    with pytest.raises(Invalid):
        check_scopes([*known, unknown])


@given(st.text(max_size=300))
def test_a_browser_is_always_called_something_short(user_agent):
    name = browser_name(user_agent)

    assert 1 <= len(name) <= 30


@pytest.mark.parametrize(
    ("sign", "name"),
    [
        ("Mozilla/5.0 (Linux; Android 13) Chrome/120 Safari/537.36 EdgA/120", "Edge, Android"),
        (
            "Mozilla/5.0 (Linux; Android 13) SamsungBrowser/23.0 Chrome/115",
            "Samsung Internet, Android",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17) CriOS/120 Safari/604.1", "Chrome, iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14) Version/17 Safari/605", "Safari, Mac"),
        ("Mozilla/5.0 (Windows NT 10.0; rv:121.0) Firefox/121.0", "Firefox, Windows"),
        ("curl/8.4.0", "?"),
        ("", "?"),
    ],
)
def test_people_know_their_browsers_again(sign, name):
    assert browser_name(sign) == name


# Posts


@given(roles, roles, st.booleans(), st.sampled_from(Role))
def test_more_posts_never_make_a_person_easier_to_reset(officer, owner, trusted, more):
    if may_reset(officer, owner | {more}, trusted_elsewhere=trusted) and owner:
        assert may_reset(officer, owner, trusted_elsewhere=trusted)
    assert not may_reset(officer, owner, trusted_elsewhere=True)


@given(roles, roles)
def test_who_may_reset_could_have_given_every_post(officer, owner):
    if may_reset(officer, owner, trusted_elsewhere=False):
        assert owner
        assert all(may_give(officer, role) for role in owner)


@given(roles, st.sampled_from(Role), st.sampled_from(Role))
def test_one_more_post_takes_no_right_away(held, more, role):
    if may_give(held, role):
        assert may_give(held | {more}, role)
    assert permissions(held) <= permissions(held | {more})


@given(roles)
def test_without_being_chair_nobody_makes_officers(held):
    for role in OFFICER_POSTS:
        assert may_give(held, role) == (Role.CHAIR in held)


@given(roles)
def test_supervisors_and_members_give_nothing(held):
    if not held & OFFICERS:
        assert not any(may_give(held, role) for role in Role)
        assert Permission.MANAGE_MEMBERS not in permissions(held)


@given(roles, roles)
def test_a_cooperative_is_left_with_a_chair_and_an_officer_if_it_had_them(own, others):
    if would_be_missed(own, others):
        assert own & OFFICERS
        return
    assert not own & OFFICERS or others & OFFICERS
    assert Role.CHAIR not in own or Role.CHAIR in others


@given(roles, roles, st.sampled_from(Role))
def test_more_people_never_make_somebody_missed(own, others, more):
    if not would_be_missed(own, others):
        assert not would_be_missed(own, others | {more})
