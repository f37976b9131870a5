"""Keep what members brought back of what they had fetched, and what that had cost.

Safe while the old code runs: a new table.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0058", "0057"
branch_labels = depends_on = None

TABLE = "supply_returns"
STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"
CHECKS = (
    ("quantity_positive", "quantity > 0"),
    ("paid_is_the_sum_of_its_parts", "paid = goods - discount + costs + margin"),
    ("rounded_within_price", "0 <= rounded AND rounded <= paid"),
    ("not_back_by_code", "way <> 'qris'"),
    ("undone_by_somebody", "(undone_at IS NULL) = (undone_by IS NULL)"),
)


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hand_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column(
            "quantity", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("paid", "goods", "discount", "costs", "margin", "rounded")
        ),
        sa.Column(
            "way", _choice("paidwith", "tunai", "qris", "transfer", "titipan", "bon"),
            nullable=False,
        ),
        sa.Column("goes_to", _choice("returnedto", "stok", "susut"), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        *(sa.CheckConstraint(says, name=op.f(f"ck_{TABLE}_{name}")) for name, says in CHECKS),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f(f"fk_{TABLE}_cooperative_id")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "hand_id"],
            ["supply_hand_overs.cooperative_id", "supply_hand_overs.id"],
            name=op.f(f"fk_{TABLE}_cooperative_id_hand_id"),
        ),
        *(
            sa.ForeignKeyConstraint([name], ["accounts.id"], name=op.f(f"fk_{TABLE}_{name}"))
            for name in ("by", "undone_by")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f(f"pk_{TABLE}")),
    )  # fmt: skip
    for columns, unique in (("hand_id", False), ("key", True)):
        op.create_index(
            op.f(f"ix_{TABLE}_cooperative_id_{columns}"), TABLE, ["cooperative_id", columns],
            unique=unique,
        )  # fmt: skip
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY one_cooperative ON {TABLE} USING ({MINE}) WITH CHECK ({MINE})")


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def downgrade() -> None:
    op.drop_table(TABLE)
