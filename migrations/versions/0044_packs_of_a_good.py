"""Buy a good of a round in packs of several sizes: each is a row of its own.

What a pool said of its one pack becomes its first row. Not safe while the old code runs:
columns move. Going back, only the first pack of each good stays.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision, down_revision = "0044", "0043"
branch_labels = depends_on = None

POOLS, PACKS, LINES = "supply_pools", "supply_packs", "purchase_order_lines"
STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"
STILL_WANTED = sa.text("given_up_at IS NULL")
TERMS = ("pack_name", "pack_size", "pack_price", "pack_step", "pack_minimum", "tiers")
POSITIVE = ("pack_size", "pack_price", "pack_step")


def upgrade() -> None:
    _make_packs()
    terms = ", ".join(TERMS)
    op.execute(
        f"INSERT INTO {PACKS} (cooperative_id, id, pool_id, place, ordered, {terms})"  # noqa: S608
        f" SELECT cooperative_id, id, id, 1, ordered_packs, {terms} FROM {POOLS}"
    )
    with op.batch_alter_table(POOLS) as batch:
        for name in POSITIVE:
            batch.drop_constraint(op.f(f"ck_{POOLS}_{name}_positive"), type_="check")
        for name in (*TERMS, "ordered_packs"):
            batch.drop_column(name)
    _index_lines("pool_id", "pack_size")


def downgrade() -> None:
    op.execute(
        f"DELETE FROM {LINES} WHERE EXISTS (SELECT 1 FROM {PACKS} p"  # noqa: S608 - our own words
        f" WHERE p.cooperative_id = {LINES}.cooperative_id AND p.pool_id = {LINES}.pool_id"
        f" AND p.pack_size = {LINES}.pack_size AND p.place > 1)"
    )
    _index_lines("pool_id")
    with op.batch_alter_table(POOLS) as batch:
        for column in _columns():
            batch.add_column(sa.Column(column.name, column.type, nullable=True))
        batch.add_column(sa.Column("ordered_packs", _whole(), nullable=True))
    for name, found in (*((name, name) for name in TERMS), ("ordered_packs", "ordered")):
        op.execute(
            f"UPDATE {POOLS} SET {name} = (SELECT p.{found} FROM {PACKS} p"  # noqa: S608
            f" WHERE p.cooperative_id = {POOLS}.cooperative_id AND p.pool_id = {POOLS}.id"
            " AND p.place = 1)"
        )
    with op.batch_alter_table(POOLS) as batch:
        for name in TERMS:
            batch.alter_column(name, nullable=False)
        for name in POSITIVE:
            batch.create_check_constraint(op.f(f"ck_{POOLS}_{name}_positive"), f"{name} > 0")
    op.drop_table(PACKS)


def _index_lines(*columns: str) -> None:
    op.drop_index("uq_purchase_order_lines_wanted", LINES)
    op.create_index(
        "uq_purchase_order_lines_wanted",
        LINES,
        ["cooperative_id", *columns],
        unique=True,
        sqlite_where=STILL_WANTED,
        postgresql_where=STILL_WANTED,
    )


def _whole() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _columns() -> list[sa.Column]:
    types: dict[str, sa.types.TypeEngine] = {
        **dict.fromkeys(TERMS, _whole()),
        "pack_name": sa.String(),
        "pack_price": sa.BigInteger(),
        "tiers": sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
    }
    return [sa.Column(name, types[name], nullable=False) for name in TERMS]


def _make_packs() -> None:
    op.create_table(
        PACKS,
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pool_id", sa.Uuid(), nullable=False),
        sa.Column("place", _whole(), nullable=False),
        *_columns(),
        sa.Column("ordered", _whole(), nullable=True),
        *(
            sa.CheckConstraint(f"{name} > 0", name=op.f(f"ck_{PACKS}_{name}_positive"))
            for name in ("place", *POSITIVE)
        ),
        *(
            sa.CheckConstraint(f"{name} >= 0", name=op.f(f"ck_{PACKS}_{name}_not_negative"))
            for name in ("pack_minimum", "ordered")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f(f"fk_{PACKS}_cooperative_id")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "pool_id"],
            [f"{POOLS}.cooperative_id", f"{POOLS}.id"],
            name=op.f(f"fk_{PACKS}_cooperative_id_pool_id"),
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f(f"pk_{PACKS}")),
    )
    for further in ("place", "pack_size"):
        op.create_index(
            op.f(f"ix_{PACKS}_cooperative_id_pool_id_{further}"),
            PACKS,
            ["cooperative_id", "pool_id", further],
            unique=True,
        )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {PACKS} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {PACKS} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY one_cooperative ON {PACKS} USING ({MINE}) WITH CHECK ({MINE})")
