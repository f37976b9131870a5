"""Forget for what else than asking a unit is used: nothing ever looked at it.

While the old code runs it would still ask for these columns, so this one comes after the code
that does not. Going back, every unit is used for everything, as new ones were.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0053", "0052"
branch_labels = depends_on = None

TABLE = "supply_units"
NAMES = ("for_buy", "for_sale")


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as batch:
        for name in NAMES:
            batch.drop_column(name)


def downgrade() -> None:
    with op.batch_alter_table(TABLE) as batch:
        for name in NAMES:
            batch.add_column(
                sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.true())
            )
    with op.batch_alter_table(TABLE) as batch:
        for name in NAMES:
            batch.alter_column(name, server_default=None)
