from __future__ import annotations

from datetime import date

import pytest

from marketplace.kernel.errors import Invalid
from marketplace.members.rules import check_admission, check_leaving, show_number

TODAY = date(2026, 11, 28)


def test_members_join_today_or_earlier():
    assert check_admission(TODAY, TODAY) == TODAY
    assert check_admission(date(1998, 5, 1), TODAY) == date(1998, 5, 1)
    for wrong in (date(2026, 11, 29), date(1, 1, 1)):
        with pytest.raises(Invalid):
            check_admission(wrong, TODAY)


def test_members_leave_after_they_came_and_not_in_the_future():
    came = date(2026, 1, 1)

    assert check_leaving(came, came, TODAY) == came
    assert check_leaving(TODAY, came, TODAY) == TODAY
    for wrong in (date(2025, 12, 31), date(2026, 11, 29)):
        with pytest.raises(Invalid):
            check_leaving(wrong, came, TODAY)


def test_numbers_are_written_with_four_digits():
    assert [show_number(number) for number in (1, 17, 12345)] == ["0001", "0017", "12345"]
