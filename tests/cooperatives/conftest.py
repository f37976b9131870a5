from __future__ import annotations

import pytest

from marketplace.kernel.access import Role
from tests.makers import make_cooperative, make_officer


@pytest.fixture
def sanan(session):
    return make_cooperative(session, "Sanan Tempe Muda", slug="sanan", word="SANAN")


@pytest.fixture
def chair(session, sanan):
    return make_officer(session, sanan, Role.CHAIR)


@pytest.fixture
def office(sign_in, chair):
    """The chair's browser."""
    return sign_in(chair)
