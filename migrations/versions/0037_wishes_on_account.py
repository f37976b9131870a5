"""Note which wishes are to be paid on account, so that room is kept for them.

Safe while the old code runs: what it writes down is paid at once.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0037", "0036"
branch_labels = depends_on = None

TABLE = "supply_request_lines"


def upgrade() -> None:
    op.add_column(
        TABLE, sa.Column("on_account", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    with op.batch_alter_table(TABLE) as batch:
        batch.drop_column("on_account")
