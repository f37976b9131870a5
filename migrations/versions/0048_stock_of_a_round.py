"""Let the cooperative take packs of a round for its own shelf, whatever members want.

Safe while the old code runs: the column has a default, so old inserts work.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0048", "0047"
branch_labels = depends_on = None


def upgrade() -> None:
    op.add_column(
        "supply_pools",
        sa.Column(
            "stock_want",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            server_default="0",
        ),
    )


def downgrade() -> None:
    with op.batch_alter_table("supply_pools") as batch:
        batch.drop_column("stock_want")
