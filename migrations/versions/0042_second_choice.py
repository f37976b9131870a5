"""Keep what members want instead, should the good they ask for not be bought.

Safe while the old code runs: the column may be empty.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0042", "0041"
branch_labels = depends_on = None

TABLE = "supply_request_lines"
POINTS = "fk_supply_request_lines_cooperative_id_second_item_id"
ANOTHER = "ck_supply_request_lines_second_is_another"


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as batch:
        batch.add_column(sa.Column("second_item_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            op.f(POINTS),
            "supply_items",
            ["cooperative_id", "second_item_id"],
            ["cooperative_id", "id"],
        )
        batch.create_check_constraint(op.f(ANOTHER), "second_item_id <> item_id")


def downgrade() -> None:
    with op.batch_alter_table(TABLE) as batch:
        batch.drop_constraint(op.f(ANOTHER), type_="check")
        batch.drop_constraint(op.f(POINTS), type_="foreignkey")
        batch.drop_column("second_item_id")
