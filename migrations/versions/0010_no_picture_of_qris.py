"""Forget the picture of a cooperative's QRIS: the code is drawn anew from its text.

Nothing ever wrote the column (decision 0007). While the old code runs it would still ask for
it, so this one comes after the code that does not.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0010", "0009"
branch_labels = depends_on = None


def upgrade() -> None:
    op.drop_column("cooperatives", "qris_file_id")


def downgrade() -> None:
    op.add_column("cooperatives", sa.Column("qris_file_id", sa.Uuid(), nullable=True))
