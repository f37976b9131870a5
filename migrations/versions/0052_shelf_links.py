"""Say which goods in the shop are sold from which good that is bought together.

Safe while the old code runs: a new table.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0052", "0051"
branch_labels = depends_on = None

TABLE = "supply_shelf_links"
STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"
POINTS = (("item_id", "supply_items"), ("variant_id", "variants"))


def upgrade() -> None:
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        TABLE,
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("factor", whole, nullable=False),
        sa.Column("cover_days", whole, nullable=False),
        sa.Column("linked_by", sa.Uuid(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("factor > 0", name=op.f(f"ck_{TABLE}_factor_positive")),
        sa.CheckConstraint(
            "cover_days BETWEEN 1 AND 90", name=op.f(f"ck_{TABLE}_cover_is_some_days")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f(f"fk_{TABLE}_cooperative_id")
        ),
        *(
            sa.ForeignKeyConstraint(
                ["cooperative_id", column],
                [f"{target}.cooperative_id", f"{target}.id"],
                name=op.f(f"fk_{TABLE}_cooperative_id_{column}"),
            )
            for column, target in POINTS
        ),
        sa.ForeignKeyConstraint(["linked_by"], ["accounts.id"], name=op.f(f"fk_{TABLE}_linked_by")),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(
        op.f(f"ix_{TABLE}_cooperative_id_variant_id"),
        TABLE,
        ["cooperative_id", "variant_id"],
        unique=True,
    )
    op.create_index(
        op.f(f"ix_{TABLE}_cooperative_id_item_id"), TABLE, ["cooperative_id", "item_id"]
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY one_cooperative ON {TABLE} USING ({MINE}) WITH CHECK ({MINE})")


def downgrade() -> None:
    op.drop_table(TABLE)
