from __future__ import annotations

import re
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from marketplace.web.art.lines import HIGH, MOST_LINES, WIDE, Steps, step_lines

NEW_YEAR = date(2026, 1, 1)
points = st.lists(
    st.tuples(st.integers(0, 900), st.integers(1, 10**9)), max_size=8, unique_by=lambda one: one[0]
).map(lambda found: [(NEW_YEAR + timedelta(days=day), price) for day, price in sorted(found)])


def test_a_price_that_rises_once_is_drawn_as_one_step():
    line = Steps("Grosir", [(NEW_YEAR, 100), (date(2026, 1, 3), 200)], date(2026, 1, 5))

    chart = step_lines([line])

    assert chart.paths == (("Grosir", "M6.0 114.0H160.0V6.0H314.0"),)
    assert (chart.least, chart.most, chart.last) == (100, 200, date(2026, 1, 5))


def test_there_is_nothing_to_draw_of_nothing():
    assert step_lines([]) is None
    assert step_lines([Steps("Grosir", [], NEW_YEAR)]) is None


@given(rows=st.lists(points, max_size=6))
def test_every_line_stays_inside_the_picture(rows):
    chart = step_lines([Steps(str(n), row, NEW_YEAR) for n, row in enumerate(rows)])

    if chart is None:
        assert not any(rows)
        return
    assert len(chart.paths) <= MOST_LINES
    for _, path in chart.paths:
        start = re.match(r"M([\d.-]+) ([\d.-]+)", path)
        assert all(0 <= float(x) <= WIDE for x in [start[1], *re.findall(r"H([\d.-]+)", path)])
        assert all(0 <= float(y) <= HIGH for y in [start[2], *re.findall(r"V([\d.-]+)", path)])
