"""A pooled sale is booked once, to the rupiah, as owed to who delivered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from marketplace import audit
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries as books
from marketplace.ledger.rules import Purpose, Unit
from marketplace.payouts import queries as payouts
from marketplace.payouts import service as payouts_service
from marketplace.payouts.rules import PaidBy
from marketplace.pools import queries, service
from marketplace.pools.models import Pool
from marketplace.pools.rules import BadPool, PaidInto, PaidOutAlready, PoolKeyReused
from tests.makers import SATURDAY, make_cooperative, make_member, make_officer

SHARES = [Rupiah(2_052_844), Rupiah(1_313_820), Rupiah(739_024)]


@pytest.fixture
def share(session, sanan, treasurer, chillies):
    def out(sale=chillies, *, key="pool-1", paid_into=PaidInto.BANK):
        return service.share_out(
            session, sanan.id, sale, key=key, paid_into=paid_into, by=treasurer.id, at=SATURDAY
        )

    return out


def balance(session, sanan, purpose, member_id=None):
    book = books.book_of(session, sanan.id, Unit.SHOP)
    return books.balance_of(session, book, purpose, member_id=member_id)


def test_each_maker_is_owed_their_part_and_the_cooperative_keeps_its_fee(
    session, sanan, makers, share
):
    pool = share()

    owed = [balance(session, sanan, Purpose.CONSIGNMENT_PAYABLE, maker.id) for maker in makers]
    assert owed == SHARES
    assert balance(session, sanan, Purpose.COMMISSION) == Rupiah(216_089)
    assert balance(session, sanan, Purpose.BANK) == Rupiah(4_321_777)
    assert (pool.fee, pool.residue) == (Rupiah(216_088), Rupiah(1))


def test_a_pooled_sale_is_kept_with_what_each_delivered(session, sanan, makers, share):
    made = share(paid_into=PaidInto.CASH)
    session.expire_all()

    kept = queries.pool(session, sanan.id, made.id)

    told = {share_.member_id: (share_.quantity, share_.amount) for share_ in kept.shares}
    assert told == {
        maker.id: (quantity, amount)
        for maker, quantity, amount in zip(makers, (125, 80, 45), SHARES, strict=True)
    }
    assert [one.id for one in queries.pools(session, sanan.id)] == [made.id]
    assert balance(session, sanan, Purpose.CASH) == Rupiah(4_321_777)


def test_what_is_owed_can_be_paid_out_like_goods_on_commission(session, sanan, share):
    share()

    assert sorted(due.amount for due in payouts.dues(session, sanan)) == sorted(SHARES)


def test_the_same_key_shares_once(session, sanan, share):
    assert share().id == share().id

    assert session.scalar(select(func.count(Pool.id))) == 1
    assert balance(session, sanan, Purpose.BANK) == Rupiah(4_321_777)


def test_the_same_key_with_another_sale_is_refused(chillies, share):
    share()

    for other in (
        replace(chillies, proceeds=Rupiah(4_321_778)),
        replace(chillies, title="Cabai merah"),
        replace(chillies, delivered=dict(list(chillies.delivered.items())[:2])),
    ):
        with pytest.raises(PoolKeyReused):
            share(other)
    with pytest.raises(PoolKeyReused):
        share(paid_into=PaidInto.CASH)


def test_who_gets_less_than_a_rupiah_is_kept_but_not_booked(
    session, sanan, makers, chillies, share
):
    tiny = replace(
        chillies,
        proceeds=Rupiah(100),
        fee_basis_points=0,
        delivered={makers[0].id: 1_000, makers[1].id: 1},
    )

    pool = share(tiny)

    assert [one.amount for one in sorted(pool.shares, key=lambda one: one.quantity)] == [
        Rupiah(0), Rupiah(99),
    ]  # fmt: skip
    assert balance(session, sanan, Purpose.COMMISSION) == Rupiah(1)


def test_a_member_of_another_cooperative_gets_nothing_here(session, chillies, share):
    stranger = make_member(session, make_cooperative(session, "Velodrome"), "Bu Tini")

    with pytest.raises(NotFound):
        share(replace(chillies, delivered={**chillies.delivered, stranger.id: 5}))

    assert session.scalar(select(func.count(Pool.id))) == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"unit": ""}, "unit"),
        ({"proceeds": Rupiah(0)}, "proceeds"),
        ({"delivered": {}}, "delivered"),
    ],
)
def test_a_sale_that_cannot_be_shared_is_refused(session, chillies, share, change, field):
    with pytest.raises(BadPool) as refused:
        share(replace(chillies, **change))

    assert set(refused.value.fields) == {field}
    assert session.scalar(select(func.count(Pool.id))) == 0


def test_a_sale_of_tomorrow_is_refused(chillies, share):
    with pytest.raises(BadPool) as refused:
        share(replace(chillies, sold_on=chillies.sold_on + timedelta(days=1)))

    assert set(refused.value.fields) == {"sold_on"}


def test_a_pool_of_another_cooperative_is_not_there(session, share):
    pool = share()
    other = make_cooperative(session, "Velodrome")

    with pytest.raises(NotFound):
        queries.pool(session, other.id, pool.id)


def test_a_pooled_sale_is_undone_whole_and_once(session, sanan, makers, treasurer, share):
    pool = share()

    for _ in range(2):
        service.undo(session, pool, reason=" Salah timbang ", by=treasurer.id, at=SATURDAY)

    owed = [balance(session, sanan, Purpose.CONSIGNMENT_PAYABLE, maker.id) for maker in makers]
    assert owed == [Rupiah(0)] * 3
    assert balance(session, sanan, Purpose.BANK) == Rupiah(0)
    assert balance(session, sanan, Purpose.COMMISSION) == Rupiah(0)
    assert (pool.undo_reason, pool.undone_by) == ("Salah timbang", treasurer.id)
    session.commit()
    assert audit.run(session, at=SATURDAY) == []


def test_what_was_undone_may_be_shared_again_as_it_should_have_been(
    session, sanan, makers, treasurer, chillies, share
):
    service.undo(session, share(), reason="Salah timbang", by=treasurer.id, at=SATURDAY)

    share(replace(chillies, proceeds=Rupiah(4_000_000)), key="pool-2")

    assert balance(session, sanan, Purpose.BANK) == Rupiah(4_000_000)


def test_what_was_paid_out_is_not_undone(session, sanan, makers, treasurer, share):
    pool = share()
    batch = payouts_service.compose(
        session, sanan.id, {makers[0].id}, key="1", by=treasurer.id, at=SATURDAY
    )
    other = make_officer(session, sanan, name="Bu Wati").id
    payouts_service.approve(session, batch, by=other, at=SATURDAY)
    payouts_service.pay(
        session, batch, paid_by=PaidBy.TRANSFER, reference=None, by=treasurer.id, at=SATURDAY
    )

    with pytest.raises(PaidOutAlready):
        service.undo(session, pool, reason="Salah timbang", by=treasurer.id, at=SATURDAY)

    assert pool.undone_at is None
    assert balance(session, sanan, Purpose.CONSIGNMENT_PAYABLE, makers[1].id) == SHARES[1]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_nothing_is_undone_without_a_reason(session, treasurer, share, reason):
    pool = share()

    with pytest.raises(BadPool) as refused:
        service.undo(session, pool, reason=reason, by=treasurer.id, at=SATURDAY)

    assert set(refused.value.fields) == {"reason"}
    assert pool.undone_at is None


def test_the_audit_finds_nothing_wrong_with_it(session, share):
    share()
    session.commit()

    assert audit.run(session, at=SATURDAY) == []
