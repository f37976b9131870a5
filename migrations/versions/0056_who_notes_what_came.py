"""Keep of a delivery whether who noted it had approved its order and was alone.

What was noted so far by who had approved the order stands: it counts as noted alone. Safe while
the old code runs: it writes no such column, and the default is what it means.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0056", "0055"
branch_labels = depends_on = None

RECEIPTS = "supply_receipts"


def upgrade() -> None:
    with op.batch_alter_table(RECEIPTS) as batch:
        batch.add_column(
            sa.Column("alone", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.execute(
        f"UPDATE {RECEIPTS} SET alone = true WHERE EXISTS (SELECT 1"  # noqa: S608
        " FROM purchase_orders AS bought JOIN purchase_order_lines AS line"
        " ON line.cooperative_id = bought.cooperative_id AND line.order_id = bought.id"
        f" WHERE line.cooperative_id = {RECEIPTS}.cooperative_id"
        f" AND line.pool_id = {RECEIPTS}.pool_id AND line.given_up_at IS NULL"
        f" AND bought.approved_by = {RECEIPTS}.received_by)"
    )


def downgrade() -> None:
    with op.batch_alter_table(RECEIPTS) as batch:
        batch.drop_column("alone")
