"""How often strangers and owners may try, and what they are told when it is too often."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from marketplace.accounts import service
from marketplace.web.transactions import transaction
from tests.accounts.people import OTHER, PASSWORD, PHONE, make_sari, type_password
from tests.makers import make_account

pytestmark = pytest.mark.slow

ELSEWHERE = {"REMOTE_ADDR": "10.9.8.7"}


def statuses(times: int, ask) -> list[int]:
    return [ask().status_code for _ in range(times)]


@pytest.fixture
def guest(limited_app):
    return limited_app.test_client()


@pytest.fixture
def sari(limited_app):
    """Sari, by a cookie with which any browser of hers is signed in."""
    at = datetime.now(UTC)
    with limited_app.app_context(), transaction() as session:
        account = make_sari(session, email="sari@contoh.id")
        return service.start_sign_in(session, account, browser="", address="", at=at)


def signed_in(app, secret):
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = secret, True
    return browser


def test_too_many_tries_are_told_in_plain_words_and_when_to_come_back(guest):
    answers = [type_password(guest, OTHER) for _ in range(6)]

    page = answers[-1].get_data(as_text=True)
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert "Terlalu sering mencoba" in page
    assert "lalu coba lagi" in page
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60


def test_too_many_tries_are_told_in_english_too(guest):
    guest.get("/bahasa/en")

    answers = [type_password(guest, OTHER) for _ in range(6)]

    page = answers[-1].get_data(as_text=True)
    assert "Terlalu sering" not in page
    assert "try again" in page


def test_the_right_password_does_not_help_after_too_many_wrong_ones(limited_app, guest, sari):
    statuses(5, lambda: type_password(guest, OTHER))

    assert type_password(guest, PASSWORD).status_code == 429


def test_the_owner_elsewhere_is_not_locked_out(limited_app, guest, sari):
    statuses(6, lambda: type_password(guest, OTHER))

    owner = limited_app.test_client().post(
        "/masuk", data={"login": PHONE, "password": PASSWORD}, environ_base=ELSEWHERE
    )

    assert owner.status_code == 303


@pytest.mark.parametrize(
    "spellings",
    [
        ["0812 3456 7890", "081234567890", "+62 812-3456-7890", "6281234567890", "0812.3456.7890"],
        [
            "sari@contoh.id",
            "SARI@contoh.id",
            " sari@CONTOH.id ",
            "Sari@Contoh.Id",
            "sari@contoh.ID",
        ],
        ["bukan nomor", "BUKAN NOMOR", " bukan nomor", "Bukan Nomor ", "bukan Nomor"],
    ],
)
def test_spelling_a_login_otherwise_gives_no_more_tries(guest, spellings):
    first = [type_password(guest, OTHER, login).status_code for login in spellings]

    assert first == [422] * 5
    assert type_password(guest, OTHER, spellings[0]).status_code == 429


def test_one_login_is_tried_from_everywhere_a_hundred_times_an_hour_at_most(limited_app, sari):
    """Somebody with many addresses gets no further with one person."""

    def ask(number: int) -> int:
        answer = limited_app.test_client().post(
            "/masuk",
            data={"login": PHONE, "password": ""},  # counted before anything is hashed
            environ_base={"REMOTE_ADDR": f"10.1.{number // 200}.{number % 200}"},
        )
        return answer.status_code

    answers = [ask(number) for number in range(102)]

    assert answers == [422] * 100 + [429] * 2


def test_known_and_unknown_people_have_the_same_number_of_tries(limited_app, sari):
    known, unknown = limited_app.test_client(), limited_app.test_client()

    first = statuses(7, lambda: type_password(known, OTHER))
    second = [
        unknown.post(
            "/masuk",
            data={"login": "0812 9999 9999", "password": OTHER},
            environ_base=ELSEWHERE,
        ).status_code
        for _ in range(7)
    ]

    assert first == second


@pytest.mark.parametrize("path", ["/lupa-sandi", "/daftar"])
def test_asking_for_links_and_accounts_is_limited_per_login(guest, path):
    def ask(login):
        return guest.post(path, data={"login": login, "name": "Sari", "password": ""}).status_code

    assert [ask(PHONE) for _ in range(7)][5:] == [429, 429]
    assert ask("0813 1111 2222") != 429


@pytest.mark.parametrize("path", ["/tautan/tidak-ada", "/undangan/tidak-ada"])
def test_guessing_links_is_limited(guest, path):
    answers = [guest.get(f"{path}-{number}").status_code for number in range(12)]

    assert answers == [410] * 10 + [429] * 2


def change_phone(browser, number=0, **more):
    data = {"phone": f"0813 7777 88{number:02d}", "current_password": OTHER}
    return browser.post("/akun/profil/hp", data=data, **more)


def test_nobody_walks_through_numbers_to_see_whose_are_taken(limited_app, sari):
    here, there = signed_in(limited_app, sari), signed_in(limited_app, sari)

    first = [change_phone(here, number).status_code for number in range(3)]
    rest = [change_phone(there, number, environ_base=ELSEWHERE).status_code for number in range(4)]

    assert first == [422] * 3
    assert rest == [422, 422, 429, 429]


@pytest.mark.parametrize(
    ("path", "most"),
    [("/akun/profil/email", 5), ("/akun/tutup", 5), ("/akun/keamanan/sandi", 10)],
)
def test_saying_the_password_again_can_be_tried_a_few_times(limited_app, sari, path, most):
    browser = signed_in(limited_app, sari)
    data = {"email": "baru@contoh.id", "current_password": "", "new_password": ""}

    answers = statuses(most + 1, lambda: browser.post(path, data=data))

    assert answers == [422] * most + [429]


def test_the_tries_of_one_person_are_not_those_of_another(limited_app, sari):
    at = datetime.now(UTC)
    with limited_app.app_context(), transaction() as session:
        budi = make_account(session, "Budi")
        other = service.start_sign_in(session, budi, browser="", address="", at=at)
    statuses(6, lambda: change_phone(signed_in(limited_app, sari)))

    assert change_phone(signed_in(limited_app, other)).status_code == 422


def test_data_is_taken_along_ten_times_an_hour(limited_app, sari):
    browser = signed_in(limited_app, sari)

    assert statuses(11, lambda: browser.get("/akun/data.json")) == [200] * 10 + [429]


def test_guests_are_counted_by_their_address(guest):
    assert statuses(6, lambda: change_phone(guest)) == [401] * 5 + [429]
