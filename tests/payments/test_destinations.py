"""Money goes elsewhere only when two officers want it, and a day has passed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from marketplace.accounts.models import Notice
from marketplace.app import use_new_destinations
from marketplace.kernel.access import Role
from marketplace.kernel.errors import Invalid, NotFound, RuleBroken
from marketplace.kernel.ids import to_text
from marketplace.orders import checkout
from marketplace.payments import notices, queries, service
from marketplace.payments.models import PaymentDestination
from marketplace.payments.rules import (
    BankAccount,
    DestinationKind,
    DestinationState,
    OtherWaiting,
    QrisCode,
    SamePerson,
    checked_account,
)
from marketplace.payments.rules.destinations import (
    NEXT_DESTINATIONS,
    WrongDestinationStep,
    move,
)
from tests.makers import (
    SATURDAY,
    STATIC_QRIS,
    make_cooperative,
    make_listing,
    make_officer,
    make_point,
)
from tests.orders.conftest import make_request

OLD = BankAccount("Bank Jatim", "1234567890", "Koperasi Sanan")
NEW = BankAccount("BRI", "998877665544", "Koperasi Sanan")
CODE = QrisCode(STATIC_QRIS, "KOP PKL VELODROME", converts=True)
DAY = timedelta(hours=24)


def used(session, cooperative, kind=DestinationKind.BANK):
    row = queries.in_use(session, cooperative.id, kind)
    return row.title if row else None


@pytest.fixture
def first(session, sanan, chair):
    return service.propose(session, sanan, OLD, by=chair.id, at=SATURDAY)


@pytest.fixture
def proposed(session, sanan, chair, first):
    return service.propose(session, sanan, NEW, by=chair.id, at=SATURDAY)


# Rules


@pytest.mark.parametrize("number", ["1234567890", "1234 5678 90", "123-456.7890"])
def test_an_account_number_is_read_as_it_is_printed(number):
    assert checked_account(" Bank  Jatim", number, "Koperasi Sanan") == OLD


@pytest.mark.parametrize("number", ["12345", "1" * 21, "12345678a0", "١٢٣٤٥٦٧٨", "", "1234_5678"])
def test_what_is_no_account_number_is_refused_at_its_field(number):
    with pytest.raises(Invalid) as refused:
        checked_account("BRI", number, "Koperasi Sanan")

    assert list(refused.value.fields) == ["number"]


def test_every_wrong_part_of_an_account_is_named():
    with pytest.raises(Invalid) as refused:
        checked_account("\u200b", "x", "k" * 81)

    assert set(refused.value.fields) == {"bank", "number", "holder"}


def test_a_destination_ends_for_good():
    for state in (DestinationState.REPLACED, DestinationState.WITHDRAWN):
        for wanted in DestinationState:
            with pytest.raises(WrongDestinationStep):
                move(state, wanted)
    assert NEXT_DESTINATIONS.keys() == set(DestinationState)


# The first one


def test_the_very_first_account_holds_at_once(session, sanan, first):
    assert first.state is DestinationState.IN_USE
    assert used(session, sanan) == "Bank Jatim 1234567890"


def test_the_very_first_code_holds_at_once_and_switches_qris_on(session, sanan, chair):
    service.propose(session, sanan, CODE, by=chair.id, at=SATURDAY)

    assert (sanan.qris_payload, sanan.takes_qris) == (STATIC_QRIS, True)


def test_a_code_that_was_set_before_there_were_proposals_counts_as_the_first(session, sanan, chair):
    sanan.qris_payload = "lama"

    row = service.propose(session, sanan, CODE, by=chair.id, at=SATURDAY)

    assert row.state is DestinationState.PROPOSED
    assert sanan.qris_payload == "lama"


def test_withdrawing_and_setting_anew_is_no_way_around_the_second_officer(
    session, sanan, chair, first
):
    service.withdraw(session, sanan, first.id, by=chair.id, at=SATURDAY)

    row = service.propose(session, sanan, NEW, by=chair.id, at=SATURDAY)

    assert row.state is DestinationState.PROPOSED
    assert used(session, sanan) is None


# Changing it


def test_a_change_holds_a_day_after_another_officer_approved_it(
    session, sanan, treasurer, proposed
):
    service.approve(session, sanan, proposed.id, by=treasurer.id, at=SATURDAY)

    service.take_effect(session, at=SATURDAY + DAY - timedelta(seconds=1))
    assert used(session, sanan) == OLD.bank + " " + OLD.number

    assert service.take_effect(session, at=SATURDAY + DAY) == 1
    assert used(session, sanan) == NEW.bank + " " + NEW.number
    assert service.take_effect(session, at=SATURDAY + DAY) == 0


def test_what_nobody_approved_never_holds(session, sanan, proposed):
    service.take_effect(session, at=SATURDAY + timedelta(days=365))

    assert used(session, sanan) == "Bank Jatim 1234567890"


def test_who_proposed_may_not_approve(session, sanan, chair, proposed):
    with pytest.raises(SamePerson):
        service.approve(session, sanan, proposed.id, by=chair.id, at=SATURDAY)

    assert proposed.state is DestinationState.PROPOSED


def test_the_table_itself_wants_two_people(session, chair, proposed):
    proposed.approved_by = chair.id

    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_approving_twice_is_refused_and_lengthens_nothing(session, sanan, treasurer, proposed):
    service.approve(session, sanan, proposed.id, by=treasurer.id, at=SATURDAY)

    with pytest.raises(WrongDestinationStep):
        service.approve(session, sanan, proposed.id, by=treasurer.id, at=SATURDAY + DAY)

    assert proposed.effective_at == SATURDAY + DAY


def test_a_change_on_its_way_can_be_withdrawn_until_it_holds(
    session, sanan, chair, treasurer, proposed
):
    service.approve(session, sanan, proposed.id, by=treasurer.id, at=SATURDAY)

    service.withdraw(session, sanan, proposed.id, by=chair.id, at=SATURDAY)

    assert service.take_effect(session, at=SATURDAY + DAY) == 0
    assert used(session, sanan) == "Bank Jatim 1234567890"


def test_one_change_of_a_kind_waits_at_a_time(session, sanan, treasurer, proposed):
    with pytest.raises(OtherWaiting):
        service.propose(
            session, sanan, BankAccount("BCA", "777888999", "Lain"), by=treasurer.id, at=SATURDAY
        )

    other_kind = service.propose(session, sanan, CODE, by=treasurer.id, at=SATURDAY)
    assert other_kind.state is DestinationState.IN_USE


def test_what_is_in_use_is_not_proposed_again(session, sanan, chair, first):
    with pytest.raises(RuleBroken):
        service.propose(session, sanan, OLD, by=chair.id, at=SATURDAY)


def test_a_new_code_leaves_qris_switched_off_where_officers_did(session, sanan, chair, treasurer):
    service.propose(session, sanan, CODE, by=chair.id, at=SATURDAY)
    sanan.takes_qris = False
    other = QrisCode("kode lain", "KOP LAIN", converts=False)
    row = service.propose(session, sanan, other, by=chair.id, at=SATURDAY)
    service.approve(session, sanan, row.id, by=treasurer.id, at=SATURDAY)

    service.take_effect(session, at=SATURDAY + DAY)

    assert (sanan.qris_payload, sanan.takes_qris) == ("kode lain", False)


def test_withdrawing_the_code_in_use_stops_qris_at_once(session, sanan, chair):
    row = service.propose(session, sanan, CODE, by=chair.id, at=SATURDAY)

    service.withdraw(session, sanan, row.id, by=chair.id, at=SATURDAY)

    assert (sanan.qris_payload, sanan.takes_qris) == (None, False)


def test_another_cooperatives_destination_is_not_there(session, chair, proposed):
    lain = make_cooperative(session, "Lain")

    for change in (service.approve, service.withdraw):
        with pytest.raises(NotFound):
            change(session, lain, proposed.id, by=chair.id, at=SATURDAY)


# Without a worker, and with one


def test_a_checkout_uses_what_is_due(session, sanan, chair, treasurer, proposed):
    service.approve(session, sanan, proposed.id, by=treasurer.id, at=SATURDAY)
    make_point(session, sanan)
    keripik = make_listing(session, sanan)
    session.commit()

    checkout.place(make_request((keripik, 1)), at=SATURDAY + DAY)

    assert used(session, sanan) == NEW.bank + " " + NEW.number


def test_the_sweep_uses_what_is_due(session, sanan, treasurer, proposed):
    service.approve(session, sanan, proposed.id, by=treasurer.id, at=SATURDAY)

    use_new_destinations(session, SATURDAY + DAY)

    assert used(session, sanan) == NEW.bank + " " + NEW.number


# Telling


def told(session, account):
    texts = session.scalars(
        select(Notice).where(Notice.account_id == account.id).order_by(Notice.id)
    )
    return [(notice.text % notice.values, notice.url) for notice in texts]


@pytest.mark.parametrize("state", DestinationState)
def test_every_other_officer_and_the_supervisor_are_told(
    session, sanan, chair, treasurer, proposed, state
):
    supervisor = make_officer(session, sanan, Role.SUPERVISOR, "Pak Awas")
    seller = make_officer(session, sanan, Role.SELLER, "Bu Lilik")
    facts = {
        "cooperative": sanan.id,
        "destination": str(proposed.id),
        "state": state.value,
        "by": str(chair.id),
    }

    notices.tell_officers(session, facts, SATURDAY)
    notices.tell_officers(session, facts, SATURDAY)

    ((text, url),) = told(session, treasurer)
    assert "BRI 998877665544" in text
    assert url == "/k/sanan/kelola/pembayaran"
    assert [url for _, url in told(session, supervisor)] == ["/k/sanan/kelola"]
    assert told(session, chair) == told(session, seller) == []


# Pages

PAGE = "/k/sanan/kelola/pembayaran"
ACCOUNT = {"bank": "BRI", "number": "9988 7766 5544", "holder": "Koperasi Sanan"}


def test_two_officers_change_the_account_on_the_page(
    session, sanan, chair, treasurer, first, sign_in
):
    assert sign_in(chair).post(f"{PAGE}/rekening", data=ACCOUNT).status_code == 303
    row = session.scalars(
        select(PaymentDestination).where(PaymentDestination.state == DestinationState.PROPOSED)
    ).one()
    path = f"{PAGE}/tujuan/{to_text(row.id)}"
    own, other = sign_in(chair).get(PAGE).text, sign_in(treasurer).get(PAGE).text
    assert "BRI 998877665544" in own
    assert f"{path}/setujui" not in own
    assert f"{path}/setujui" in other

    refused = sign_in(chair).post(f"{path}/setujui")
    approved = sign_in(treasurer).post(f"{path}/setujui", follow_redirects=True)

    assert refused.status_code == 409
    assert "pengurus lain" in refused.text
    assert "24 jam lagi" in approved.text
    assert "Berlaku mulai" in approved.text
    assert "Diusulkan Pak Budi" in approved.text


def test_a_wrong_account_keeps_what_was_typed(session, sanan, chair, sign_in):
    answer = sign_in(chair).post(f"{PAGE}/rekening", data={**ACCOUNT, "number": "12ab"})

    assert answer.status_code == 422
    assert 'value="12ab"' in answer.text
    assert "Nomor rekening berupa 6 sampai 20 angka." in answer.text


def test_a_second_proposal_is_refused_with_the_reason(session, chair, proposed, sign_in):
    answer = sign_in(chair).post(f"{PAGE}/rekening", data=ACCOUNT)

    assert answer.status_code == 409
    assert "Sudah ada perubahan yang menunggu" in answer.text
    assert 'value="9988 7766 5544"' in answer.text


def test_a_change_is_withdrawn_on_the_page(session, treasurer, proposed, sign_in):
    path = f"{PAGE}/tujuan/{to_text(proposed.id)}/tarik"

    page = sign_in(treasurer).post(path, follow_redirects=True).text

    assert "BRI 998877665544 ditarik." in page
    assert proposed.state is DestinationState.WITHDRAWN
