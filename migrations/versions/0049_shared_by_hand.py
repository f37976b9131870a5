"""Keep why and by whom goods were shared by hand.

Safe while the old code runs: both columns may be empty.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0049", "0048"
branch_labels = depends_on = None

RUNS = "supply_allocation_runs"


def upgrade() -> None:
    with op.batch_alter_table(RUNS) as batch:
        batch.add_column(sa.Column("manual_reason", sa.String(), nullable=True))
        batch.add_column(sa.Column("manual_by", sa.Uuid(), nullable=True))
        batch.create_foreign_key(op.f(f"fk_{RUNS}_manual_by"), "accounts", ["manual_by"], ["id"])
        batch.create_check_constraint(
            op.f(f"ck_{RUNS}_manual_by_somebody"), "(manual_reason IS NULL) = (manual_by IS NULL)"
        )


def downgrade() -> None:
    with op.batch_alter_table(RUNS) as batch:
        batch.drop_constraint(op.f(f"ck_{RUNS}_manual_by_somebody"), type_="check")
        batch.drop_constraint(op.f(f"fk_{RUNS}_manual_by"), type_="foreignkey")
        batch.drop_column("manual_by")
        batch.drop_column("manual_reason")
