from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.accounts.rules import (
    HOME,
    SCOPES,
    Login,
    WeakPassword,
    check_password,
    check_scopes,
    normal_password,
    read_email,
    read_login,
    safe_path,
)
from marketplace.kernel.errors import Invalid
from tools.vectors.hostile import value_of

HOSTILE = json.loads((Path(__file__).parents[1] / "vectors" / "hostile.json").read_text())
REDIRECTS = [case["value"] for case in HOSTILE["inputs"] if case["cat"] == "open-redirect"]
LOGINS = [case for case in HOSTILE["inputs"] if case["cat"] in ("email", "phone")]
OFF_SITE = [*REDIRECTS, "", None, "//evil", "/\\evil", "/a//b", "/a\\b", "/" + "a" * 600]
GOOD = "kelapa muda terbang"
OWN = ("Sari Wulandari", "+6281234567890", "sari@contoh.id")


@pytest.mark.parametrize(
    "password", [GOOD, "Tr0ub4dor&3xyz", "hujan-sore-di-atap", "9vKq!72mz", "ṅaṡi goreng ẃangi"]
)
def test_a_good_password_is_taken(password: str) -> None:
    check_password(password, own=OWN)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "1234567",
        "12345678",
        "password",
        "qwertyuiop",
        "sayang123",
        "Sayang2026!",
        "indonesia",
        "BISMILLAH",
        "garuda45",
        "aremania1987",
        "081234567890",
        "+6281234567890",
        "sariwulandari",
        "Wulandari123",
        "sari@contoh.id",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
    ],
)
def test_a_short_leaked_or_guessable_password_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword):
        check_password(password, own=OWN)


def test_a_password_may_not_be_longer_than_the_limit() -> None:
    check_password("kelapa muda " * 16, own=OWN)

    with pytest.raises(WeakPassword):
        check_password("kelapa muda " * 17, own=OWN)


@given(st.text(max_size=250))
def test_any_text_is_either_a_password_or_refused(password: str) -> None:
    try:
        check_password(password, own=OWN)
    except WeakPassword:
        return
    assert 8 <= len(normal_password(password)) <= 200


@pytest.mark.parametrize(
    ("typed", "email"),
    [
        (" Sari@Contoh.ID ", "sari@contoh.id"),
        ("bu.lilik+toko@mail.contoh.co.id", "bu.lilik+toko@mail.contoh.co.id"),
    ],
)
def test_two_spellings_of_a_mailbox_are_one(typed: str, email: str) -> None:
    assert read_email(typed) == email


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "@",
        "sari@",
        "@contoh.id",
        "sari@contoh",
        "sari@@contoh.id",
        "sa ri@contoh.id",
        "sari@contoh.id\nBcc: x@y.id",
        ".sari@contoh.id",
        "sari..w@contoh.id",
        "sari@-contoh.id",
        f"{'a' * 65}@contoh.id",
        f"sari@{'a' * 250}.id",
        "sari@contoh.id, budi@contoh.id",
        "<sari@contoh.id>",
    ],
)
def test_what_is_no_mailbox_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        read_email(typed)


@pytest.mark.parametrize("case", LOGINS, ids=lambda case: case["id"])
def test_a_hostile_login_is_read_or_refused(case: dict[str, object]) -> None:
    try:
        login = read_login(str(value_of(case)))
    except Invalid:
        return
    assert login.text.isascii()
    assert not set(login.text) & set("\r\n\x00 ")


def test_a_login_is_a_phone_number_or_an_address() -> None:
    assert read_login("0812-3456-7890") == Login(phone="+6281234567890")
    assert read_login("Sari@contoh.id") == Login(email="sari@contoh.id")


@pytest.mark.parametrize("wanted", OFF_SITE)
def test_nobody_is_led_off_the_site(wanted: str | None) -> None:
    assert safe_path(wanted) == HOME


@pytest.mark.parametrize(
    "wanted",
    ["/akun/keamanan", "/k/sanan/kelola/anggota?q=lilik&hal=2", "/b/0192-keripik", "/p/KM-1/abc_-"],
)
def test_a_page_of_ours_is_gone_on_to(wanted: str) -> None:
    assert safe_path(wanted) == wanted


@given(st.text(max_size=60))
def test_any_text_leads_to_a_page_of_ours(text: str) -> None:
    for wanted in (text, f"/{text}", f"/a{text}"):
        path = safe_path(wanted)

        assert path.startswith("/")
        assert not path.startswith("//")
        assert "\\" not in path
        assert path.isascii()


def test_scopes_come_in_their_order_and_only_known_ones() -> None:
    assert check_scopes(["supply", "orders"]) == ["orders", "supply"]
    assert check_scopes(SCOPES) == list(SCOPES)
    for wrong in ([], ["everything"], ["orders", "admin"]):
        with pytest.raises(Invalid):
            check_scopes(wrong)
