"""Each import contract breaks when it is broken on purpose, and only then."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = {
    contract["id"]: contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
}
# A line that breaks each contract, and where it is planted.
PLANTED = {
    "floors": ("kernel/money.py", "import marketplace.accounts.rules"),
    "rooms": ("members/queries.py", "import marketplace.members.service"),
    "domain": ("members/queries.py", "import flask"),
    "rules": ("members/rules.py", "import sqlalchemy"),
    "doors": ("members/queries.py", "import marketplace.stock.models"),
    "books": ("members/queries.py", "import marketplace.ledger.models"),
    "adapters": ("storefront/narrowing.py", "import marketplace.adapters"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product's code, to be spoilt."""
    folder = tmp_path_factory.mktemp("contracts")
    shutil.copytree(
        ROOT / "marketplace", folder / "marketplace", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def broken(folder: Path) -> tuple[set[str], str]:
    """Check all contracts over the code in a folder; gives the broken ones."""
    program = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run(
        [program, "--no-logo", "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    lines = run.stdout.splitlines()
    found = {
        id_ for id_, name in CONTRACTS.items() if any(line == f"{name} BROKEN" for line in lines)
    }
    kept = {id_ for id_, name in CONTRACTS.items() if any(line == f"{name} KEPT" for line in lines)}
    assert found | kept == CONTRACTS.keys(), run.stdout + run.stderr
    assert (run.returncode != 0) == bool(found)
    return found, run.stdout


def test_every_contract_has_something_that_breaks_it() -> None:
    assert PLANTED.keys() == CONTRACTS.keys()


def test_the_code_as_it_is_keeps_every_contract(copy: Path) -> None:
    assert broken(copy)[0] == set()


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANTED)
def test_a_contract_breaks_when_it_is_broken_on_purpose(copy: Path, name: str) -> None:
    path, line = PLANTED[name]
    module = copy / "marketplace" / path
    before = module.read_text()

    module.write_text(f"{before}\n{line}\n")
    try:
        found, report = broken(copy)
    finally:
        module.write_text(before)

    assert name in found
    assert line.split()[-1] in report
