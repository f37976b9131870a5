from __future__ import annotations

from datetime import UTC, date, datetime
from threading import Thread

import pytest
from sqlalchemy import select

from marketplace.accounts import queries as accounts
from marketplace.cooperatives import queries as cooperatives
from marketplace.cooperatives import service as cooperative_service
from marketplace.kernel.access import Role
from marketplace.kernel.errors import Invalid, NotAllowed, NotFound, RuleBroken
from marketplace.members import queries, service
from marketplace.members.models import Member
from marketplace.members.queries import Shown
from marketplace.members.service import AlreadyMember, Entry
from marketplace.web.transactions import transaction
from tests.makers import give_post, make_account, make_cooperative, make_member, make_officer

SATURDAY = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 28)


@pytest.fixture
def sanan(session):
    return make_cooperative(session)


@pytest.fixture
def chair(session, sanan):
    return make_officer(session, sanan, Role.CHAIR)


def admit(session, cooperative, name: str = "Lilik Suryani", **facts):
    return service.admit(session, cooperative.id, Entry(name=name), at=SATURDAY, **facts)


def leave(session, cooperative, member, by, on: date = TODAY):
    return service.leave(
        session, cooperative.id, member.id, on=on, reason="Pindah kota", by=by.id, at=SATURDAY
    )


def test_members_are_numbered_and_counted(session, sanan):
    kopi = make_cooperative(session, "Kopi")

    numbers = [admit(session, sanan, name).number for name in ("Lilik", "Tono", "Wati")]

    assert numbers == [1, 2, 3]
    assert admit(session, kopi).number == 1
    assert (sanan.member_count, kopi.member_count) == (3, 1)


def test_the_number_of_a_member_who_left_is_never_given_again(session, sanan, chair):
    admit(session, sanan)
    last = admit(session, sanan, "Tono")

    leave(session, sanan, last, chair)

    assert sanan.member_count == 1
    assert admit(session, sanan, "Wati").number == 3
    assert sanan.member_count == 2


def test_a_member_is_called_by_name_unless_told_otherwise(session, sanan):
    entry = Entry(name="Lilik Suryani", called="Bu Lilik", phone="+6281234567890")

    assert admit(session, sanan).called == "Lilik Suryani"
    member = service.admit(session, sanan.id, entry, admitted_on=date(2020, 2, 29), at=SATURDAY)
    assert (member.called, member.admitted_on) == ("Bu Lilik", date(2020, 2, 29))
    service.edit(session, sanan.id, member.id, Entry(name="Lilik S."), at=SATURDAY)
    assert (member.name, member.called, member.phone) == ("Lilik S.", "Lilik S.", None)
    assert member.number == 2


def test_nobody_is_admitted_in_the_future(session, sanan):
    with pytest.raises(Invalid):
        admit(session, sanan, admitted_on=date(2026, 11, 29))

    assert sanan.member_count == 0


def test_one_person_is_a_member_of_one_cooperative_once_at_a_time(session, sanan, chair):
    sari, kopi = make_account(session), make_cooperative(session, "Kopi")
    first = admit(session, sanan, account_id=sari.id)

    with pytest.raises(AlreadyMember):
        admit(session, sanan, account_id=sari.id)
    assert admit(session, kopi, account_id=sari.id)
    assert queries.member_of(session, sanan.id, sari.id) is first
    leave(session, sanan, first, chair)
    assert queries.member_of(session, sanan.id, sari.id) is None
    assert admit(session, sanan, account_id=sari.id).number == 2


def test_leaving_keeps_the_line_with_day_and_reason_and_ends_the_posts(session, sanan, chair):
    sari = make_account(session)
    give_post(session, sanan, sari, Role.SELLER)
    member = admit(session, sanan, account_id=sari.id, admitted_on=date(2026, 1, 1))

    leave(session, sanan, member, chair, date(2026, 11, 1))
    leave(session, sanan, member, chair, date(2026, 11, 2))

    assert (member.left_on, member.leaving_reason) == (date(2026, 11, 1), "Pindah kota")
    assert cooperatives.roles_of(session, sanan.id, sari.id) == frozenset()
    assert [row.id for row in queries.present(session, sanan.id)] == []


def test_nobody_leaves_before_coming_or_in_the_future(session, sanan, chair):
    member = admit(session, sanan, admitted_on=date(2026, 6, 1))
    session.commit()

    for wrong in (date(2026, 5, 31), date(2026, 11, 29)):
        with pytest.raises(Invalid):
            leave(session, sanan, member, chair, wrong)
        session.rollback()


def test_the_last_chair_cannot_be_released_nor_an_officer_by_a_lower_one(session, sanan, chair):
    secretary = make_officer(session, sanan, Role.SECRETARY)
    member = admit(session, sanan, account_id=chair.id)
    session.commit()

    with pytest.raises(NotAllowed):
        leave(session, sanan, member, secretary)
    session.rollback()
    with pytest.raises(RuleBroken):
        leave(session, sanan, member, chair)
    session.rollback()

    assert session.scalars(select(Member)).one().left_on is None


def test_an_invitation_joins_the_line_of_the_register_to_an_account(session, sanan, chair):
    sari = make_account(session)
    member = admit(session, sanan)
    secret = service.invite_member(session, sanan, member.id, Role.SELLER, by=chair.id, at=SATURDAY)

    assert service.accept_invite(session, secret, sari.id, at=SATURDAY) is sanan

    assert member.account_id == sari.id
    assert cooperatives.roles_of(session, sanan.id, sari.id) == {Role.SELLER}
    assert len(accounts.notices_of(session, chair.id)) == 1
    with pytest.raises(RuleBroken):
        service.invite_member(session, sanan, member.id, Role.SELLER, by=chair.id, at=SATURDAY)


def test_who_is_a_member_already_cannot_take_a_second_line(session, sanan, chair):
    sari = make_account(session)
    admit(session, sanan, account_id=sari.id)
    other = admit(session, sanan, "Tono")
    secret = service.invite_member(session, sanan, other.id, Role.MEMBER, by=chair.id, at=SATURDAY)
    session.commit()

    with pytest.raises(AlreadyMember):
        service.accept_invite(session, secret, sari.id, at=SATURDAY)
    session.rollback()

    assert cooperatives.roles_of(session, sanan.id, sari.id) == frozenset()
    assert len(cooperatives.open_invites(session, sanan.id, at=SATURDAY)) == 1


def test_who_left_is_not_invited_or_joined(session, sanan, chair):
    sari = make_account(session)
    give_post(session, sanan, sari, Role.MEMBER)
    gone = admit(session, sanan)
    secret = service.invite_member(session, sanan, gone.id, Role.MEMBER, by=chair.id, at=SATURDAY)
    leave(session, sanan, gone, chair)

    with pytest.raises(RuleBroken):
        service.invite_member(session, sanan, gone.id, Role.MEMBER, by=chair.id, at=SATURDAY)
    with pytest.raises(RuleBroken):
        service.link_account(session, sanan.id, gone.id, sari.id, at=SATURDAY)
    with pytest.raises(RuleBroken):
        service.accept_invite(session, secret, make_account(session).id, at=SATURDAY)


def test_only_people_who_hold_a_post_here_are_joined_by_an_officer(session, sanan):
    sari, stranger = make_account(session), make_account(session)
    give_post(session, sanan, sari, Role.MEMBER)
    member = admit(session, sanan)

    with pytest.raises(RuleBroken):
        service.link_account(session, sanan.id, member.id, stranger.id, at=SATURDAY)
    service.link_account(session, sanan.id, member.id, sari.id, at=SATURDAY)
    service.link_account(session, sanan.id, member.id, sari.id, at=SATURDAY)

    assert member.account_id == sari.id


def test_a_line_of_another_cooperative_is_not_found(session, sanan, chair):
    foreign = make_member(session, make_cooperative(session, "Lain"))
    for act in (
        lambda: service.edit(session, sanan.id, foreign.id, Entry(name="X"), at=SATURDAY),
        lambda: leave(session, sanan, foreign, chair),
        lambda: service.link_account(session, sanan.id, foreign.id, chair.id, at=SATURDAY),
        lambda: service.invite_member(
            session, sanan, foreign.id, Role.MEMBER, by=chair.id, at=SATURDAY
        ),
        lambda: queries.member(session, sanan.id, foreign.id),
    ):
        with pytest.raises(NotFound):
            act()


def test_the_register_is_searched_filtered_and_paged(session, sanan, chair):
    for name in ("Lilik", "Tono", "100%_asli"):
        admit(session, sanan, name)
    entry = Entry(name="Wati", called="Mbak Wati", phone="+6281234567890")
    wati = service.admit(session, sanan.id, entry, at=SATURDAY)
    leave(session, sanan, wati, chair)

    def names(**how):
        return [row.name for row in queries.register(session, sanan.id, **how)[0]]

    assert names() == ["Lilik", "Tono", "100%_asli"]
    assert names(shown=Shown.LEFT) == ["Wati"]
    assert len(names(shown=Shown.ALL)) == 4
    assert names(text="lil") == ["Lilik"]
    assert names(text="%") == ["100%_asli"]
    assert names(text="2") == ["Tono"]
    assert names(text="mbak", shown=Shown.ALL) == ["Wati"]
    assert names(text="0812 3456", shown=Shown.ALL) == ["Wati"]
    assert names(text="9" * 30) == []
    assert names(text="²") == []
    assert names(page=2) == []
    assert queries.register(session, sanan.id)[1] == 3
    assert len(queries.whole_register(session, sanan.id)) == 4


@pytest.mark.race
def test_two_officers_never_give_the_same_number(own_app):
    with own_app.app_context(), transaction() as session:
        cooperative_id = make_cooperative(session).id

    def admit_some() -> None:
        for _ in range(5):
            with own_app.app_context(), transaction() as session:
                service.admit(session, cooperative_id, Entry(name="Lilik"), at=SATURDAY)

    threads = [Thread(target=admit_some) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with own_app.app_context(), transaction() as session:
        rows = queries.present(session, cooperative_id)
        assert [row.number for row in rows] == list(range(1, 21))
        assert queries.count_present(session, cooperative_id) == 20


def test_an_invitation_for_a_post_alone_joins_no_line(session, sanan, chair):
    sari = make_account(session)
    secret = cooperative_service.invite(session, sanan, Role.TREASURER, by=chair.id, at=SATURDAY)

    service.accept_invite(session, secret, sari.id, at=SATURDAY)

    assert queries.member_of(session, sanan.id, sari.id) is None
