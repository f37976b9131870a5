"""Count a good in more units than its main one, and keep the unit a wish was said in.

Safe while the old code runs: a new table, and a column that may be empty.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0041", "0040"
branch_labels = depends_on = None

TABLE = "supply_units"
LINES = "supply_request_lines"
STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"
STILL_USED = sa.text("retired_at IS NULL")
POINTS = "fk_supply_request_lines_cooperative_id_rung_id"


def upgrade() -> None:
    _units()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY one_cooperative ON {TABLE} USING ({MINE}) WITH CHECK ({MINE})")
    with op.batch_alter_table(LINES) as batch:
        batch.add_column(sa.Column("rung_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            op.f(POINTS), TABLE, ["cooperative_id", "rung_id"], ["cooperative_id", "id"]
        )


def _whole() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _units() -> None:
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
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("factor", _whole(), nullable=False),
        sa.Column("step", _whole(), nullable=False),
        sa.Column("for_buy", sa.Boolean(), nullable=False),
        sa.Column("for_request", sa.Boolean(), nullable=False),
        sa.Column("for_sale", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("factor > 0", name=op.f(f"ck_{TABLE}_factor_positive")),
        sa.CheckConstraint("step > 0", name=op.f(f"ck_{TABLE}_step_positive")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f(f"fk_{TABLE}_cooperative_id")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "item_id"],
            ["supply_items.cooperative_id", "supply_items.id"],
            name=op.f(f"fk_{TABLE}_cooperative_id_item_id"),
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(
        "uq_supply_units_used",
        TABLE,
        ["cooperative_id", "item_id", "factor"],
        unique=True,
        sqlite_where=STILL_USED,
        postgresql_where=STILL_USED,
    )


def downgrade() -> None:
    with op.batch_alter_table(LINES) as batch:
        batch.drop_constraint(op.f(POINTS), type_="foreignkey")
        batch.drop_column("rung_id")
    op.drop_table(TABLE)
