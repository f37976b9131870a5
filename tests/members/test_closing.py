"""Closing an account: what is erased, what stays, and who has to stay."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from marketplace.accounts import queries as accounts
from marketplace.accounts import service as people
from marketplace.accounts.models import Account, ApiToken, Notice, OneTimeLink, SignIn
from marketplace.cooperatives import queries as cooperatives
from marketplace.cooperatives import service as cooperative_service
from marketplace.cooperatives.models import Invite, Post
from marketplace.cooperatives.rules import would_be_missed
from marketplace.kernel.access import OFFICERS, Role
from marketplace.kernel.errors import NotAllowed, NotFound, RuleBroken
from marketplace.kernel.ids import to_text
from marketplace.kernel.text import say
from marketplace.members import queries, service
from marketplace.members.service import Entry, StillNeeded
from marketplace.outbox.models import OutboxMessage
from marketplace.web.transactions import transaction
from tests.accounts.people import PASSWORD, SARI, make_sari, prove
from tests.makers import give_post, make_account, make_cooperative, make_member, make_officer

SATURDAY = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)


@pytest.fixture
def sari(session):
    return make_sari(session, email="sari@contoh.id")


@pytest.fixture
def sanan(session):
    return make_cooperative(session)


def close(session, account) -> None:
    service.close_account(session, prove(session, account), at=SATURDAY)
    session.expire_all()


def count(session, model, account) -> int:
    return session.scalar(select(func.count()).where(model.account_id == account.id))


def test_a_closed_account_holds_nothing_of_its_person(session, sari):
    people.notify(session, sari.id, "halo", say("Halo Sari"), "/akun", SATURDAY)
    people.start_sign_in(session, sari, browser="Firefox", address="10.0.0.1", at=SATURDAY)
    people.create_token(session, sari, "kasir Sari", ["orders"], None, at=SATURDAY)
    people.make_reset_link(session, sari, at=SATURDAY)
    people.ask_email(session, prove(session, sari), "baru@contoh.id", at=SATURDAY)

    close(session, sari)

    assert (sari.phone, sari.email, sari.password_hash) == (None, None, None)
    assert "Sari" not in sari.name
    assert sari.closed_at == SATURDAY
    held = {model: count(session, model, sari) for model in (SignIn, ApiToken, OneTimeLink, Notice)}
    assert set(held.values()) == {0}


def test_sign_ins_tokens_and_links_open_nothing_after_closing(session, sari):
    cookie = people.start_sign_in(session, sari, browser="", address="", at=SATURDAY)
    token = people.create_token(session, sari, "kasir", ["orders"], None, at=SATURDAY)
    link = people.make_reset_link(session, sari, at=SATURDAY)

    close(session, sari)

    assert accounts.open_sign_in(session, cookie, at=SATURDAY) is None
    assert accounts.open_token(session, token, at=SATURDAY) is None
    assert accounts.by_login(session, SARI) is None
    with pytest.raises(RuleBroken):
        people.use_reset_link(session, link, "perahu kertas sore", at=SATURDAY)
    with pytest.raises(people.WrongPassword):
        people.prove(session, SARI, PASSWORD)


def test_the_number_is_free_again_for_somebody_new(session, sari):
    close(session, sari)

    again = make_sari(session)

    assert again.id != sari.id
    assert accounts.by_login(session, SARI) is again


def test_two_closed_accounts_may_both_hold_nothing(session, sari):
    close(session, sari)
    other = make_sari(session)
    close(session, other)

    assert (sari.phone, other.phone, sari.email, other.email) == (None, None, None, None)


def test_the_line_of_the_register_stays_and_belongs_to_no_account(session, sari, sanan):
    line = make_member(session, sanan, "Sari Wulandari", account=sari, number=7)
    give_post(session, sanan, sari, Role.SELLER)

    close(session, sari)

    assert (line.name, line.number, line.left_on, line.account_id) == (
        "Sari Wulandari",
        7,
        None,
        None,
    )
    assert [row.id for row in queries.present(session, sanan.id)] == [line.id]
    assert cooperatives.roles_of(session, sanan.id, sari.id) == frozenset()


def test_who_closed_can_be_invited_anew_into_the_same_line(session, sari, sanan):
    chair = make_officer(session, sanan)
    line = make_member(session, sanan, "Sari", account=sari)
    close(session, sari)
    newcomer = make_account(session, "Sari lagi")
    secret = service.invite_member(session, sanan, line.id, Role.SELLER, by=chair.id, at=SATURDAY)

    service.accept_invite(session, secret, newcomer.id, at=SATURDAY)

    assert line.account_id == newcomer.id


def test_the_invitation_forgets_who_was_called(session, sari, sanan):
    chair = make_officer(session, sanan)
    secret = cooperative_service.invite(
        session, sanan, Role.SELLER, by=chair.id, name="Sari", phone="+62811", at=SATURDAY
    )
    kept = cooperative_service.invite(
        session, sanan, Role.SELLER, by=chair.id, name="Tono", at=SATURDAY
    )
    service.accept_invite(session, secret, sari.id, at=SATURDAY)

    close(session, sari)

    names = dict(session.execute(select(Invite.used_by, Invite.name)).all())
    assert names == {sari.id: None, None: "Tono"}
    assert cooperatives.open_invite(session, kept, at=SATURDAY)


def test_closing_is_written_down_without_saying_who_it_was(session, sari):
    close(session, sari)

    told = session.scalars(select(OutboxMessage).where(OutboxMessage.topic == "account.closed"))
    assert [message.facts for message in told] == [{"account_id": to_text(sari.id)}]


def test_a_closed_account_is_left_no_notice(session, sari):
    close(session, sari)

    assert not people.notify(session, sari.id, "order-27", say("Siap"), "/akun", SATURDAY)
    assert accounts.count_notices(session, sari.id) == 0


@pytest.mark.parametrize("flag", ["is_operator", "is_office"])
def test_the_city_office_and_operators_do_not_close_themselves(session, sari, flag):
    setattr(sari, flag, True)
    session.commit()

    with pytest.raises(NotAllowed):
        close(session, sari)
    session.rollback()

    assert sari.closed_at is None


def test_closing_needs_a_proof_that_still_holds(session, sari):
    proof = prove(session, sari)
    people.change_password(
        session, sari, current=PASSWORD, new="perahu kertas sore", keep=None, at=SATURDAY
    )

    with pytest.raises(people.WrongPassword):
        service.close_account(session, proof, at=SATURDAY)


# Who has to stay


@pytest.mark.parametrize(
    ("own", "others", "missed"),
    [
        ({Role.CHAIR}, set(), True),
        ({Role.CHAIR}, {Role.SECRETARY, Role.TREASURER}, True),
        ({Role.CHAIR}, {Role.CHAIR}, False),
        ({Role.TREASURER}, set(), True),
        ({Role.TREASURER}, {Role.SUPERVISOR, Role.SELLER}, True),
        ({Role.TREASURER}, {Role.SECRETARY}, False),
        ({Role.SELLER, Role.SUPERVISOR}, set(), False),
        (set(), set(), False),
    ],
)
def test_who_would_be_missed(own, others, missed):
    assert would_be_missed(own, others) is missed


def test_the_last_chair_of_any_cooperative_stays(session, sari, sanan):
    kopi = make_cooperative(session, "Kopi Kawi")
    give_post(session, kopi, sari, Role.CHAIR)
    give_post(session, sanan, sari, Role.SELLER)
    make_officer(session, kopi, Role.TREASURER)
    session.commit()

    with pytest.raises(StillNeeded, match="Kopi Kawi") as refused:
        close(session, sari)
    session.rollback()

    assert "Sanan" not in str(refused.value)
    assert cooperatives.roles_of(session, sanan.id, sari.id) == {Role.SELLER}
    assert sari.closed_at is None


def test_a_chair_closes_once_another_one_is_there(session, sari, sanan):
    give_post(session, sanan, sari, Role.CHAIR)
    give_post(session, sanan, sari, Role.TREASURER)
    other = make_officer(session, sanan, Role.CHAIR, "Bu Lilik")

    close(session, sari)

    held = cooperatives.holders(session, sanan.id)
    assert [(each.account.id, each.post.role) for each in held] == [(other.id, Role.CHAIR)]
    ended = session.scalars(select(Post).where(Post.account_id == sari.id)).all()
    assert {post.ended_at for post in ended} == {SATURDAY}


@pytest.mark.parametrize("role", sorted(OFFICERS, key=lambda role: role.value))
def test_the_only_officer_stays(session, sari, sanan, role):
    give_post(session, sanan, sari, role)
    session.commit()

    with pytest.raises(StillNeeded):
        close(session, sari)
    session.rollback()


@pytest.mark.race
def test_chairs_who_all_close_at_once_leave_one_behind(own_app):
    with own_app.app_context(), transaction() as session:
        sanan, kopi = make_cooperative(session), make_cooperative(session, "Kopi")
        hashed = people.prepare_password(PASSWORD, own=[])
        chairs = [
            make_account(session, f"Ketua {number}", password_hash=hashed) for number in range(3)
        ]
        for chair in chairs:
            for cooperative in (sanan, kopi):
                give_post(session, cooperative, chair, Role.CHAIR)
        proofs = [people.Proof(chair.id, hashed, None) for chair in chairs]
        ids = [sanan.id, kopi.id]
    refused: list[RuleBroken] = []
    gate = Barrier(len(proofs))

    def leave(proof: people.Proof) -> None:
        with own_app.app_context():
            gate.wait()
            try:
                with transaction() as session:
                    service.close_account(session, proof, at=SATURDAY)
            except StillNeeded as broken:
                refused.append(broken)

    threads = [Thread(target=leave, args=(proof,)) for proof in proofs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    with own_app.app_context(), transaction() as session:
        open_accounts = select(func.count(Account.id)).where(Account.closed_at.is_(None))
        assert session.scalar(open_accounts) == 1
        assert [len(cooperatives.holders(session, id_)) for id_ in ids] == [1, 1]


def admit_sari(session, sanan_id, member_id, sari_id, secret) -> None:
    service.admit(session, sanan_id, Entry(name="Sari"), account_id=sari_id, at=SATURDAY)


def link_sari(session, sanan_id, member_id, sari_id, secret) -> None:
    service.link_account(session, sanan_id, member_id, sari_id, at=SATURDAY)


def accept_as_sari(session, sanan_id, member_id, sari_id, secret) -> None:
    service.accept_invite(session, secret, sari_id, at=SATURDAY)


@pytest.mark.race
@pytest.mark.parametrize("act", [admit_sari, link_sari, accept_as_sari])
def test_who_closes_while_being_written_in_is_written_nowhere_in_the_end(own_app, act):
    with own_app.app_context(), transaction() as session:
        sanan, sari = make_cooperative(session), make_sari(session)
        chair = make_officer(session, sanan)
        give_post(session, sanan, sari, Role.MEMBER)
        member = make_member(session, sanan, "Sari")
        secret = service.invite_member(
            session, sanan, member.id, Role.SELLER, by=chair.id, at=SATURDAY
        )
        facts = (sanan.id, member.id, sari.id, secret)
        proof, sari_id = prove(session, sari), sari.id
    gate = Barrier(2)
    refused: list[RuleBroken] = []

    def run(one) -> None:
        with own_app.app_context():
            gate.wait()
            try:
                with transaction() as session:
                    one(session)
            except NotFound as broken:
                refused.append(broken)

    threads = [
        Thread(target=run, args=(lambda session: act(session, *facts),)),
        Thread(
            target=run,
            args=(lambda session: service.close_account(session, proof, at=SATURDAY),),
        ),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) <= 1
    with own_app.app_context(), transaction() as session:
        assert session.get(Account, sari_id).closed_at == SATURDAY
        assert queries.lines_of(session, sari_id) == []
        assert cooperatives.roles_of(session, facts[0], sari_id) == frozenset()


@pytest.mark.parametrize("act", [admit_sari, link_sari, accept_as_sari])
def test_who_closed_is_written_nowhere_any_more(session, sari, sanan, act):
    chair = make_officer(session, sanan)
    give_post(session, sanan, sari, Role.MEMBER)
    member = make_member(session, sanan, "Sari")
    secret = service.invite_member(session, sanan, member.id, Role.SELLER, by=chair.id, at=SATURDAY)
    close(session, sari)

    with pytest.raises(NotFound):
        act(session, sanan.id, member.id, sari.id, secret)

    assert queries.lines_of(session, sari.id) == []
