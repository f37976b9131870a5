"""Keep the outbox and the job queue.

Safe while the old code runs: new tables only.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision, down_revision = "0001", None
branch_labels = depends_on = None

SQLITE_JOBS = (
    "CREATE TABLE kv (queue TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL,"
    " PRIMARY KEY (queue, key))",
    "CREATE TABLE schedule (id INTEGER NOT NULL PRIMARY KEY, queue TEXT NOT NULL,"
    " data BLOB NOT NULL, timestamp REAL NOT NULL)",
    "CREATE INDEX schedule_queue_timestamp ON schedule (queue, timestamp)",
    "CREATE TABLE task (id INTEGER NOT NULL PRIMARY KEY, queue TEXT NOT NULL,"
    " data BLOB NOT NULL, priority REAL NOT NULL DEFAULT 0.0)",
    "CREATE INDEX task_queue_priority_id ON task (queue, priority DESC, id)",
    "CREATE TABLE counter (queue TEXT NOT NULL, key TEXT NOT NULL,"
    " value INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (queue, key))",
)
POSTGRESQL_JOBS = (
    "CREATE TABLE huey_kv (queue TEXT NOT NULL, key TEXT NOT NULL, value BYTEA NOT NULL,"
    " PRIMARY KEY (queue, key))",
    "CREATE TABLE huey_schedule (id BIGSERIAL PRIMARY KEY, queue TEXT NOT NULL,"
    " data BYTEA NOT NULL, timestamp DOUBLE PRECISION NOT NULL)",
    "CREATE INDEX huey_schedule_queue_timestamp ON huey_schedule (queue, timestamp)",
    "CREATE TABLE huey_task (id BIGSERIAL PRIMARY KEY, queue TEXT NOT NULL,"
    " data BYTEA NOT NULL, priority DOUBLE PRECISION NOT NULL DEFAULT 0.0)",
    "CREATE INDEX huey_task_queue_priority_id ON huey_task (queue, priority DESC, id)",
    "CREATE TABLE huey_counter (queue TEXT NOT NULL, key TEXT NOT NULL,"
    " value BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (queue, key))",
)
JOB_TABLES = ("kv", "schedule", "task", "counter")


def make_job_tables() -> None:
    """Make the tables that huey 3.5 expects, so that it never has to at run time."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_JOBS if on_sqlite else POSTGRESQL_JOBS:
        op.execute(statement)


def drop_job_tables() -> None:
    """Drop the job queue."""
    prefix = "" if op.get_bind().dialect.name == "sqlite" else "huey_"
    for table in JOB_TABLES:
        op.drop_table(prefix + table)


def upgrade() -> None:
    op.create_table(
        "outbox_messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column(
            "facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_messages")),
    )
    op.create_index(
        op.f("ix_outbox_messages_delivered_at_id"),
        "outbox_messages",
        ["delivered_at", "id"],
        unique=False,
    )
    make_job_tables()


def downgrade() -> None:
    drop_job_tables()
    op.drop_index(op.f("ix_outbox_messages_delivered_at_id"), table_name="outbox_messages")
    op.drop_table("outbox_messages")
