"""Keep what was taken off an order before it was handed over.

Safe while the old code runs: a new table, and a check that lets through more than before.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0028", "0027"
branch_labels = depends_on = None

STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"
COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE = "line_cuts"


def upgrade() -> None:
    with op.batch_alter_table("order_lines") as batch:
        batch.drop_constraint(op.f("ck_order_lines_quantity_positive"), type_="check")
        batch.create_check_constraint(op.f("ck_order_lines_quantity_not_negative"), "quantity >= 0")
    op.create_table(
        TABLE,
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("quantity", COUNT, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_line_cuts_quantity_positive")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_line_cuts_amount_not_negative")),
        sa.ForeignKeyConstraint(["actor_id"], ["accounts.id"], name=op.f("fk_line_cuts_actor_id")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_line_cuts_cooperative_id")
        ),
        *(
            sa.ForeignKeyConstraint(
                ["cooperative_id", column],
                [f"{target}.cooperative_id", f"{target}.id"],
                name=op.f(f"fk_line_cuts_cooperative_id_{column}"),
            )
            for column, target in (("order_id", "orders"), ("line_id", "order_lines"))
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_line_cuts")),
    )
    op.create_index(
        op.f("ix_line_cuts_cooperative_id_key_line_id"),
        TABLE,
        ["cooperative_id", "key", "line_id"],
        unique=True,
    )
    op.create_index(
        op.f("ix_line_cuts_cooperative_id_order_id"), TABLE, ["cooperative_id", "order_id"]
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY one_cooperative ON {TABLE} USING ({MINE}) WITH CHECK ({MINE})")


def downgrade() -> None:
    op.drop_table(TABLE)
    with op.batch_alter_table("order_lines") as batch:
        batch.drop_constraint(op.f("ck_order_lines_quantity_not_negative"), type_="check")
        batch.create_check_constraint(op.f("ck_order_lines_quantity_positive"), "quantity > 0")
