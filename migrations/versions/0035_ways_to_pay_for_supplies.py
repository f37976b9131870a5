"""Note how a member paid for what they fetched, and what was let off by rounding cash.

Safe while the old code runs: what it hands over is paid in cash, to the rupiah.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0035", "0034"
branch_labels = depends_on = None

TABLE = "supply_hand_overs"
WAYS = ("tunai", "qris", "transfer", "titipan", "bon")


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as batch:
        batch.add_column(
            sa.Column("way", sa.String(length=40), nullable=False, server_default="tunai")
        )
        batch.add_column(sa.Column("rounded", sa.BigInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table(TABLE) as batch:
        batch.create_check_constraint(op.f("ck_supply_hand_overs_paidwith"), f"way IN {WAYS}")
        batch.create_check_constraint(
            op.f("ck_supply_hand_overs_rounded_within_price"), "0 <= rounded AND rounded <= paid"
        )


def downgrade() -> None:
    with op.batch_alter_table(TABLE) as batch:
        batch.drop_constraint(op.f("ck_supply_hand_overs_paidwith"), type_="check")
        batch.drop_constraint(op.f("ck_supply_hand_overs_rounded_within_price"), type_="check")
        batch.drop_column("rounded")
        batch.drop_column("way")
