from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import OneTimeLink
from marketplace.cooperatives import queries, service
from marketplace.cooperatives.models import OldSlug, Post, Standing
from marketplace.cooperatives.rules import BadHours
from marketplace.cooperatives.service.founding import SlugTaken, WordTaken, missing
from marketplace.kernel.access import Role
from marketplace.kernel.errors import Gone, Invalid, NotAllowed, NotFound, RuleBroken
from marketplace.kernel.ids import new_id
from marketplace.outbox.models import OutboxMessage
from tests.makers import (
    STATIC_QRIS,
    give_post,
    make_account,
    make_cooperative,
    make_officer,
    make_point,
)

SATURDAY = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)


@pytest.fixture
def sanan(session):
    return make_cooperative(session)


@pytest.fixture
def chair(session, sanan):
    return make_officer(session, sanan, Role.CHAIR)


@pytest.fixture
def secretary(session, sanan):
    return make_officer(session, sanan, Role.SECRETARY, "Bu Rini")


def create(session, name: str = "Kopi Lereng Kawi", **facts):
    values = {"legal_name": f"Koperasi {name}", "region_code": "35.73.01", **facts}
    return service.create(session, name=name, at=SATURDAY, **values)


def told(session) -> list[str]:
    rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return [f"{row.topic} {row.facts.get('what', '')}".strip() for row in rows]


def roles(session, cooperative, account):
    return queries.roles_of(session, cooperative.id, account.id)


# Founding and addresses


def test_a_new_cooperative_prepares_its_shop_under_an_address_and_a_word_of_its_own(session):
    first, second = create(session), create(session)

    assert (first.slug, first.word) == ("kopi-lereng-kawi", "KOPI")
    assert (second.slug, second.word) == ("kopi-lereng-kawi-2", "KOPI2")
    assert first.standing is Standing.PREPARING
    assert first.region_name == "Blimbing, Kota Malang"
    assert told(session) == ["cooperative.changed created"] * 2


def test_a_wanted_address_or_word_that_is_taken_is_refused(session):
    create(session)

    with pytest.raises(SlugTaken):
        create(session, "Lain", slug="kopi-lereng-kawi")
    with pytest.raises(WordTaken):
        create(session, "Lain", word="KOPI")
    with pytest.raises(Invalid):
        create(session, "Lain", region_code="99.99")


def test_a_short_name_still_gets_an_address(session):
    assert create(session, "Ng").slug == "ng-koperasi"


def test_an_old_address_leads_to_the_new_one_and_is_never_given_to_others(session):
    kopi, lain = create(session), create(session, "Lain Sekali")

    service.rename(session, kopi, "kopi-kawi", at=SATURDAY)
    service.rename(session, kopi, "kopi-kawi", at=SATURDAY)

    assert queries.renamed_to(session, "kopi-lereng-kawi") == "kopi-kawi"
    for slug in ("kopi-lereng-kawi", "kopi-kawi"):
        with pytest.raises(SlugTaken):
            service.rename(session, lain, slug, at=SATURDAY)
        with pytest.raises(SlugTaken):
            create(session, "Baru", slug=slug)
    assert create(session).slug == "kopi-lereng-kawi-2"


def test_a_cooperative_may_take_its_own_old_address_back(session):
    kopi = create(session)
    service.rename(session, kopi, "kopi-kawi", at=SATURDAY)

    service.rename(session, kopi, "kopi-lereng-kawi", at=SATURDAY)

    assert queries.renamed_to(session, "kopi-kawi") == "kopi-lereng-kawi"
    assert session.scalar(select(func.count(OldSlug.slug))) == 1
    with pytest.raises(Invalid):
        service.rename(session, kopi, "Kopi Kawi", at=SATURDAY)


def test_a_shop_opens_once_everything_is_there_to_buy_with(session):
    kopi = create(session)
    assert [page for page, _ in missing(session, kopi)] == ["titik-ambil", "profil"]

    with pytest.raises(RuleBroken):
        service.open_shop(session, kopi, at=SATURDAY)
    make_point(session, kopi)
    kopi.phone = "+6281234567890"
    service.open_shop(session, kopi, at=SATURDAY)
    service.open_shop(session, kopi, at=SATURDAY)

    assert kopi.standing is Standing.OPEN
    kopi.takes_cash, kopi.hours = False, {}
    assert [page for page, _ in missing(session, kopi)] == ["jam", "pembayaran"]


def test_a_suspended_shop_opens_only_after_the_operator_gave_it_back(session, sanan):
    make_point(session, sanan)
    sanan.phone = "+6281234567890"
    service.suspend(session, sanan, at=SATURDAY)

    with pytest.raises(RuleBroken):
        service.open_shop(session, sanan, at=SATURDAY)
    service.reopen(session, sanan, at=SATURDAY)
    assert sanan.standing is Standing.PREPARING
    service.open_shop(session, sanan, at=SATURDAY)
    service.reopen(session, sanan, at=SATURDAY)

    assert sanan.standing is Standing.OPEN


# Profile, hours, places, payment


def test_the_profile_is_changed_as_a_whole(session, sanan):
    profile = service.Profile(
        name="Sanan Jaya", legal_name="Koperasi Sanan Jaya", last_meeting_on=date(2026, 3, 1)
    )

    service.change_profile(session, sanan, profile, at=SATURDAY + timedelta(days=1))

    assert (sanan.name, sanan.story) == ("Sanan Jaya", None)
    assert sanan.last_meeting_on == date(2026, 3, 1)
    assert sanan.updated_at == SATURDAY + timedelta(days=1)
    assert told(session) == ["cooperative.changed profile"]


def test_a_cooperative_moves_only_to_a_region_that_exists(session, sanan):
    service.move(session, sanan, "35.73.02", at=SATURDAY)

    assert sanan.region_name == "Klojen, Kota Malang"
    with pytest.raises(Invalid):
        service.move(session, sanan, "35.73.77", at=SATURDAY)


def test_a_cloth_is_chosen_or_given_back(session, sanan):
    service.set_motif(session, sanan, (5, 7), at=SATURDAY)
    assert sanan.motif == "5.7"
    for wrong in ((6, 0), (0, 8), (-1, 0)):
        with pytest.raises(Invalid):
            service.set_motif(session, sanan, wrong, at=SATURDAY)
    service.set_motif(session, sanan, None, at=SATURDAY)
    assert sanan.motif is None


def test_a_picture_takes_the_place_of_the_cloth(session, sanan):
    picture = new_id()

    service.set_banner(session, sanan, picture, at=SATURDAY)

    assert sanan.banner_file_id == picture


def test_hours_are_kept_per_weekday(session, sanan):
    service.set_hours(session, sanan, {6: (480, 720), 0: (420, 1440)}, at=SATURDAY)

    session.refresh(sanan)
    assert sanan.hours == {"0": [420, 1440], "6": [480, 720]}
    for wrong in ({7: (0, 1)}, {0: (720, 480)}, {0: (0, 1441)}):
        with pytest.raises(BadHours):
            service.set_hours(session, sanan, wrong, at=SATURDAY)


def test_a_holiday_has_a_beginning_and_no_end_before_it(session, sanan):
    first, last = date(2026, 12, 24), date(2026, 12, 26)

    service.close_between(session, sanan, first, last, "Natal", at=SATURDAY)
    assert (sanan.closed_from, sanan.closed_until, sanan.closed_note) == (first, last, "Natal")
    service.close_between(session, sanan, first, None, None, at=SATURDAY)
    assert sanan.closed_until is None
    for wrong in ((last, first), (None, last)):
        with pytest.raises(Invalid):
            service.close_between(session, sanan, *wrong, None, at=SATURDAY)
    service.close_between(session, sanan, None, None, "Natal", at=SATURDAY)
    assert (sanan.closed_from, sanan.closed_note) == (None, None)


def test_points_are_added_changed_retired_and_offered_again(session, sanan):
    place = service.Place(name="Balai RW 15", address="Jl. Sanan 8", slots=[(5, 480, 720)])
    first = service.add_point(session, sanan, place, at=SATURDAY)
    second = service.add_point(
        session, sanan, service.Place(name="Pasar", address="Blok C"), at=SATURDAY
    )

    changed = service.Place(
        name="Balai RW 16", address="Jl. Sanan 9", slots=[(6, 480, 720), (0, 0, 60), (0, 0, 60)]
    )
    service.change_point(session, sanan, first.id, changed, at=SATURDAY)
    session.refresh(first)
    assert (first.name, first.slots) == ("Balai RW 16", [[0, 0, 60], [6, 480, 720]])
    service.retire_point(session, sanan, first.id, active=False, at=SATURDAY)
    assert [point.id for point in queries.points(session, sanan.id)] == [second.id]
    assert len(queries.points(session, sanan.id, active=False)) == 2
    service.retire_point(session, sanan, first.id, active=True, at=SATURDAY)
    assert [point.id for point in queries.points(session, sanan.id)] == [first.id, second.id]


@pytest.mark.parametrize(
    ("slots", "prepare"), [([(7, 0, 1)], 60), ([(0, 9, 8)], 60), ([], -1), ([], 7 * 1440 + 1)]
)
def test_a_point_with_impossible_times_is_refused(session, sanan, slots, prepare):
    place = service.Place(name="X", address="Y", slots=slots, prepare_minutes=prepare)

    with pytest.raises(Invalid if prepare != 60 else BadHours):
        service.add_point(session, sanan, place, at=SATURDAY)


def test_points_are_bounded_and_of_ones_own_cooperative(session, sanan):
    place = service.Place(name="X", address="Y")
    for _ in range(20):
        make_point(session, sanan)
    other = make_point(session, make_cooperative(session, "Lain"))

    with pytest.raises(RuleBroken):
        service.add_point(session, sanan, place, at=SATURDAY)
    with pytest.raises(NotFound):
        service.change_point(session, sanan, other.id, place, at=SATURDAY)
    with pytest.raises(NotFound):
        service.retire_point(session, sanan, other.id, active=False, at=SATURDAY)


def terms(session, cooperative, **changes):
    values = {
        "share_basis_points": 750,
        "payment_minutes": 120,
        "takes_cash": True,
        "takes_qris": True,
        "takes_transfer": False,
        "qris_converts": False,
        **changes,
    }
    service.set_payment_terms(session, cooperative, at=SATURDAY, **values)


def test_share_deadline_and_ways_to_pay_are_set_together(session, sanan):
    terms(session, sanan)

    assert (sanan.share_basis_points, sanan.payment_minutes) == (750, 120)
    assert (sanan.takes_qris, sanan.qris_converts) == (True, False)


@pytest.mark.parametrize(
    "wrong",
    [{"share_basis_points": -1}, {"share_basis_points": 10_001}, {"payment_minutes": 4},
     {"payment_minutes": 10_081}],
)  # fmt: skip
def test_impossible_payment_terms_are_refused(session, sanan, wrong):
    with pytest.raises(Invalid):
        terms(session, sanan, **wrong)


def test_qris_needs_a_code_and_is_forgotten_with_it(session, sanan):
    service.remove_qris(session, sanan, at=SATURDAY)
    assert (sanan.qris_payload, sanan.takes_qris) == (None, False)

    with pytest.raises(RuleBroken):
        terms(session, sanan)
    service.set_qris(session, sanan, STATIC_QRIS, converts=True, at=SATURDAY)

    assert (sanan.qris_payload, sanan.takes_qris) == (STATIC_QRIS, True)
    terms(session, sanan)


# Posts


def test_a_post_is_given_once_and_told_to_its_holder(session, sanan, chair):
    sari = make_account(session)

    post = service.give_post(session, sanan, sari.id, Role.TREASURER, by=chair.id, at=SATURDAY)
    again = service.give_post(session, sanan, sari.id, Role.TREASURER, by=chair.id, at=SATURDAY)

    assert again is post
    assert roles(session, sanan, sari) == {Role.TREASURER}
    assert told(session) == ["post.given"]
    assert len(accounts.notices_of(session, sari.id)) == 1


def test_one_person_holds_several_posts_in_several_cooperatives(session, sanan, chair):
    sari, kopi = make_account(session), make_cooperative(session, "Kopi Kawi")
    give_post(session, kopi, sari, Role.MEMBER)
    service.give_post(session, sanan, sari.id, Role.TREASURER, by=chair.id, at=SATURDAY)
    service.give_post(session, sanan, sari.id, Role.SELLER, by=chair.id, at=SATURDAY)

    mine = queries.mine(session, sari.id)

    assert [(each.cooperative.name, set(each.roles)) for each in mine] == [
        ("Kopi Kawi", {Role.MEMBER}),
        ("Sanan Tempe Muda", {Role.TREASURER, Role.SELLER}),
    ]


def test_nobody_gives_posts_to_themselves_or_above_their_own(session, sanan, chair, secretary):
    sari = make_account(session)
    stranger = make_officer(session, make_cooperative(session, "Lain"), Role.CHAIR)
    refused = [
        (secretary, secretary, Role.TREASURER),
        (chair, chair, Role.TREASURER),
        (secretary, sari, Role.TREASURER),
        (secretary, sari, Role.CHAIR),
        (secretary, sari, Role.SUPERVISOR),
        (stranger, sari, Role.MEMBER),
        (sari, secretary, Role.MEMBER),
    ]

    for giver, receiver, role in refused:
        with pytest.raises(NotAllowed):
            service.give_post(session, sanan, receiver.id, role, by=giver.id, at=SATURDAY)

    assert roles(session, sanan, sari) == frozenset()
    service.give_post(session, sanan, sari.id, Role.SELLER, by=secretary.id, at=SATURDAY)
    assert roles(session, sanan, sari) == {Role.SELLER}


def test_the_last_chair_stays(session, sanan, chair):
    (post,) = queries.posts_of(session, sanan.id, chair.id)

    with pytest.raises(RuleBroken):
        service.end_post(session, sanan, post.id, by=chair.id, at=SATURDAY)
    make_officer(session, sanan, Role.CHAIR, "Bu Rini")
    service.end_post(session, sanan, post.id, by=chair.id, at=SATURDAY)
    service.end_post(session, sanan, post.id, by=chair.id, at=SATURDAY + timedelta(days=1))

    assert roles(session, sanan, chair) == frozenset()
    assert post.ended_at == SATURDAY


def test_posts_are_ended_by_who_may_give_them_or_by_the_holder(session, sanan, chair, secretary):
    (chairs,) = queries.posts_of(session, sanan.id, chair.id)
    (own,) = queries.posts_of(session, sanan.id, secretary.id)
    elsewhere = give_post(session, make_cooperative(session, "Lain"), chair, Role.MEMBER)

    with pytest.raises(NotAllowed):
        service.end_post(session, sanan, chairs.id, by=secretary.id, at=SATURDAY)
    with pytest.raises(NotFound):
        service.end_post(session, sanan, elsewhere.id, by=chair.id, at=SATURDAY)
    service.end_post(session, sanan, own.id, by=secretary.id, at=SATURDAY)

    assert roles(session, sanan, secretary) == frozenset()
    assert elsewhere.ended_at is None


def test_a_post_can_be_given_again_after_it_ended(session, sanan, chair):
    sari = make_account(session)
    post = service.give_post(session, sanan, sari.id, Role.SELLER, by=chair.id, at=SATURDAY)
    service.end_post(session, sanan, post.id, by=chair.id, at=SATURDAY)

    again = service.give_post(session, sanan, sari.id, Role.SELLER, by=chair.id, at=SATURDAY)

    assert again.id != post.id
    assert session.scalar(select(func.count(Post.id)).where(Post.account_id == sari.id)) == 2


def test_officers_come_first_in_the_list_of_posts(session, sanan):
    for role in (Role.MEMBER, Role.SELLER, Role.CHAIR, Role.SUPERVISOR):
        give_post(session, sanan, make_account(session, role.value), role)

    held = [each.post.role for each in queries.holders(session, sanan.id)]

    assert held == [Role.CHAIR, Role.SUPERVISOR, Role.SELLER, Role.MEMBER]


# Links for a forgotten password


def test_an_officer_hands_a_member_a_link_and_the_member_is_told(session, sanan, secretary):
    sari = make_account(session)
    give_post(session, sanan, sari, Role.MEMBER)

    service.reset_link(session, sanan, sari.id, by=secretary.id, at=SATURDAY)

    link = session.scalars(select(OneTimeLink)).one()
    assert (link.account_id, link.created_by) == (sari.id, secretary.id)
    assert len(accounts.notices_of(session, sari.id)) == 1


def test_no_link_is_made_for_whom_the_officer_could_not_have_called_in(
    session, sanan, chair, secretary
):
    kopi = make_cooperative(session, "Kopi")
    stranger = make_account(session)
    trusted = make_officer(session, kopi, Role.TREASURER)
    operator = make_account(session, is_operator=True)
    office = make_account(session, is_office=True)
    for account in (trusted, operator, office):
        give_post(session, sanan, account, Role.MEMBER)

    for account in (stranger, trusted, operator, office, chair, secretary):
        with pytest.raises(NotAllowed):
            service.reset_link(session, sanan, account.id, by=secretary.id, at=SATURDAY)

    assert session.scalar(select(func.count(OneTimeLink.id))) == 0
    assert service.reset_link(session, sanan, secretary.id, by=chair.id, at=SATURDAY)


# Invitations


def test_an_invitation_gives_its_post_once(session, sanan, chair):
    sari, budi = make_account(session), make_account(session, "Budi")
    secret = service.invite(session, sanan, Role.SELLER, by=chair.id, name="Sari", at=SATURDAY)
    assert len(queries.open_invites(session, sanan.id, at=SATURDAY)) == 1

    accepted = service.accept_invite(session, secret, sari.id, at=SATURDAY)

    assert (accepted.used_by, accepted.used_at) == (sari.id, SATURDAY)
    assert roles(session, sanan, sari) == {Role.SELLER}
    assert queries.open_invites(session, sanan.id, at=SATURDAY) == []
    with pytest.raises(Gone):
        service.accept_invite(session, secret, budi.id, at=SATURDAY)
    with pytest.raises(Gone):
        service.revoke_invite(session, sanan, accepted.id, at=SATURDAY)
    assert roles(session, sanan, budi) == frozenset()


def test_an_invitation_ends_after_14_days_or_when_it_is_taken_back(session, sanan, chair):
    late = service.invite(session, sanan, Role.SELLER, by=chair.id, at=SATURDAY)
    taken = service.invite(session, sanan, Role.SELLER, by=chair.id, at=SATURDAY)
    row = queries.open_invite(session, taken, at=SATURDAY)

    service.revoke_invite(session, sanan, row.id, at=SATURDAY)
    service.revoke_invite(session, sanan, row.id, at=SATURDAY)

    too_late = SATURDAY + timedelta(days=14)
    for secret, moment in ((late, too_late), (taken, SATURDAY), ("x", SATURDAY)):
        with pytest.raises(Gone):
            service.accept_invite(session, secret, make_account(session).id, at=moment)
    with pytest.raises(NotFound):
        service.revoke_invite(session, make_cooperative(session, "Lain"), row.id, at=SATURDAY)


def test_nobody_invites_above_their_own_or_accepts_their_own_invitation(
    session, sanan, chair, secretary
):
    own = service.invite(session, sanan, Role.TREASURER, by=chair.id, at=SATURDAY)

    with pytest.raises(NotAllowed):
        service.invite(session, sanan, Role.TREASURER, by=secretary.id, at=SATURDAY)
    with pytest.raises(NotAllowed):
        service.accept_invite(session, own, chair.id, at=SATURDAY)

    assert roles(session, sanan, chair) == {Role.CHAIR}


def test_an_operator_invites_the_first_chair(session):
    kopi, operator, sari = create(session), make_account(session), make_account(session)
    secret = service.invite(
        session, kopi, Role.CHAIR, by=operator.id, as_operator=True, at=SATURDAY
    )

    service.accept_invite(session, secret, sari.id, at=SATURDAY)

    assert roles(session, kopi, sari) == {Role.CHAIR}


def test_operators_find_cooperatives_by_name_or_address(session):
    for name in ("Kopi Kawi", "Sanan Tempe", "Kop_i%"):
        create(session, name)

    rows, total = queries.all_cooperatives(session, text="kopi k")
    assert ([row.name for row in rows], total) == (["Kopi Kawi"], 1)
    assert queries.all_cooperatives(session, text="%")[1] == 1
    rows, total = queries.all_cooperatives(session, page=2, per_page=2)
    assert (len(rows), total) == (1, 3)
