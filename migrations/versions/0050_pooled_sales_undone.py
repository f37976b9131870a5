"""Let a pooled sale that was shared wrongly be undone, and say by whom and why.

Safe while the old code runs: columns that may be empty.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0050", "0049"
branch_labels = depends_on = None

POOLS = "pools"
WHOLE = "(undone_at IS NULL) = (undone_by IS NULL) AND (undone_at IS NULL) = (undo_reason IS NULL)"


def upgrade() -> None:
    with op.batch_alter_table(POOLS) as batch:
        batch.add_column(sa.Column("undone_by", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("undo_reason", sa.String(), nullable=True))
        batch.create_foreign_key(op.f(f"fk_{POOLS}_undone_by"), "accounts", ["undone_by"], ["id"])
        batch.create_check_constraint(op.f(f"ck_{POOLS}_undone_by_somebody"), WHOLE)


def downgrade() -> None:
    with op.batch_alter_table(POOLS) as batch:
        batch.drop_constraint(op.f(f"ck_{POOLS}_undone_by_somebody"), type_="check")
        batch.drop_constraint(op.f(f"fk_{POOLS}_undone_by"), type_="foreignkey")
        for name in ("undo_reason", "undone_at", "undone_by"):
            batch.drop_column(name)
