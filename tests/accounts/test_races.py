"""Two requests at once, against databases that really commit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from marketplace.accounts import queries, service
from marketplace.accounts.models import Account, Notice
from marketplace.accounts.rules import Login
from marketplace.cooperatives import queries as cooperatives
from marketplace.cooperatives import service as cooperative_service
from marketplace.cooperatives.models import Cooperative, Post
from marketplace.kernel.access import Role
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.text import say
from marketplace.members import service as members
from marketplace.web.transactions import transaction
from tests.makers import give_post, make_account, make_cooperative, make_officer

SATURDAY = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
MANY = 4
pytestmark = pytest.mark.race


@pytest.fixture
def at_once(own_app):
    """Do something in several threads at the same moment; gives results and refusals."""

    def run(act: Callable[..., object]) -> tuple[list[object], list[RuleBroken]]:
        done: list[object] = []
        refused: list[RuleBroken] = []
        gate = Barrier(MANY)

        def one(number: int) -> None:
            with own_app.app_context():
                gate.wait()
                try:
                    with transaction() as session:
                        done.append(act(session, number))
                except RuleBroken as broken:
                    refused.append(broken)

        threads = [Thread(target=one, args=(number,)) for number in range(MANY)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return done, refused

    return run


def test_one_number_becomes_one_account(own_app, at_once):
    login = Login(phone="+6281234567890")

    done, refused = at_once(
        lambda session, _number: (
            service.register(session, name="Sari", login=login, password_hash="x", at=SATURDAY)
            is not None
        )
    )

    assert (sorted(done), refused) == ([False] * (MANY - 1) + [True], [])
    with own_app.app_context(), transaction() as session:
        assert session.scalar(select(func.count(Account.id))) == 1


def test_a_link_works_once(own_app, at_once):
    with own_app.app_context(), transaction() as session:
        secret = service.make_reset_link(session, make_account(session), at=SATURDAY)

    done, refused = at_once(
        lambda session, _number: service.use_reset_link(session, secret, "a hash", at=SATURDAY).id
    )

    assert (len(done), len(refused)) == (1, MANY - 1)


def test_a_cause_leaves_one_notice(own_app, at_once):
    with own_app.app_context(), transaction() as session:
        account_id = make_account(session).id

    done, refused = at_once(
        lambda session, _number: service.notify(
            session, account_id, "order-27", say("Halo"), "/akun", SATURDAY
        )
    )

    assert (sorted(done), refused) == ([False] * (MANY - 1) + [True], [])
    with own_app.app_context(), transaction() as session:
        assert session.scalar(select(func.count(Notice.id))) == 1
        assert queries.count_notices(session, account_id) == 1


def test_an_invitation_is_accepted_by_one(own_app, at_once):
    with own_app.app_context(), transaction() as session:
        sanan = make_cooperative(session)
        chair = make_officer(session, sanan)
        secret = cooperative_service.invite(session, sanan, Role.SELLER, by=chair.id, at=SATURDAY)
        people = [make_account(session, f"Orang {number}").id for number in range(MANY)]
        sanan_id = sanan.id

    done, refused = at_once(
        lambda session, number: (
            members.accept_invite(session, secret, people[number], at=SATURDAY).id
        )
    )

    assert (done, len(refused)) == ([sanan_id], MANY - 1)
    with own_app.app_context(), transaction() as session:
        sellers = select(func.count(Post.id)).where(Post.role == Role.SELLER)
        assert session.scalar(sellers) == 1


def test_an_address_is_given_to_one_cooperative(own_app, at_once):
    done, refused = at_once(
        lambda session, _number: (
            cooperative_service.create(
                session,
                name="Kopi Kawi",
                legal_name="Koperasi Kopi Kawi",
                slug="kopi-kawi",
                region_code="35.73.01",
                at=SATURDAY,
            ).slug
        )
    )

    assert (done, len(refused)) == (["kopi-kawi"], MANY - 1)


def test_two_cooperatives_do_not_move_to_one_address(own_app, at_once):
    with own_app.app_context(), transaction() as session:
        ids = [make_cooperative(session, f"Toko {number}").id for number in range(MANY)]

    done, refused = at_once(
        lambda session, number: cooperative_service.rename(
            session, session.get_one(Cooperative, ids[number]), "alamat-baru", at=SATURDAY
        )
    )

    assert (len(done), len(refused)) == (1, MANY - 1)
    with own_app.app_context(), transaction() as session:
        assert cooperatives.by_slug(session, "alamat-baru").id in ids


def test_chairs_who_all_leave_at_once_leave_one_behind(own_app, at_once):
    with own_app.app_context(), transaction() as session:
        sanan = make_cooperative(session)
        chairs = [make_account(session, f"Ketua {number}") for number in range(MANY)]
        posts = [give_post(session, sanan, chair, Role.CHAIR) for chair in chairs]
        sanan_id, facts = sanan.id, [(post.id, post.account_id) for post in posts]

    done, refused = at_once(
        lambda session, number: cooperative_service.end_post(
            session,
            session.get_one(Cooperative, sanan_id),
            facts[number][0],
            by=facts[number][1],
            at=SATURDAY,
        )
    )

    assert (len(done), len(refused)) == (MANY - 1, 1)
