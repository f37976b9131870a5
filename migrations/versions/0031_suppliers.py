"""Know from whom a cooperative buys, in which packs, and what they cost when.

Safe while the old code runs: two new tables.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision, down_revision = "0031", "0030"
branch_labels = depends_on = None

TABLES = ("suppliers", "pack_offers")
STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"
NOW_ON_OFFER = sa.text("ended_at IS NULL")


def upgrade() -> None:
    _suppliers()
    _offers()
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(
                f"CREATE POLICY one_cooperative ON {table} USING ({MINE}) WITH CHECK ({MINE})"
            )


def _tenant(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f(f"fk_{table}_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f(f"pk_{table}")),
    ]


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _index(table: str, *columns: str, unique: bool = False) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns), unique=unique)


def _whole() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _suppliers() -> None:
    table = "suppliers"
    op.create_table(
        table,
        *_tenant(table),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("lead_days", _whole(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        _check(table, "lead_days_not_negative", "lead_days >= 0"),
    )
    _index(table, "cooperative_id", "name", unique=True)


def _offers() -> None:
    table = "pack_offers"
    op.create_table(
        table,
        *_tenant(table),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("pack_name", sa.String(), nullable=False),
        sa.Column("pack_size", _whole(), nullable=False),
        sa.Column("pack_price", sa.BigInteger(), nullable=False),
        sa.Column("pack_step", _whole(), nullable=False),
        sa.Column("pack_minimum", _whole(), nullable=False),
        sa.Column(
            "tiers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("noted_by", sa.Uuid(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                ["cooperative_id", column],
                [f"{target}.cooperative_id", f"{target}.id"],
                name=op.f(f"fk_{table}_cooperative_id_{column}"),
            )
            for column, target in (("supplier_id", "suppliers"), ("item_id", "supply_items"))
        ),
        sa.ForeignKeyConstraint(["noted_by"], ["accounts.id"], name=op.f(f"fk_{table}_noted_by")),
        _check(table, "pack_size_positive", "pack_size > 0"),
        _check(table, "pack_price_positive", "pack_price > 0"),
        _check(table, "pack_step_positive", "pack_step > 0"),
        _check(table, "pack_minimum_not_negative", "pack_minimum >= 0"),
    )
    op.create_index(
        "uq_pack_offers_now",
        table,
        ["cooperative_id", "supplier_id", "item_id", "pack_size"],
        unique=True,
        sqlite_where=NOW_ON_OFFER,
        postgresql_where=NOW_ON_OFFER,
    )
    _index(table, "cooperative_id", "item_id", "noted_at")
    _index(table, "cooperative_id", "supplier_id", "item_id")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
