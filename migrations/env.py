"""How Alembic reaches our database: through the application's engine."""

import logging

import sqlalchemy as sa
from alembic import context
from flask import current_app
from sqlalchemy import Connection

from marketplace.database import RupiahColumn, UtcColumn

logger = logging.getLogger("alembic.env")
extension = current_app.extensions["migrate"]
JOB_TABLES = {
    "kv", "schedule", "task", "counter",
    "huey_kv", "huey_schedule", "huey_task", "huey_counter",
}  # fmt: skip


def plain_column(kind, item, autogen_context):
    """Write our own column types as the plain SQL types that they are."""
    if type(item) is RupiahColumn:
        return "sa.BigInteger()"
    if type(item) is UtcColumn:
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, sa.JSON):
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    if kind == "type" and isinstance(item, sa.SmallInteger) and item._variant_mapping:
        return 'sa.SmallInteger().with_variant(sa.Integer(), "sqlite")'
    if kind == "type" and isinstance(item, sa.BigInteger) and item._variant_mapping:
        return 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'
    return False


def ours(item, name, kind, reflected, compare_to):
    """Leave the job queue's own tables to the migration that made them."""
    return not (kind == "table" and name in JOB_TABLES) and not (
        kind == "index" and getattr(item.table, "name", "") in JOB_TABLES
    )


def run(connection: Connection) -> None:
    """Run the migrations in one transaction."""
    options = {"render_item": plain_column, "include_object": ours, **extension.configure_args}
    options.setdefault("compare_type", True)
    context.configure(connection=connection, target_metadata=extension.db.metadata, **options)
    with context.begin_transaction():
        context.run_migrations()


def run_online() -> None:
    """Open a connection; SQLite checks foreign keys only after its tables are rebuilt."""
    with extension.db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.rollback()
            connection.connection.execute("pragma foreign_keys=off")
        run(connection)
        connection.commit()
        if connection.dialect.name == "sqlite":
            connection.connection.execute("pragma foreign_keys=on")


run_online()
