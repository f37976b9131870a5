"""Let rounds close by themselves, and remember since when one has too little to be bought.

Safe while the old code runs: the column may be empty.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0032", "0031"
branch_labels = depends_on = None

TABLE, INDEX = "supply_rounds", "ix_supply_rounds_due"
STILL_OPEN = sa.text("state = 'dibuka'")


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("short_since", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        INDEX, TABLE, ["closes_at"], sqlite_where=STILL_OPEN, postgresql_where=STILL_OPEN
    )


def downgrade() -> None:
    op.drop_index(INDEX, TABLE)
    op.drop_column(TABLE, "short_since")
