"""Keep what was sold together, and what each member had delivered and got of it.

Safe while the old code runs: new tables only.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0030", "0029"
branch_labels = depends_on = None

STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"
TABLES = ("pools", "pool_shares")


def upgrade() -> None:
    _pools()
    _shares()
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(
                f"CREATE POLICY one_cooperative ON {table} USING ({MINE}) WITH CHECK ({MINE})"
            )


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


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


def _points_at(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["cooperative_id", column],
        [f"{target}.cooperative_id", f"{target}.id"],
        name=op.f(f"fk_{table}_cooperative_id_{column}"),
    )


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _pools() -> None:
    table = "pools"
    op.create_table(
        table,
        *_tenant(table),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("sold_on", sa.Date(), nullable=False),
        sa.Column("proceeds", sa.BigInteger(), nullable=False),
        _count("fee_basis_points"),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("residue", sa.BigInteger(), nullable=False),
        sa.Column(
            "paid_into",
            sa.Enum(
                "tunai",
                "bank",
                name="paidinto",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("shared_by", sa.Uuid(), nullable=True),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=False),
        _points_at(table, "entry_id", "ledger_entries"),
        sa.ForeignKeyConstraint(["shared_by"], ["accounts.id"], name=op.f("fk_pools_shared_by")),
        _check(table, "proceeds_positive", "proceeds > 0"),
        _check(table, "parts_not_negative", "fee >= 0 AND residue >= 0"),
        _check(table, "parts_within_proceeds", "fee + residue <= proceeds"),
        _check(table, "fee_is_a_share", "fee_basis_points BETWEEN 0 AND 10000"),
    )
    op.create_index(
        op.f("ix_pools_cooperative_id_key"), table, ["cooperative_id", "key"], unique=True
    )


def _shares() -> None:
    table = "pool_shares"
    op.create_table(
        table,
        *_tenant(table),
        sa.Column("pool_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        _count("quantity"),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        _points_at(table, "pool_id", "pools"),
        _points_at(table, "member_id", "members"),
        _check(table, "quantity_positive", "quantity > 0"),
        _check(table, "amount_not_negative", "amount >= 0"),
    )
    op.create_index(
        op.f("ix_pool_shares_cooperative_id_pool_id_member_id"),
        table,
        ["cooperative_id", "pool_id", "member_id"],
        unique=True,
    )
    op.create_index(
        op.f("ix_pool_shares_cooperative_id_member_id"), table, ["cooperative_id", "member_id"]
    )


def downgrade() -> None:
    op.drop_table("pool_shares")
    op.drop_table("pools")
