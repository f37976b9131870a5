from __future__ import annotations

import itertools
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.ledger.rules import (
    DEFAULT_CHART,
    AccountKind,
    JournalLine,
    MemberAccount,
    Move,
    Purpose,
    Unbalanced,
    Unit,
    accounts_of,
    chained_hash,
    mirrored,
    moves_between,
    natural_balance,
)

P = Purpose
DEBITS = (P.CASH, P.BANK, P.STOCK, P.PUBLIC_COST)
CREDITS = (P.PUBLIC_SALES, P.MEMBER_SALES, P.COMMISSION, P.BUYER_ADVANCES)


def line(place: Purpose, *, debit: int = 0, credit: int = 0) -> JournalLine:
    return JournalLine(place, Rupiah(debit), Rupiah(credit))


@st.composite
def balanced(draw: st.DrawFn) -> list[JournalLine]:
    debits = draw(st.lists(st.integers(1, 10**12), min_size=1, max_size=4))
    cuts = draw(st.lists(st.integers(1, sum(debits)), max_size=3, unique=True))
    marks = [0, *sorted(set(cuts) - {sum(debits)}), sum(debits)]
    credits = [b - a for a, b in itertools.pairwise(marks)]
    lines = [line(place, debit=amount) for place, amount in zip(DEBITS, debits, strict=False)]
    lines += [line(place, credit=amount) for place, amount in zip(CREDITS, credits, strict=False)]
    return draw(st.permutations(lines))


@given(balanced())
def test_moves_say_the_same_as_the_lines_and_are_fewer(lines: list[JournalLine]) -> None:
    moves = moves_between(lines)

    for written in lines:
        into = sum(m.amount.amount for m in moves if m.debit == written.place)
        out = sum(m.amount.amount for m in moves if m.credit == written.place)
        assert (into, out) == (written.debit.amount, written.credit.amount)
    assert len(moves) < len(lines)
    assert all(move.amount > Rupiah(0) for move in moves)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [line(P.CASH, debit=1_000)],
        [line(P.CASH, debit=1_000), line(P.STOCK, credit=999)],
        [line(P.CASH, debit=1_000, credit=1_000), line(P.STOCK, credit=1_000)],
        [line(P.CASH), line(P.STOCK, debit=5), line(P.BANK, credit=5)],
        [line(P.CASH, debit=-5), line(P.BANK, credit=-5)],
        [line(P.CASH, debit=5), line(P.CASH, credit=5)],
    ],
)
def test_lines_that_do_not_balance_are_refused(lines: list[JournalLine]) -> None:
    with pytest.raises(Unbalanced):
        moves_between(lines)


def test_a_mirror_undoes_every_move_last_first() -> None:
    cash, sales, cost = new_id(), new_id(), new_id()

    undone = mirrored([(cash, sales, Rupiah(5)), (cost, cash, Rupiah(3))])

    assert undone == (Move(cash, cost, Rupiah(3)), Move(sales, cash, Rupiah(5)))


@given(st.integers(0, 4), st.text(max_size=5))
def test_a_hash_changes_with_everything_it_covers(position: int, other: str) -> None:
    facts: list[object] = ["a", 1, None, "2026-11-28", "memo"]
    moves = [(UUID(int=1), UUID(int=2), Rupiah(5))]
    changed = [*facts[:position], f"{other}!", *facts[position + 1 :]]

    assert chained_hash(facts, moves) != chained_hash(changed, moves)
    assert chained_hash(facts, moves) != chained_hash(facts, [*moves, *moves])
    assert chained_hash(facts, moves) == chained_hash(list(facts), list(moves))


def test_codes_and_purposes_of_the_default_chart_are_used_once() -> None:
    for unit in Unit:
        accounts = list(accounts_of(unit))
        purposes = [account.purpose for account in accounts if account.purpose]

        assert len({account.code for account in accounts}) == len(accounts)
        assert len(set(purposes)) == len(purposes)
    assert {account.purpose for account in DEFAULT_CHART if account.purpose} == set(Purpose)


def test_the_number_of_an_account_begins_with_its_kind() -> None:
    first = {
        AccountKind.ASSET: "1",
        AccountKind.LIABILITY: "2",
        AccountKind.EQUITY: "3",
        AccountKind.INCOME: "4",
        AccountKind.EXPENSE: "5",
    }

    assert all(account.code[0] == first[account.kind] for account in DEFAULT_CHART)


def test_a_balance_is_positive_on_the_side_on_which_the_account_grows() -> None:
    assert natural_balance(AccountKind.ASSET, Rupiah(5), Rupiah(2)) == Rupiah(3)
    assert natural_balance(AccountKind.INCOME, Rupiah(2), Rupiah(5)) == Rupiah(3)


def test_what_is_asked_for_is_told_apart_by_member() -> None:
    lilik, wahyu = new_id(), new_id()

    assert MemberAccount(P.CONSIGNMENT_PAYABLE, lilik) != MemberAccount(
        P.CONSIGNMENT_PAYABLE, wahyu
    )
