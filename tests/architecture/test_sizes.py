"""Nothing grows past what one person reads at a sitting."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "marketplace").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
VAGUE = {"utils", "util", "helpers", "helper", "misc", "common", "base_views"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, Function):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def commits(path: Path) -> Iterator[int]:
    """Find calls of ``….commit()``, however the session is called; the index has a writer."""
    for node in ast.walk(ast.parse(path.read_text())):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "commit"
            and "writer" not in ast.unparse(node.func.value)
        ):
            yield node.lineno


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_a_module_and_its_functions_stay_small(path: Path) -> None:
    long = [(name, size) for name, size in functions(path) if size > 60]

    assert lines(path) <= 400
    assert long == []


@pytest.mark.parametrize("path", TEMPLATES, ids=short)
def test_a_template_stays_small(path: Path) -> None:
    assert lines(path) <= 200


def test_most_functions_and_templates_are_much_smaller() -> None:
    all_functions = [size for path in MODULES for _, size in functions(path)]

    assert (median(all_functions) <= 10, quantiles(all_functions, n=10)[-1] <= 25) == (True, True)
    assert median(lines(path) for path in TEMPLATES) <= 40


def test_only_one_place_commits() -> None:
    found = [(short(path), line) for path in MODULES for line in commits(path)]

    assert [path for path, _ in found] == ["marketplace/web/transactions.py"]


def test_nothing_is_called_after_being_useful() -> None:
    names = {part for path in MODULES for part in path.relative_to(ROOT).with_suffix("").parts}

    assert names & VAGUE == set()


def test_nobody_leaves_work_for_later_in_the_code() -> None:
    left = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    places = [short(path) for path in [*MODULES, *TEMPLATES] if left.search(path.read_text())]

    assert places == []
