"""Keep what goods on the shelf cost, on the way in and on the way out.

Safe while the old code runs: the columns have a default, so old inserts work.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0018", "0017"
branch_labels = depends_on = None

TABLES = ("stock_holds", "stock_items", "stock_movements")


def upgrade() -> None:
    for table in TABLES:
        column = sa.Column("value", sa.BigInteger(), nullable=False, server_default="0")
        with op.batch_alter_table(table) as batch:
            batch.add_column(column)
            if table == "stock_items":
                batch.create_check_constraint(
                    op.f("ck_stock_items_value_not_negative"), "value >= 0"
                )


def downgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            if table == "stock_items":
                batch.drop_constraint(op.f("ck_stock_items_value_not_negative"), type_="check")
            batch.drop_column("value")
