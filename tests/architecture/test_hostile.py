"""Hostile inputs in every field of every form and every question of every page.

A bad value may be understood or refused, never more: no fault, no trace of our insides, no
unescaped text, nothing written by what was refused, and the books true afterwards.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from werkzeug.routing import IntegerConverter, Rule
from werkzeug.test import TestResponse

from marketplace import audit
from marketplace.web.clock import now
from marketplace.web.extensions import db
from tests.architecture.filling import Form, kinds_of, ready, role_of, stem, tried, undone
from tests.architecture.site import BODIES, QUERIES, Site, address, send, words_of
from tests.architecture.test_walk import is_for_programs
from tools.vectors.hostile import Case, value_of
from tools.vectors.outcome import NotBuilt

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

RECORDS: list[Case] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "hostile.json").read_text(encoding="utf-8")
)["inputs"]
# A body of 20 MB is refused before it is read, whatever field it is for: one form shows it.
HUGE = 1_000_000
FORMS = sorted(BODIES)
SINGLE = ("money", "qty", "date", "id", "phone", "email", "password", "next")
# Words of our insides, of the machine's files, and of sums that a template worked out.
NEVER = (
    "Traceback (most recent", "sqlalchemy.exc", "sqlite3.", "psycopg.", "syntax error at",
    "werkzeug.exceptions", "root:x:0", "SECRET_KEY", "1337", "__globals__': ", "[extensions]",
)  # fmt: skip
ROOT = Path(__file__).parents[2]
ANY = (
    "text", "search", "sort", "filename", "qty", "money", "page", "id", "date", "next", "email",
    "phone",
)  # fmt: skip
MARKUP = "<i>\"'`{{7*7}}"
ENDS_THE_VISIT = frozenset(
    {"accounts.sign_out", "accounts.use_link", "accounts.change_password", "accounts.end_others"}
)
STAND_IN, STAND_IN_NUMBER = "01m86000000000000000000000", 31_999
# Where nought is an amount like others.
MAY_BE_NOUGHT = frozenset(
    {
        "prepare_minutes", "share", "accept_min", "pack_minimum", "stock_cap", "packs", "quantity",
        "lead_days", "pack_step", "limit", "count", "bagian",
        "variants-0-quantity", "jumlah", "cost", "fee", "minimum", "free_from", "cash_up_to",
    }
)  # fmt: skip


def values_for(place: str, *fields: str) -> list[tuple[Case, str]]:
    """List the records that fit a place and one of these kinds of fields, with their values."""
    found = []
    for case in RECORDS:
        if place in case["where"] and set(case["field"].split("|")) & set(fields):
            value = _text(case)
            if value is not None and len(value) < HUGE:
                found.append((case, value))
    return found


def _text(case: Case) -> str | None:
    try:
        value = value_of(case)
    except NotBuilt:
        return None
    text = value if isinstance(value, str) else json.dumps(value)
    return text.replace("{HOST}", "localhost")


def faults(answer: TestResponse, case: Case, value: str) -> Iterator[str]:
    """Say what is wrong with the answer to a hostile value."""
    if answer.status_code >= 500:
        yield f"status {answer.status_code}"
    page = answer.get_data(as_text=True)
    for word in NEVER:
        if word in page and word not in value:
            place = page.index(word)
            yield f"shows {word} in {page[max(place - 60, 0) : place + 60]!r}"
    if "html_unescaped" in case["expect"]["never"] and value in page and escape(value) != value:
        yield "is not escaped"
    if 'href="javascript:' in page or "href='javascript:" in page:
        yield "leads to a script"
    place = urlsplit(answer.headers.get("Location", ""))
    if place.netloc not in ("", "localhost") or place.scheme not in ("", "http"):
        yield f"leads to {place.geturl()}"
    if any(name.lower() == "x" for name, _ in answer.headers):
        yield "wrote a header"


def must_be_refused(case: Case, fields: Mapping[str, Any]) -> bool:
    """Say whether a record says so of the kind of this one field; blanks may mean nothing."""
    name = next(iter(fields))
    fits = len(fields) == 1 and kinds_of(name) & set(case["field"].split("|"))
    nought = case["id"] == "num-zero" and stem(name) in MAY_BE_NOUGHT
    only = all(status in ("4xx", "404") for status in case["expect"]["status"])
    return bool(fits and only and not nought and case["id"] != "uni-spaces")


def audit_of(site: Site) -> list[str]:
    with site.app.app_context():
        found = [str(one) for one in audit.run(db.session(), at=now())]
        db.session.remove()
    return found


def quoted(value: str) -> str:
    return quote(value.encode("utf-8", "surrogateescape"), safe="")


# ------------------------------------------------------------------------------ forms


Attempt = tuple[Case, str, Sequence[str]]


def attempts(form: Form) -> Iterator[Attempt]:
    """Say what is sent to which fields: to those of a kind at once, texts also to all others."""
    for kinds, names in _of_a_kind(form):
        yield from ((case, value, names) for case, value in values_for("form", *kinds))
    texts = form.fields("text", "email", "next")
    others = [name for name in form.values if name not in texts]
    for case, value in values_for("form", "text", "search", "sort"):
        yield from ((case, value, names) for names in (texts, others) if names)


def _of_a_kind(form: Form) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Put the fields together that are of the same kinds."""
    together: dict[tuple[str, ...], list[str]] = {}
    for name in form.fields(*SINGLE):
        kinds = tuple(kind for kind in SINGLE if name in form.fields(kind))
        together.setdefault(kinds, []).append(name)
    yield from together.items()


def hidden(answer: TestResponse, names: Sequence[str]) -> list[str]:
    """List the fields that may have hidden behind others of their kind.

    What the page marks as wrong was read and refused; the rest is known only when sent alone.
    """
    if len(names) < 2 or not all(kinds_of(name) & set(SINGLE) for name in names):
        return []
    tags = {name: re.findall(rf'<\w+ [^>]*name="{re.escape(name)}"[^>]*>', answer.text)
            for name in names}  # fmt: skip
    return [name for name in names if not any('aria-invalid="true"' in tag for tag in tags[name])]


@pytest.mark.parametrize("endpoint", FORMS)
def test_no_form_stumbles_over_a_hostile_value(site: Site, endpoint: str) -> None:
    wrong, books, taken = set(), [], set()
    with undone(site) as connection:
        form = ready(site, endpoint)
        waiting = deque(attempts(form) if form.values else ())
        while waiting:
            case, value, names = waiting.popleft()
            changes = dict.fromkeys(names, value)
            with tried(connection, form.visitor):
                answer = form.send(changes)
                sort = "amount" if case["cat"] in ("number", "date") else "text"
                if answer.status_code == 303 and sort not in taken:  # as it was written
                    taken.add(sort)
                    books += audit_of(site)
            for why in faults(answer, case, value):
                wrong.add((case["id"], ",".join(changes), why))
            if must_be_refused(case, changes) and answer.status_code // 100 != 4:
                wrong.add((case["id"], ",".join(changes), f"taken: {answer.status_code}"))
            waiting.extendleft((case, value, [name]) for name in hidden(answer, names))
        after = form.visitor.get("/akun")

    assert "\n".join(map(str, sorted(wrong))) == ""
    assert after.status_code in (200, 302)
    assert books == []


def test_what_was_typed_is_escaped_on_every_page_that_shows_it(site: Site) -> None:
    shown, wrong = set(), []
    with undone(site):
        for endpoint in [name for name in FORMS if name not in ENDS_THE_VISIT]:
            form = ready_or_none(site, endpoint)
            if form is not None:
                form.send(dict.fromkeys(form.fields("text"), MARKUP))
        for role in ("guest", "manager", "operator"):
            for rule, path in pages(site):
                answer = send(site.visitor(role), "GET", path, None)
                page = answer.text if answer.mimetype == "text/html" else ""
                if MARKUP in page:
                    wrong.append((role, path))
                if escape(MARKUP, quote=False)[:9] in page:
                    shown.add(rule.endpoint)

    assert wrong == []
    assert len(shown) > 20, "too little of it was kept to prove anything"


def ready_or_none(site: Site, endpoint: str) -> Form | None:
    """Make a form ready, unless what was sent before has taken its subject away."""
    try:
        return ready(site, endpoint)
    except AssertionError:
        return None


# ------------------------------------------------------------------------------ pages


def pages(site: Site) -> list[tuple[Rule, str]]:
    """List all pages with their addresses."""
    return [
        (rule, address(site.app, rule, words_of(rule, site.a)))
        for rule in sorted(site.app.url_map.iter_rules(), key=lambda rule: rule.rule)
        if "GET" in (rule.methods or set())
        and rule.endpoint != "static"
        and not is_for_programs(rule)
    ]


def asked(names: tuple[str, ...]) -> Iterator[tuple[Case, str, str]]:
    """Ask every question alone for numbers and dates, and all of them at once for the rest."""
    for case, value in values_for("query", *ANY):
        together = "&".join(f"{name}={quoted(value)}" for name in names)
        yield case, value, together
        if case["cat"] in ("number", "date"):
            yield from ((case, value, f"{name}={quoted(value)}") for name in names[1:])


@pytest.mark.parametrize("endpoint", sorted(QUERIES))
def test_no_page_stumbles_over_a_hostile_question(site: Site, endpoint: str) -> None:
    rule, path = next(pair for pair in pages(site) if pair[0].endpoint == endpoint)
    visitor = site.visitor(role_of(rule) if "slug" in rule.arguments else "guest")
    if rule.rule.startswith(("/operator/", "/akun")):
        visitor = site.visitor(role_of(rule))

    wrong = [
        (case["id"], query[:60], why)
        for case, value, query in asked(QUERIES[endpoint])
        for why in faults(send(visitor, "GET", f"{path}?{query}", None), case, value)
    ]

    assert wrong == []


def test_every_question_that_a_page_understands_is_asked() -> None:
    read = set()
    for path in (ROOT / "marketplace").rglob("*.py"):
        if "api" not in path.parts:
            read |= set(re.findall(r"request\.args\.get\(\s*\"(\w+)\"", path.read_text()))

    assert read - {name for names in QUERIES.values() for name in names} == set()


def test_no_address_stumbles_over_a_hostile_part(site: Site) -> None:
    wrong, sent = [], 0
    for rule, name in _parts(site):
        words = words_of(rule, site.a)
        path = address(site.app, rule, {**words, name: _stand_in(rule, name)})
        for case, value in values_for("path", *ANY):
            there = path.replace(STAND_IN, quoted(value)).replace(str(STAND_IN_NUMBER), value)
            answer = send(site.visitor(role_of(rule)), "GET", there, None)
            wrong += [(case["id"], there, why) for why in faults(answer, case, value)]
            sent += 1

    assert wrong == []
    assert sent > 1_000


def _parts(site: Site) -> Iterator[tuple[Rule, str]]:
    """Give each part of each address; a cooperative's name is read before any view: once a room."""
    rooms = set()
    for rule, _ in pages(site):
        for name in words_of(rule, site.a):
            room = rule.endpoint.partition(".")[0]
            if name != "slug" or room not in rooms:
                yield rule, name
            if name == "slug":
                rooms.add(room)


def _stand_in(rule: Rule, name: str) -> object:
    """Give a word that the address takes and that stands nowhere else."""
    return STAND_IN_NUMBER if isinstance(rule._converters[name], IntegerConverter) else STAND_IN
