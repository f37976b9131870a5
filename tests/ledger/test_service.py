"""Entries, balances, holds and closed months through the one door, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.kernel.errors import NotFound, RuleBroken
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries, service
from marketplace.ledger.models import (
    HoldState,
    LedgerAccount,
    LedgerBook,
    LedgerClosing,
    LedgerEntry,
    LedgerHold,
    LedgerLine,
)
from marketplace.ledger.rules import (
    EMPTY_HASH,
    AccountKind,
    MemberAccount,
    Purpose,
    Unbalanced,
    Unit,
    chained_hash,
)
from tests.ledger.conftest import TODAY, posting
from tests.makers import SATURDAY, make_cooperative, make_member, make_officer

P = Purpose
Post = Callable[..., LedgerEntry]
SALE = (P.CASH, P.PUBLIC_SALES, 60_000)
DEPOSIT = (P.CASH, P.MEMBER_BALANCE, 50_000)


def balances(session: Session, book: LedgerBook) -> dict[str, int]:
    return {
        line.code: line.balance.amount
        for line in queries.trial_balance(session, book)
        if line.balance
    }


def test_an_entry_moves_money_between_accounts(
    session: Session, book: LedgerBook, post: Post
) -> None:
    post(SALE, (P.PUBLIC_COST, P.STOCK, 58_732))

    assert balances(session, book) == {
        "1-1100": 60_000,
        "1-1500": -58_732,
        "4-2200": 60_000,
        "5-2200": 58_732,
    }


def test_the_same_key_posts_once(session: Session, book: LedgerBook, post: Post) -> None:
    first = post(SALE, key="order:1")
    second = post(SALE, key="order:1")

    assert first is second
    assert balances(session, book)["1-1100"] == 60_000


def test_the_same_key_for_something_else_is_refused(post: Post) -> None:
    post(SALE, key="order:1")

    with pytest.raises(service.KeyReused):
        post((P.CASH, P.PUBLIC_SALES, 61_000), key="order:1")


def test_entries_are_numbered_without_a_gap_and_chained(
    session: Session, book: LedgerBook, post: Post
) -> None:
    entries = [post(SALE) for _ in range(3)]

    assert [entry.number for entry in entries] == [1, 2, 3]
    assert entries[0].previous_hash == EMPTY_HASH
    assert all(later.previous_hash == entry.hash for entry, later in pairwise(entries))
    assert book.last_hash == entries[-1].hash


def test_the_hash_can_be_proved_from_the_rows(session: Session, post: Post) -> None:
    entry = post(SALE, (P.PUBLIC_COST, P.STOCK, 58_732))
    session.expire_all()

    proved = chained_hash(queries.facts_of(entry), queries.moves_of(session, entry))

    assert entry.hash == proved


def test_an_entry_without_moves_is_refused(post: Post) -> None:
    with pytest.raises(Unbalanced):
        post()


def test_a_reversal_mirrors_the_entry_once(session: Session, book: LedgerBook, post: Post) -> None:
    entry = post(SALE, (P.PUBLIC_COST, P.STOCK, 58_732))

    mirror = service.reverse(session, entry, memo="Salah", key="r1", dated=TODAY, at=SATURDAY)
    again = service.reverse(session, entry, memo="Salah", key="r1", dated=TODAY, at=SATURDAY)

    assert again is mirror
    assert balances(session, book) == {}
    assert queries.reversal_of(session, entry) is mirror
    with pytest.raises(service.AlreadyReversed):
        service.reverse(session, entry, memo="Lagi", key="r2", dated=TODAY, at=SATURDAY)
    with pytest.raises(service.AlreadyReversed):
        service.reverse(session, mirror, memo="Balik", key="r3", dated=TODAY, at=SATURDAY)


def test_a_guarded_account_never_goes_below_zero(session: Session, post: Post) -> None:
    post(DEPOSIT)

    with pytest.raises(service.BalanceTooSmall, match=r"tinggal Rp\s50\.000"):
        post((P.MEMBER_BALANCE, P.CASH, 50_001))
    post((P.MEMBER_BALANCE, P.CASH, 50_000))


def test_the_database_itself_guards_the_balance(
    session: Session, book: LedgerBook, post: Post
) -> None:
    post(DEPOSIT)
    account = session.scalars(
        select(LedgerAccount).where(
            LedgerAccount.book_id == book.id, LedgerAccount.purpose == P.MEMBER_BALANCE
        )
    ).one()

    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(
            update(LedgerAccount).where(LedgerAccount.id == account.id).values(debit=Rupiah(50_001))
        )


def test_each_member_has_a_part_of_an_account(
    session: Session, sanan: Cooperative, book: LedgerBook, post: Post
) -> None:
    lilik, wahyu = make_member(session, sanan), make_member(session, sanan, "Mas Wahyu")

    post((P.CASH, MemberAccount(P.CONSIGNMENT_PAYABLE, lilik.id), 45_938))
    post((P.CASH, MemberAccount(P.CONSIGNMENT_PAYABLE, wahyu.id), 8_750))

    owed = {
        member.name: queries.balance_of(
            session, book, P.CONSIGNMENT_PAYABLE, member_id=member.id
        ).amount
        for member in (lilik, wahyu)
    }
    assert owed == {"Bu Lilik": 45_938, "Mas Wahyu": 8_750}
    assert queries.balance_of(session, book, P.CONSIGNMENT_PAYABLE) == Rupiah(54_688)
    assert balances(session, book)["2-1300"] == 54_688


def test_the_books_of_savings_are_apart_from_those_of_the_shop(
    session: Session, sanan: Cooperative, book: LedgerBook, post: Post
) -> None:
    post(SALE)
    service.post(
        session,
        sanan.id,
        Unit.SAVINGS,
        posting((P.CASH, P.BASIC_SAVINGS, 100_000)),
        at=SATURDAY,
    )
    savings = queries.book_of(session, sanan.id, Unit.SAVINGS)

    assert savings is not None
    assert balances(session, savings) == {"1-1100": 100_000, "3-1100": 100_000}
    assert balances(session, book) == {"1-1100": 60_000, "4-2200": 60_000}
    assert {b.unit for b in queries.books_of(session, sanan.id)} == {Unit.SHOP, Unit.SAVINGS}


def test_an_account_of_other_books_cannot_be_named(session: Session, post: Post) -> None:
    other = make_cooperative(session, "Velodrome Rukun Jaya")
    theirs = service.take_book(session, other.id, Unit.SHOP, at=SATURDAY)
    account = queries.chart(session, theirs)[0]

    with pytest.raises(NotFound):
        post((P.CASH, account.id, 1_000))


@pytest.mark.parametrize(
    "change",
    [
        update(LedgerEntry).values(memo="diubah"),
        update(LedgerLine).values(amount=Rupiah(1)),
        update(LedgerClosing).values(entries=0),
        update(LedgerBook).values(last_number=0),
        update(LedgerBook).values(open_from=date(2020, 1, 1)),
        update(LedgerHold).values(amount=Rupiah(1)),
        update(LedgerHold).values(state=HoldState.PENDING, ended_at=None),
        delete(LedgerLine),
        delete(LedgerEntry),
        delete(LedgerClosing),
        delete(LedgerHold),
        delete(LedgerBook),
    ],
    ids=str,
)
def test_what_was_written_cannot_be_changed_by_anybody(
    session: Session, sanan: Cooperative, post: Post, change: Any
) -> None:
    post(DEPOSIT, dated=date(2026, 1, 5))
    held = service.hold(
        session, sanan.id, Unit.SHOP, P.MEMBER_BALANCE, Rupiah(10), key="h",
        expires_at=None, at=SATURDAY,
    )  # fmt: skip
    service.void_hold(session, held, Unit.SHOP, at=SATURDAY)
    service.close_month(session, sanan.id, Unit.SHOP, closed_by=None, at=SATURDAY)

    with pytest.raises(DatabaseError), session.begin_nested():
        session.execute(change.execution_options(synchronize_session=False))


def test_no_line_can_be_added_to_a_sealed_entry(
    session: Session, sanan: Cooperative, post: Post
) -> None:
    entry = post(SALE)
    debit, credit, _ = queries.moves_of(session, entry)[0]

    with pytest.raises(DatabaseError), session.begin_nested():
        session.execute(
            insert(LedgerLine).values(
                cooperative_id=sanan.id,
                id=new_id(),
                book_id=entry.book_id,
                entry_id=entry.id,
                position=9,
                debit_id=debit,
                credit_id=credit,
                amount=Rupiah(1),
            )
        )


def test_one_person_cannot_ask_and_approve(
    session: Session, sanan: Cooperative, post: Post
) -> None:
    budi, rini = make_officer(session, sanan), make_officer(session, sanan, name="Bu Rini")

    with pytest.raises(IntegrityError), session.begin_nested():
        post(SALE, created_by=budi.id, approved_by=budi.id)
    assert post(SALE, created_by=budi.id, approved_by=rini.id).approved_by == rini.id


def test_a_closed_month_takes_no_more_and_what_is_late_goes_to_the_next(
    session: Session, sanan: Cooperative, post: Post
) -> None:
    post(SALE, dated=date(2026, 1, 31))

    closing = service.close_month(session, sanan.id, Unit.SHOP, closed_by=None, at=SATURDAY)
    late = post(SALE, dated=date(2026, 1, 31))

    assert (closing.starts, closing.ends) == (date(2026, 1, 1), date(2026, 1, 31))
    assert (closing.entries, closing.turnover) == (1, Rupiah(60_000))
    assert late.dated == date(2026, 2, 1)


def test_the_database_refuses_an_entry_in_a_closed_month(
    session: Session, sanan: Cooperative, book: LedgerBook
) -> None:
    service.close_month(session, sanan.id, Unit.SHOP, closed_by=None, at=SATURDAY)
    entry = LedgerEntry(
        cooperative_id=sanan.id, book_id=book.id, number=1, dated=date(2026, 1, 31), memo="lama",
        source_type="manual", key="k", request_hash="h", created_at=SATURDAY,
        previous_hash=EMPTY_HASH, hash="x",
    )  # fmt: skip

    with pytest.raises(DatabaseError), session.begin_nested():
        session.add(entry)


def test_the_present_month_cannot_be_closed(session: Session, sanan: Cooperative) -> None:
    for _ in range(10):
        service.close_month(session, sanan.id, Unit.SHOP, closed_by=None, at=SATURDAY)

    with pytest.raises(service.MonthNotOver):
        service.close_month(session, sanan.id, Unit.SHOP, closed_by=None, at=SATURDAY)


@pytest.fixture
def held(session: Session, sanan: Cooperative, post: Post) -> Callable[..., LedgerHold]:
    post(DEPOSIT)

    def hold(amount: int, key: str, *, at: datetime = SATURDAY, minutes: int = 60) -> LedgerHold:
        return service.hold(
            session,
            sanan.id,
            Unit.SHOP,
            P.MEMBER_BALANCE,
            Rupiah(amount),
            key=key,
            expires_at=at + timedelta(minutes=minutes),
            at=at,
        )

    return hold


def test_held_money_cannot_be_spent_or_held_again(
    session: Session, post: Post, held: Callable[..., LedgerHold]
) -> None:
    first = held(40_000, "a")

    assert held(40_000, "a") is first
    with pytest.raises(service.KeyReused):
        held(41_000, "a")
    with pytest.raises(service.BalanceTooSmall):
        held(10_001, "b")
    with pytest.raises(service.BalanceTooSmall):
        post((P.MEMBER_BALANCE, P.CASH, 10_001))


def test_a_hold_that_is_over_frees_its_money_without_a_worker(
    held: Callable[..., LedgerHold],
) -> None:
    first = held(40_000, "a")

    second = held(50_000, "b", at=SATURDAY + timedelta(hours=1))

    assert (first.state, second.state) == (HoldState.EXPIRED, HoldState.PENDING)


def test_held_money_is_posted_once(
    session: Session, book: LedgerBook, held: Callable[..., LedgerHold]
) -> None:
    money = held(40_000, "a")
    spend = posting((P.MEMBER_BALANCE, P.PUBLIC_SALES, 40_000), key="spend")

    first = service.post_hold(session, money, Unit.SHOP, spend, at=SATURDAY)
    second = service.post_hold(session, money, Unit.SHOP, spend, at=SATURDAY)

    assert first is second
    assert money.state is HoldState.POSTED
    assert balances(session, book)["2-1610"] == 10_000


def test_money_let_go_is_free_and_cannot_be_posted(
    session: Session, held: Callable[..., LedgerHold]
) -> None:
    money = held(40_000, "a")

    service.void_hold(session, money, Unit.SHOP, at=SATURDAY)
    service.void_hold(session, money, Unit.SHOP, at=SATURDAY)

    assert held(50_000, "b").state is HoldState.PENDING
    with pytest.raises(service.HoldEnded):
        service.post_hold(
            session,
            money,
            Unit.SHOP,
            posting((P.MEMBER_BALANCE, P.CASH, 40_000)),
            at=SATURDAY,
        )


def test_the_chart_can_be_changed_without_the_programme_losing_its_way(
    session: Session, sanan: Cooperative, book: LedgerBook, post: Post
) -> None:
    lilik = make_member(session, sanan)
    post((P.CASH, MemberAccount(P.CONSIGNMENT_PAYABLE, lilik.id), 1_000))
    account = next(a for a in queries.chart(session, book) if a.code == "2-1300")

    service.change_account(
        session, account, code="2-1355", name="Utang titip jual", name_en="Consignors", at=SATURDAY
    )
    post((P.CASH, MemberAccount(P.CONSIGNMENT_PAYABLE, lilik.id), 500))

    assert balances(session, book)["2-1355"] == 1_500
    with pytest.raises(service.CodeTaken):
        service.change_account(
            session, account, code="1-1100", name="Kas", name_en=None, at=SATURDAY
        )


def test_a_treasurer_adds_and_closes_an_account(
    session: Session, sanan: Cooperative, post: Post
) -> None:
    rent = service.add_account(
        session, sanan.id, Unit.SHOP, code="5-3110", name="Sewa lapak", name_en="Stall rent",
        kind=AccountKind.EXPENSE, at=SATURDAY,
    )  # fmt: skip
    spent = post((rent.id, P.CASH, 25_000))

    with pytest.raises(RuleBroken, match="Kosongkan dulu"):
        service.close_account(session, rent, at=SATURDAY)
    service.reverse(session, spent, memo="batal", key="r", dated=TODAY, at=SATURDAY)
    session.refresh(rent)
    service.close_account(session, rent, at=SATURDAY)
    with pytest.raises(service.AccountClosed):
        post((rent.id, P.CASH, 1_000))


@pytest.mark.parametrize(
    ("code", "name"), [("", "Sewa"), ("5-31x", "Sewa"), ("5-3110", "  "), ("5-3110", "x" * 81)]
)
def test_an_account_needs_a_number_and_a_name(
    session: Session, sanan: Cooperative, code: str, name: str
) -> None:
    with pytest.raises(RuleBroken) as broken:
        service.add_account(
            session, sanan.id, Unit.SHOP, code=code, name=name, name_en=None,
            kind=AccountKind.EXPENSE, at=SATURDAY,
        )  # fmt: skip
    assert broken.value.fields


def test_an_account_the_programme_needs_stays_open(session: Session, book: LedgerBook) -> None:
    cash = queries.chart(session, book)[0]

    with pytest.raises(RuleBroken, match="dipakai Guyub"):
        service.close_account(session, cash, at=SATURDAY)


def test_a_card_shows_each_entry_and_the_balance_after_it(
    session: Session, book: LedgerBook, post: Post
) -> None:
    post(SALE, dated=date(2026, 10, 30))
    post((P.CASH, P.PUBLIC_SALES, 15_000))
    post((P.STOCK, P.CASH, 40_000))
    cash = queries.chart(session, book)[0]

    opening, lines = queries.card(
        session, [cash], starts=date(2026, 11, 1), ends=date(2026, 11, 30)
    )

    assert opening == Rupiah(60_000)
    assert [(line.debit.amount, line.credit.amount, line.balance.amount) for line in lines] == [
        (15_000, 0, 75_000),
        (0, 40_000, 35_000),
    ]


def test_a_trial_balance_can_be_asked_for_an_earlier_day(
    session: Session, book: LedgerBook, post: Post
) -> None:
    post(SALE, dated=date(2026, 10, 30))
    post(SALE)

    then = queries.trial_balance(session, book, until=date(2026, 10, 31))
    now = queries.trial_balance(session, book)

    assert {line.code: line.balance.amount for line in then if line.balance} == {
        "1-1100": 60_000,
        "4-2200": 60_000,
    }
    assert now == queries.trial_balance(session, book, until=TODAY)
    assert sum(line.debit_side.amount for line in now) == sum(
        line.credit_side.amount for line in now
    )


def test_a_balance_that_was_read_is_read_anew_after_each_posting(
    session: Session, book: LedgerBook, post: Post
) -> None:
    post((P.CASH, P.BANK, 1_000))
    cash = next(one for one in queries.chart(session, book) if one.purpose is P.CASH)
    assert cash.debit == Rupiah(1_000)

    post((P.CASH, P.BANK, 500))

    assert cash.debit == Rupiah(1_500)


def test_the_head_of_the_books_is_known_without_reading_it_again(
    session: Session, book: LedgerBook, post: Post
) -> None:
    entry = post((P.CASH, P.BANK, 1_000))

    assert (book.last_number, book.last_hash) == (entry.number, entry.hash)
    session.refresh(book)
    assert (book.last_number, book.last_hash) == (entry.number, entry.hash)
