"""Any order of inviting, accepting, admitting and leaving in two cooperatives, against a model."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.orm import Session

from marketplace.cooperatives import queries as cooperatives
from marketplace.cooperatives import service as cooperative_service
from marketplace.cooperatives.models import Invite
from marketplace.kernel.access import Role
from marketplace.kernel.errors import Gone, RuleBroken
from marketplace.members import queries, service
from marketplace.members.queries import Shown
from marketplace.members.service import AlreadyMember, Entry
from tests.accounts.people import SATURDAY
from tests.makers import make_account, make_cooperative, make_officer

INVITE_LASTS = timedelta(days=14)
two = st.integers(0, 1)
three = st.integers(0, 2)
some = st.integers(0, 9)
lower_roles = st.sampled_from([Role.SELLER, Role.MEMBER])


@dataclass
class Line:
    """A line of a register, as the model sees it."""

    cooperative: int
    id: UUID
    number: int
    owner: int | None = None
    left: bool = False


@dataclass
class Called:
    """An invitation, as the model sees it."""

    cooperative: int
    role: Role
    until: object
    line: Line | None
    open: bool = True


@dataclass
class World:
    lines: list[Line] = field(default_factory=list)
    calls: dict[str, Called] = field(default_factory=dict)
    posts: set[tuple[int, int, Role]] = field(default_factory=set)


class Registers(RuleBasedStateMachine):
    """Two cooperatives with a chair each, three people; runs between two savepoints."""

    session: Session

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = self.session.begin_nested()
        self.at = SATURDAY
        self.world = World()

    def teardown(self) -> None:
        self.savepoint.rollback()
        self.session.expunge_all()

    @initialize()
    def people(self) -> None:
        self.shops = [make_cooperative(self.session, name) for name in ("Sanan", "Kopi Kawi")]
        self.chairs = [make_officer(self.session, shop) for shop in self.shops]
        self.accounts = [make_account(self.session, name) for name in ("Sari", "Tono", "Wati")]

    @contextmanager
    def refused(self, *kinds: type[RuleBroken]):
        """Expect a refusal, and take back what was begun, as a transaction does."""
        savepoint = self.session.begin_nested()
        try:
            yield
        except kinds:
            savepoint.rollback()
        else:
            raise AssertionError(kinds)

    def present(self, shop: int, who: int) -> Line | None:
        mine = (line for line in self.world.lines if (line.cooperative, line.owner) == (shop, who))
        return next((line for line in mine if not line.left), None)

    @rule(days=st.sampled_from([1, 13, 14]))
    def time_goes_by(self, days: int) -> None:
        self.at += timedelta(days=days)

    @rule(shop=two, name=st.sampled_from(["Lilik", "Tono", "100%_asli"]))
    def admit(self, shop: int, name: str) -> None:
        before = [line for line in self.world.lines if line.cooperative == shop]

        member = service.admit(self.session, self.shops[shop].id, Entry(name=name), at=self.at)

        assert member.number == len(before) + 1
        self.world.lines.append(Line(shop, member.id, member.number))

    @rule(shop=two, who=three)
    def admit_a_person(self, shop: int, who: int) -> None:
        def act():
            return service.admit(
                self.session,
                self.shops[shop].id,
                Entry(name="Orang"),
                account_id=self.accounts[who].id,
                at=self.at,
            )

        if self.present(shop, who):
            with self.refused(AlreadyMember):
                act()
            return
        member = act()
        self.world.lines.append(Line(shop, member.id, member.number, owner=who))

    @precondition(lambda self: self.world.lines)
    @rule(number=some)
    def leave(self, number: int) -> None:
        line = self.world.lines[number % len(self.world.lines)]
        service.leave(
            self.session,
            self.shops[line.cooperative].id,
            line.id,
            on=self.at.date(),
            reason="Pindah",
            by=self.chairs[line.cooperative].id,
            at=self.at,
        )
        if not line.left and line.owner is not None:
            self.world.posts = {
                post for post in self.world.posts if post[:2] != (line.cooperative, line.owner)
            }
        line.left = True

    @rule(shop=two, role=lower_roles)
    def invite(self, shop: int, role: Role) -> None:
        secret = cooperative_service.invite(
            self.session, self.shops[shop], role, by=self.chairs[shop].id, at=self.at
        )
        self.world.calls[secret] = Called(shop, role, self.at + INVITE_LASTS, None)

    @precondition(lambda self: self.world.lines)
    @rule(number=some, role=lower_roles)
    def invite_a_line(self, number: int, role: Role) -> None:
        line = self.world.lines[number % len(self.world.lines)]
        shop, chair = self.shops[line.cooperative], self.chairs[line.cooperative]

        def act() -> str:
            return service.invite_member(self.session, shop, line.id, role, by=chair.id, at=self.at)

        if line.left or line.owner is not None:
            with self.refused(RuleBroken):
                act()
            return
        self.world.calls[act()] = Called(line.cooperative, role, self.at + INVITE_LASTS, line)

    @precondition(lambda self: self.world.calls)
    @rule(number=some)
    def withdraw(self, number: int) -> None:
        secret = list(self.world.calls)[number % len(self.world.calls)]
        call = self.world.calls[secret]
        try:
            row = cooperatives.open_invite(self.session, secret, at=self.at)
        except Gone:
            return
        shop = self.shops[call.cooperative]
        cooperative_service.revoke_invite(self.session, shop, row.id, at=self.at)
        call.open = False

    @precondition(lambda self: self.world.calls)
    @rule(number=some, who=three)
    def accept(self, number: int, who: int) -> None:
        secret = list(self.world.calls)[number % len(self.world.calls)]
        call, account_id = self.world.calls[secret], self.accounts[who].id

        if not call.open or call.until <= self.at:
            with self.refused(Gone):
                service.accept_invite(self.session, secret, account_id, at=self.at)
        elif call.line is not None and self.is_in_the_way(call.line, who):
            with self.refused(RuleBroken):
                service.accept_invite(self.session, secret, account_id, at=self.at)
        else:
            service.accept_invite(self.session, secret, account_id, at=self.at)
            call.open = False
            self.world.posts.add((call.cooperative, who, call.role))
            if call.line is not None:
                call.line.owner = who

    def is_in_the_way(self, line: Line, who: int) -> bool:
        """Say whether a line cannot become this person's."""
        if line.left:
            return True
        if line.owner == who:
            return False
        return line.owner is not None or self.present(line.cooperative, who) is not None

    @precondition(lambda self: self.world.calls)
    @rule(number=some)
    def the_maker_does_not_accept(self, number: int) -> None:
        secret = list(self.world.calls)[number % len(self.world.calls)]
        chair = self.chairs[self.world.calls[secret].cooperative]

        with self.refused(RuleBroken):
            service.accept_invite(self.session, secret, chair.id, at=self.at)

    @invariant()
    def numbers_run_without_gap_and_are_counted(self) -> None:
        self.session.flush()
        self.session.expire_all()
        for index, shop in enumerate(self.shops):
            mine = [line for line in self.world.lines if line.cooperative == index]
            rows = queries.whole_register(self.session, shop.id)
            assert [row.number for row in rows] == list(range(1, len(mine) + 1))
            assert {row.id for row in rows} == {line.id for line in mine}
            still = [line for line in mine if not line.left]
            assert shop.member_count == len(still)
            found, total = queries.register(self.session, shop.id, shown=Shown.LEFT)
            assert total == len(mine) - len(still)
            assert {row.id for row in found} == {line.id for line in mine if line.left}

    @invariant()
    def lines_belong_to_whom_the_model_says(self) -> None:
        for index, shop in enumerate(self.shops):
            for who, account in enumerate(self.accounts):
                expected = self.present(index, who)
                found = queries.member_of(self.session, shop.id, account.id)
                assert (found.id if found else None) == (expected.id if expected else None)

    @invariant()
    def posts_are_those_that_were_accepted(self) -> None:
        for index, shop in enumerate(self.shops):
            for who, account in enumerate(self.accounts):
                roles = {post[2] for post in self.world.posts if post[:2] == (index, who)}
                assert cooperatives.roles_of(self.session, shop.id, account.id) == roles

    @invariant()
    def open_invitations_are_listed_where_they_belong(self) -> None:
        for index, shop in enumerate(self.shops):
            waiting = [
                call
                for call in self.world.calls.values()
                if call.cooperative == index and call.open and call.until > self.at
            ]
            rows: list[Invite] = list(cooperatives.open_invites(self.session, shop.id, at=self.at))
            assert len(rows) == len(waiting)


@pytest.mark.slow
def test_whatever_officers_and_people_do_the_registers_hold(session):
    run_state_machine_as_test(
        type("RegistersHere", (Registers,), {"session": session}),
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
