from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import CheckConstraint, inspect

from marketplace.app import create_app
from marketplace.web.extensions import db
from tests.conftest import make_settings

MIGRATIONS = sorted((Path(__file__).parents[2] / "migrations" / "versions").glob("*.py"))
JOB_TABLES = {"kv", "schedule", "task", "counter"}


@pytest.fixture
def migrated(database: str, fresh_database: Callable[[str], str], tmp_path: Path) -> Flask:
    return create_app(make_settings(fresh_database(database), tmp_path))


def differences() -> list[object]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_object": lambda item, name, kind, _reflected, _other: (
                    not (kind == "table" and name.removeprefix("huey_") in JOB_TABLES)
                ),
            },
        )
        return compare_metadata(context, db.metadata)


def test_models_and_migrations_make_the_same_tables(migrated: Flask) -> None:
    with migrated.app_context():
        assert differences() == []
        db.engine.dispose()


def test_models_and_migrations_make_the_same_checks(migrated: Flask) -> None:
    """Autogenerate does not compare them, and SQLite loses them when a table is built anew."""
    with migrated.app_context():
        inspector = inspect(db.engine)
        there = {
            table: {str(check["name"]) for check in inspector.get_check_constraints(table)}
            for table in db.metadata.tables
        }
        db.engine.dispose()

    assert there == {
        name: {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
        for name, table in db.metadata.tables.items()
    }


def test_migrations_go_down_and_up_again(migrated: Flask) -> None:
    with migrated.app_context():
        downgrade(revision="base")
        left = set(inspect(db.engine).get_table_names())
        upgrade()

        assert left == {"alembic_version"}
        assert differences() == []
        db.engine.dispose()


def test_migrations_are_numbered_without_a_gap() -> None:
    numbers = [int(path.name.split("_")[0]) for path in MIGRATIONS]

    assert numbers == list(range(1, len(MIGRATIONS) + 1))


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: path.stem)
def test_a_migration_never_imports_the_application(path: Path) -> None:
    imports = [
        line for line in path.read_text().splitlines() if line.startswith(("import", "from"))
    ]

    assert not [line for line in imports if "marketplace" in line]
