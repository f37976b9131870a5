"""Three makers who sold their chillies together."""

from __future__ import annotations

import pytest

from marketplace.kernel.calendar import local_day
from marketplace.kernel.money import Rupiah
from marketplace.pools.rules import PooledSale
from tests.makers import SATURDAY, make_cooperative, make_member, make_officer


@pytest.fixture
def sanan(session):
    return make_cooperative(session, "Sanan Tempe Muda", share_basis_points=500, member_count=3)


@pytest.fixture
def treasurer(session, sanan):
    return make_officer(session, sanan, name="Bu Ratna")


@pytest.fixture
def makers(session, sanan):
    return [make_member(session, sanan, name) for name in ("Bu Lilik", "Mas Wahyu", "Dewi")]


@pytest.fixture
def chillies(makers):
    """The worked case POOL-01: 250 kg for Rp 4.321.777, five per cent for the cooperative."""
    delivered = dict(zip([maker.id for maker in makers], (125, 80, 45), strict=True))
    return PooledSale("Cabai rawit", "kg", local_day(SATURDAY), Rupiah(4_321_777), 500, delivered)
