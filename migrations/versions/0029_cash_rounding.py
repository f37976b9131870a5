"""Let a cooperative round what it asks for in cash.

Safe while the old code runs: a column that it does not read, with what it did so far.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0029", "0028"
branch_labels = depends_on = None

COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CHECK = op.f("ck_cooperatives_cash_rounding_known")


def upgrade() -> None:
    with op.batch_alter_table("cooperatives") as batch:
        batch.add_column(sa.Column("cash_rounding", COUNT, nullable=False, server_default="0"))
        batch.create_check_constraint(CHECK, "cash_rounding IN (0, 100, 500, 1000)")


def downgrade() -> None:
    with op.batch_alter_table("cooperatives") as batch:
        batch.drop_constraint(CHECK, type_="check")
        batch.drop_column("cash_rounding")
