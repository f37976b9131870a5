"""Numbers as Indonesians type them, in every field for money or amounts: understood or refused.

What a form writes for ``1.000`` must be to the letter what it writes for ``1000``. A text that
can be read in two ways is sent back with a sentence, and with everything that was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from markupsafe import escape
from psycopg.types.json import Json
from sqlalchemy import event
from sqlalchemy.engine import Engine
from werkzeug.test import TestResponse

from tests.architecture.filling import UNSEEN, Form, forms_of, ready, tried, undone
from tests.architecture.site import BODIES, Site

pytestmark = pytest.mark.slow

# Ways to write one amount; the first is plain.
SAME = (("1000", "1.000", " 1.000 "), ("12500", "12.500", "12.500,00", "12,5 rb"))
SAME_MONEY = (("12500", "Rp 12.500", "Rp12.500,-", "rp. 12.500,00"),)
# Nobody can say what these mean, or they are no amount of anything.
UNCLEAR = (
    "1.50", "1,000", "12.50", "1.00.000", "1 000", "-5", "1e3", "0x10", "1_000", "１２", "٣",
    "sepuluh", "Infinity", "NaN", "1/2", "+5", "5 buah", "9" * 500,
)  # fmt: skip
CENTS = ("1.500,50",)  # rupiah know none
FORMS = sorted(name for name in BODIES)


@contextmanager
def written() -> Iterator[list[Any]]:
    """Collect the numbers that are written into the database."""
    found: list[Any] = []

    def listen(_conn: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        verb = statement.lstrip().split(" ", 1)[0]
        if verb in ("INSERT", "UPDATE"):
            table = statement.split()[2 if verb == "INSERT" else 1]
            if table != "outbox_messages":
                found.append((verb, table, sorted(_numbers(values))))

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", listen)


def _numbers(values: Any) -> Iterator[str]:
    """Take what is counted out of the values of a statement, also out of lists in JSON."""
    if isinstance(values, int | float):
        yield str(values)
    elif isinstance(values, str) and values.startswith(("[", "{")):
        yield values
    elif isinstance(values, list | tuple):
        for value in values:
            yield from _numbers(value)
    elif isinstance(values, dict):
        yield from _numbers(list(values.values()))
    elif isinstance(values, Json):
        yield str(values.obj)


# Both sides of an entry must be equal, or it is refused for that.
TWINS = {"lines-0-debit": "lines-1-credit", "lines-1-credit": "lines-0-debit"}


Asked = Iterable[tuple[str, str]]
Outcome = tuple[TestResponse, list[Any]]


def outcomes(site: Site, endpoint: str, asked: Asked) -> dict[tuple[str, str], Outcome]:
    """Send a form once for each (field, text); gives each answer and the numbers it wrote.

    Every try begins with the same market.
    """
    found = {}
    with undone(site) as connection:
        form = ready(site, endpoint)
        for name, text in asked:
            with tried(connection, form.visitor):
                with written() as numbers:
                    twin = {TWINS[name]: text} if name in TWINS else {}
                    answer = form.send({name: text, **twin})
                basket = _basket(form) if endpoint.startswith("orders.") else ""
                found[name, text] = answer, [answer.status_code, *sorted(numbers), basket]
    return found


def _basket(form: Form) -> str:
    with form.visitor.session_transaction() as kept:
        return str(kept.get("keranjang"))


def amounts(site: Site, endpoint: str) -> list[tuple[str, bool]]:
    """List the fields for amounts, and whether each is for money."""
    with undone(site):
        form = ready(site, endpoint)
    money = set(form.fields("money"))
    return [(name, name in money) for name in form.fields("money", "qty") if name not in UNSEEN]


@pytest.fixture
def fields(site: Site) -> dict[str, list[tuple[str, bool]]]:
    """The fields for amounts of every form that has one."""
    found = {name: amounts(site, name) for name in FORMS if name in forms_of(site.app)}
    return {endpoint: own for endpoint, own in found.items() if own}


def test_an_amount_is_the_same_however_it_is_written(
    site: Site, fields: dict[str, list[tuple[str, bool]]]
) -> None:
    wrong = []
    for endpoint, own in fields.items():
        ways = [(name, way) for name, money in own for way in SAME + (SAME_MONEY if money else ())]
        found = outcomes(site, endpoint, [(name, text) for name, way in ways for text in way])
        for name, (plain, *others) in ways:
            expected = found[name, plain][1]
            for text in others:
                said = found[name, text][1]
                if said != expected and said[0] != 422:
                    wrong.append((endpoint, name, text, said, expected))

    assert sum(map(len, fields.values())) > 25
    assert "\n".join(map(str, wrong)) == ""


def test_money_is_understood_with_dots_and_with_rp(
    site: Site, fields: dict[str, list[tuple[str, bool]]]
) -> None:
    wrong = []
    for endpoint, own in fields.items():
        asked = [(name, text) for name, money in own if money for text in ("12.500", "Rp 12.500")]
        for (name, text), (_, found) in outcomes(site, endpoint, asked).items():
            if found[0] not in (303, 409):  # understood; a rule may still say no
                wrong.append((endpoint, name, text, found))

    assert "\n".join(map(str, wrong)) == ""


def test_what_can_be_read_in_two_ways_is_sent_back_as_it_was_typed(
    site: Site, fields: dict[str, list[tuple[str, bool]]]
) -> None:
    wrong: list[tuple[Any, ...]] = []
    for endpoint, own in fields.items():
        money = [name for name, is_money in own if is_money]
        tries = [([name for name, _ in own], text) for text in UNCLEAR]
        tries += [(money, text) for text in CENTS if money]
        with undone(site) as connection:
            form = ready(site, endpoint)
            for names, text in tries:
                with tried(connection, form.visitor):
                    wrong += not_sent_back(form, names, text)

    assert "\n".join(map(str, wrong)) == ""


def not_sent_back(form: Form, names: list[str], text: str) -> Iterator[tuple[Any, ...]]:
    """Write this into all of these fields; gives those that were not refused, each by itself.

    What a page does not mark as wrong may have hidden behind another field: it is tried alone.
    """
    with written() as numbers:
        answer = form.send(dict.fromkeys(names, text))
    if answer.status_code != 422 or numbers or 'role="alert"' not in answer.text:
        shown = any(f'name="{name}"' in answer.text for name in names)
        if answer.status_code != 422 or numbers or shown:  # a page of errors shows no fields
            yield form.endpoint, names, text[:20], answer.status_code, numbers
    for name in names:
        tags = re.findall(rf'<\w+ [^>]*name="{re.escape(name)}"[^>]*>', answer.text)
        if tags and not any(f'value="{escape(text)}"' in tag for tag in tags):
            yield form.endpoint, name, text[:20], "is not kept"
        if len(names) > 1 and not any('aria-invalid="true"' in tag for tag in tags):
            yield from not_sent_back(form, [name], text)
