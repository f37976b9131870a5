"""Keep what audits found, every night and whenever a supervisor asks.

Safe while the old code runs: a new table only.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision, down_revision = "0021", "0020"
branch_labels = depends_on = None

STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"


def upgrade() -> None:
    op.create_table(
        "audit_runs",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("checks", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "findings", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["accounts.id"], name=op.f("fk_audit_runs_asked_by")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_audit_runs_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_audit_runs")),
    )
    op.create_index(op.f("ix_audit_runs_cooperative_id_at"), "audit_runs", ["cooperative_id", "at"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE audit_runs ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE audit_runs FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY one_cooperative ON audit_runs USING ({MINE}) WITH CHECK ({MINE})"
        )


def downgrade() -> None:
    op.drop_table("audit_runs")
