from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from marketplace.accounts import hashing, queries, service
from marketplace.accounts.models import Account, Notice, OneTimeLink, SignIn
from marketplace.accounts.rules import Login, WeakPassword
from marketplace.accounts.service.links import use_up
from marketplace.kernel.errors import Gone, Invalid, NotFound
from marketplace.kernel.ids import new_id
from marketplace.kernel.secrets import hashed
from marketplace.kernel.text import say
from marketplace.outbox.models import OutboxMessage
from tests.makers import make_account

SATURDAY = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
SARI = Login(phone="+6281234567890")
PASSWORD = "kelapa muda terbang"
OTHER = "perahu kertas sore"


def register(session, login: Login = SARI, password: str = PASSWORD, name: str = "Sari"):
    return service.register(
        session,
        name=name,
        login=login,
        password_hash=service.prepare_password(password, own=[name, login.text]),
        at=SATURDAY,
    )


def sign_in(session, password: str = PASSWORD, login: Login | None = SARI, at=SATURDAY) -> str:
    proof = service.prove(session, login, password)
    return service.sign_in(session, proof, browser="Firefox", address="10.0.0.1", at=at)


def change_password(session, account, *, current=PASSWORD, new=OTHER, keep=None) -> int:
    proof = service.prove_again(session, account.id, current)
    ready = service.prepare_new_password(account, new)
    return service.change_password(session, proof, ready, keep=keep, at=SATURDAY)


def use_link(session, secret: str, password: str) -> Account:
    ready = service.prepare_password(password, own=[])
    return service.use_reset_link(session, secret, ready, at=SATURDAY)


def topics(session) -> list[tuple[str, object]]:
    rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return [(row.topic, row.facts.get("account_id")) for row in rows]


def test_a_registered_person_signs_in_by_phone(session):
    sari = register(session)

    secret = sign_in(session)

    found = queries.open_sign_in(session, secret, at=SATURDAY)
    assert found is not None
    assert found.account is sari
    assert found.secret_hash == hashed(secret)


def test_a_registered_person_signs_in_by_mail(session):
    register(session, Login(email="sari@contoh.id"))

    assert sign_in(session, login=Login(email="sari@contoh.id"))


def test_a_password_is_kept_as_argon2id_only(session):
    sari = register(session)

    assert sari.password_hash.startswith("$argon2id$")
    assert PASSWORD not in sari.password_hash


def test_the_same_password_typed_on_another_keyboard_is_right(session):
    register(session, password="kopi susu café sore")

    assert sign_in(session, "kopi susu café sore")


def test_a_wrong_password_and_an_unknown_person_get_the_same_answer(session):
    register(session)

    with pytest.raises(service.WrongPassword) as wrong:
        service.prove(session, SARI, OTHER)
    with pytest.raises(service.WrongPassword) as unknown:
        service.prove(session, Login(phone="+6281299999999"), PASSWORD)
    with pytest.raises(service.WrongPassword) as unreadable:
        service.prove(session, None, PASSWORD)

    assert str(wrong.value) == str(unknown.value) == str(unreadable.value)


def test_an_unknown_person_costs_as_many_hashes_as_a_known_one(session, monkeypatch):
    register(session)
    counted: list[bool] = []
    verify = hashing.is_right
    monkeypatch.setattr(
        hashing, "is_right", lambda *given: counted.append(given[0] is None) or verify(*given)
    )

    for login in (SARI, Login(phone="+6281299999999"), None):
        with pytest.raises(service.WrongPassword):
            service.prove(session, login, OTHER)

    assert counted == [False, True, True]


def test_a_person_without_a_password_cannot_sign_in(session):
    account = make_account(session)

    with pytest.raises(service.WrongPassword):
        service.prove(session, Login(phone=account.phone), "")


def test_a_closed_account_cannot_sign_in(session):
    sari = register(session)
    proof = service.prove(session, SARI, PASSWORD)
    sari.closed_at = SATURDAY
    session.flush()

    with pytest.raises(service.WrongPassword):
        service.sign_in(session, proof, browser="", address="", at=SATURDAY)
    with pytest.raises(service.WrongPassword):
        service.prove(session, SARI, PASSWORD)


def test_a_proof_is_worth_nothing_once_the_password_was_changed(session):
    sari = register(session)
    proof = service.prove(session, SARI, PASSWORD)
    change_password(session, sari)

    with pytest.raises(service.WrongPassword):
        service.sign_in(session, proof, browser="", address="", at=SATURDAY)


def test_a_hash_of_yesterdays_parameters_is_renewed_at_sign_in(session, monkeypatch):
    sari = register(session)
    old = sari.password_hash
    monkeypatch.setattr(hashing, "is_outdated", lambda stored: stored == old)

    sign_in(session)

    assert sari.password_hash != old
    monkeypatch.undo()
    assert sign_in(session)


def test_todays_hash_is_not_outdated_and_a_weaker_one_is():
    weaker = hashing.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)

    assert not hashing.is_outdated(hashing.hash_password(PASSWORD))
    assert hashing.is_outdated(weaker)
    assert hashing.is_right(weaker, PASSWORD)


def test_only_a_few_passwords_are_hashed_at_once(monkeypatch):
    monkeypatch.setattr(hashing, "PATIENCE_SECONDS", 0.01)
    for _ in range(hashing.AT_ONCE):
        hashing._turn.acquire()
    try:
        with pytest.raises(hashing.TooBusy):
            hashing.hash_password(PASSWORD)
    finally:
        for _ in range(hashing.AT_ONCE):
            hashing._turn.release()
    assert hashing.hash_password(PASSWORD)


def test_a_nonsense_hash_is_wrong_and_no_fault():
    assert not hashing.is_right("plain", PASSWORD)


def test_registering_twice_makes_one_account_and_changes_nothing_of_it(session):
    sari = register(session)
    before = sari.password_hash

    again = register(session, password=OTHER, name="Pencuri")

    assert again is None
    assert session.scalar(select(func.count(Account.id))) == 1
    assert (sari.name, sari.password_hash) == ("Sari", before)
    assert [topic for topic, _ in topics(session)] == [
        "account.registered",
        "account.registered_again",
    ]


def test_the_number_of_a_closed_account_is_not_given_away(session):
    sari = register(session)
    sari.closed_at = SATURDAY
    session.flush()

    assert register(session, password=OTHER) is None
    assert topics(session)[-1] == ("account.registered_again", None)


def test_an_unknown_language_becomes_indonesian(session):
    account = service.register(
        session, name="Sari", login=SARI, password_hash="x", language="xx", at=SATURDAY
    )

    assert account.language == "id"
    service.choose_language(session, account, "en")
    assert account.language == "en"
    with pytest.raises(Invalid):
        service.choose_language(session, account, "xx")


def test_a_name_can_be_changed(session):
    sari = register(session)

    service.rename(session, sari, "Sari W.")

    assert sari.name == "Sari W."


def test_a_sign_in_ends_at_once_after_30_days_or_when_the_account_closes(session):
    sari = register(session)
    ended, old, open_ = sign_in(session), sign_in(session), sign_in(session)
    row = queries.open_sign_in(session, ended, at=SATURDAY)

    service.end_sign_in(session, sari.id, row.id, at=SATURDAY)
    service.end_sign_in(session, sari.id, row.id, at=SATURDAY + timedelta(hours=1))

    assert row.ended_at == SATURDAY
    assert queries.open_sign_in(session, ended, at=SATURDAY) is None
    assert queries.open_sign_in(session, old, at=SATURDAY + timedelta(days=30)) is None
    assert queries.open_sign_in(session, open_, at=SATURDAY) is not None
    sari.closed_at = SATURDAY
    assert queries.open_sign_in(session, open_, at=SATURDAY) is None


def test_nobody_ends_the_sign_in_of_another(session):
    register(session)
    row = queries.open_sign_in(session, sign_in(session), at=SATURDAY)
    thief = make_account(session)

    with pytest.raises(NotFound):
        service.end_sign_in(session, thief.id, row.id, at=SATURDAY)

    assert row.ended_at is None


def test_signing_out_elsewhere_keeps_this_browser(session):
    sari = register(session)
    secrets = [sign_in(session) for _ in range(3)]
    here = queries.open_sign_in(session, secrets[1], at=SATURDAY)

    assert service.end_other_sign_ins(session, sari.id, keep=here.id, at=SATURDAY) == 2

    left = queries.sign_ins_of(session, sari.id, at=SATURDAY)
    assert [row.id for row in left] == [here.id]


def test_changing_the_password_ends_all_other_sign_ins(session):
    sari = register(session)
    here, there = sign_in(session), sign_in(session)
    keep = queries.open_sign_in(session, here, at=SATURDAY).id

    change_password(session, sari, keep=keep)

    session.expire_all()
    assert queries.open_sign_in(session, here, at=SATURDAY) is not None
    assert queries.open_sign_in(session, there, at=SATURDAY) is None
    with pytest.raises(service.WrongPassword):
        service.prove(session, SARI, PASSWORD)
    assert sign_in(session, OTHER)


def test_changing_the_password_needs_the_present_one_and_a_strong_new_one(session):
    sari = register(session)
    before = sari.password_hash

    with pytest.raises(service.WrongPassword):
        change_password(session, sari, current=OTHER)
    with pytest.raises(WeakPassword) as weak:
        change_password(session, sari, new="sayang123")

    assert "new_password" in weak.value.fields
    assert sari.password_hash == before


def test_a_browser_is_noted_as_used_at_most_every_ten_minutes(session):
    register(session)
    row = queries.open_sign_in(session, sign_in(session), at=SATURDAY)

    service.touch(session, row.id, at=SATURDAY + timedelta(minutes=9))
    session.refresh(row)
    assert row.seen_at == SATURDAY
    service.touch(session, row.id, at=SATURDAY + timedelta(minutes=10))
    session.refresh(row)
    assert row.seen_at == SATURDAY + timedelta(minutes=10)


def test_asking_for_a_reset_tells_the_outbox_whoever_asks(session):
    account = make_account(session, email="sari@contoh.id")
    without_mail = make_account(session)

    service.ask_reset(session, Login(phone=account.phone), at=SATURDAY)
    service.ask_reset(session, Login(email="sari@contoh.id"), at=SATURDAY)
    service.ask_reset(session, Login(phone=without_mail.phone), at=SATURDAY)
    service.ask_reset(session, Login(email="tidak@ada.id"), at=SATURDAY)
    service.ask_reset(session, None, at=SATURDAY)

    told = topics(session)
    assert {topic for topic, _ in told} == {"account.reset_asked"}
    assert [known is not None for _, known in told] == [True, True, False, False, False]


def test_a_link_sets_a_new_password_once_and_signs_out_everywhere(session):
    sari = register(session)
    cookie = sign_in(session)
    token = service.create_token(session, sari, "kasir", ["orders"], None, at=SATURDAY)
    secret = service.make_reset_link(session, sari, at=SATURDAY)

    assert use_link(session, secret, OTHER) is sari

    session.expire_all()
    assert queries.open_sign_in(session, cookie, at=SATURDAY) is None
    assert queries.open_token(session, token, at=SATURDAY) is None
    assert sign_in(session, OTHER)
    with pytest.raises(Gone):
        use_link(session, secret, PASSWORD)


def test_a_password_that_is_ones_own_name_or_number_is_weak(session):
    sari = make_account(session, "Sari Wulandari", phone="+6281234567890", email="s@contoh.id")

    for own in ("sariwulandari", "081234567890", "s@contoh.id"):
        with pytest.raises(WeakPassword) as weak:
            service.prepare_new_password(sari, own)
        assert "new_password" in weak.value.fields


def test_a_link_lasts_an_hour_is_kept_as_a_hash_and_replaces_older_ones(session):
    sari = register(session)
    officer = make_account(session, "Pak Budi")
    first = service.make_reset_link(session, sari, by=officer.id, at=SATURDAY)
    second = service.make_reset_link(session, sari, at=SATURDAY)
    rows = session.scalars(select(OneTimeLink).order_by(OneTimeLink.id)).all()

    assert [row.secret_hash for row in rows] == [hashed(first), hashed(second)]
    assert rows[0].created_by == officer.id
    for secret, moment in ((first, SATURDAY), (second, SATURDAY + timedelta(hours=1))):
        with pytest.raises(Gone):
            queries.open_link(session, secret, at=moment)
    assert queries.open_link(session, second, at=SATURDAY + timedelta(minutes=59))


def test_a_token_opens_with_its_scopes_until_it_is_taken_back(session):
    sari = register(session)
    secret = service.create_token(session, sari, "kasir", ["listings", "orders"], None, at=SATURDAY)

    token = service.token_person(session, secret, at=SATURDAY)

    assert token.account is sari
    assert token.scopes == ["orders", "listings"]
    assert token.used_at == SATURDAY
    assert secret.startswith("guyub_")
    assert token.secret_hash == hashed(secret)
    service.revoke_token(session, sari.id, token.id, at=SATURDAY)
    service.revoke_token(session, sari.id, token.id, at=SATURDAY)
    assert service.token_person(session, secret, at=SATURDAY) is None
    assert queries.tokens_of(session, sari.id) == []


def test_the_use_of_a_token_is_noted_at_most_every_ten_minutes(session):
    sari = register(session)
    secret = service.create_token(session, sari, "kasir", ["orders"], None, at=SATURDAY)
    service.token_person(session, secret, at=SATURDAY)

    early = service.token_person(session, secret, at=SATURDAY + timedelta(minutes=9))
    assert early.used_at == SATURDAY
    later = service.token_person(session, secret, at=SATURDAY + timedelta(minutes=10))
    assert later.used_at == SATURDAY + timedelta(minutes=10)


def test_a_token_runs_out_and_closes_with_its_account(session):
    sari = register(session)
    soon = SATURDAY + timedelta(days=1)
    short = service.create_token(session, sari, "kasir", ["orders"], soon, at=SATURDAY)
    long = service.create_token(session, sari, "kasir", ["orders"], None, at=SATURDAY)

    assert queries.open_token(session, short, at=SATURDAY)
    assert queries.open_token(session, short, at=soon) is None
    assert queries.open_token(session, "guyub_nonsense", at=SATURDAY) is None
    sari.closed_at = SATURDAY
    assert queries.open_token(session, long, at=SATURDAY) is None


def test_tokens_are_bounded_and_ones_own(session):
    sari = register(session)
    for _ in range(20):
        service.create_token(session, sari, "kasir", ["orders"], None, at=SATURDAY)
    token = queries.tokens_of(session, sari.id)[0]

    with pytest.raises(Invalid):
        service.create_token(session, sari, "kasir", ["orders"], None, at=SATURDAY)
    with pytest.raises(NotFound):
        service.revoke_token(session, make_account(session).id, token.id, at=SATURDAY)


def test_a_notice_is_left_once_per_cause_and_stays_translatable(session):
    sari = register(session)
    text = say("Pesanan %(number)s: %(what)s", number=27, what=say("Siap diambil"))

    assert service.notify(session, sari.id, "order-27-ready", text, "/akun/pesanan", SATURDAY)
    assert not service.notify(session, sari.id, "order-27-ready", text, "/", SATURDAY)

    (notice,) = queries.notices_of(session, sari.id)
    session.refresh(notice)
    assert queries.sentence_of(notice) == text
    assert queries.count_notices(session, sari.id, unread=True) == 1


def test_notices_are_read_one_by_one_or_all_and_only_ones_own(session):
    sari, budi = register(session), make_account(session, "Budi")
    for number in range(3):
        service.notify(session, sari.id, f"c{number}", say("Halo"), "/akun", SATURDAY)
    service.notify(session, budi.id, "c0", say("Halo"), "/akun", SATURDAY)
    first = queries.notices_of(session, sari.id)[0]

    service.read_notices(session, budi.id, notice_id=first.id, at=SATURDAY)
    assert queries.count_notices(session, sari.id, unread=True) == 3
    service.read_notices(session, sari.id, notice_id=first.id, at=SATURDAY)
    assert queries.count_notices(session, sari.id, unread=True) == 2
    service.read_notices(session, sari.id, at=SATURDAY)
    assert queries.count_notices(session, sari.id, unread=True) == 0
    assert queries.count_notices(session, sari.id) == 3
    assert queries.count_notices(session, budi.id, unread=True) == 1


def test_the_values_of_a_notice_are_plain(session):
    sari = register(session)

    service.notify(session, sari.id, "c", say("%(a)s %(b)s", a=3, b=SATURDAY), "/", SATURDAY)

    assert session.scalars(select(Notice)).one().values == {"a": 3, "b": str(SATURDAY)}


def test_a_long_browser_name_is_cut(session):
    sari = register(session)

    service.start_sign_in(session, sari, browser="x" * 999, address="y" * 999, at=SATURDAY)

    row = session.scalars(select(SignIn)).one()
    assert (len(row.browser), len(row.address)) == (200, 60)


def test_an_account_that_never_was_or_is_closed_is_not_found(session):
    closed = make_account(session, closed_at=SATURDAY)

    for account_id in (new_id(), closed.id):
        for find in (queries.account, queries.staying):
            with pytest.raises(NotFound):
                find(session, account_id)


def test_a_link_that_another_request_uses_in_this_moment_is_gone(session):
    sari = register(session)
    secret = service.make_reset_link(session, sari, at=SATURDAY)
    link = queries.open_link(session, secret, at=SATURDAY)

    use_up(session, link, at=SATURDAY)

    with pytest.raises(Gone):
        use_up(session, link, at=SATURDAY)


def test_nobody_is_left_a_notice_twice_by_two_deliveries_at_once(session):
    sari = register(session)
    service.notify(session, sari.id, "c", say("Satu"), "/", SATURDAY)

    assert not service.notify(session, sari.id, "c", say("Dua"), "/", SATURDAY)
    assert not service.notify(session, new_id(), "c", say("Satu"), "/", SATURDAY)
    (notice,) = queries.notices_of(session, sari.id)
    assert notice.text == "Satu"
