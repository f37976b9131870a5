"""Buy several goods from several suppliers in one round: a round holds pools, one per good.

What was a round becomes the one pool of a round with the same id; wishes, receipts and
sharing-out follow their pool. Not safe while the old code runs: columns move.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision, down_revision = "0034", "0033"
branch_labels = depends_on = None

ROUNDS, POOLS = "supply_rounds", "supply_pools"
STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"
STILL_OPEN = sa.text("state = 'dibuka'")
STATES = ("draf", "dibuka", "dikunci", "dipesan", "diterima", "siap", "selesai", "batal")
# Tables that name a pool, with the further column of the index that begins with it.
CHILDREN = {
    "supply_request_lines": "member_id",
    "supply_receipts": "key",
    "supply_allocation_runs": "number",
}
CHECKS = ("pack_price", "pack_size", "pack_step")
TERMS = (
    "item_id", "item_name", "state", "supplier", "pack_name", "pack_size", "pack_price",
    "pack_step", "pack_minimum", "tiers", "goal_packs", "stock_cap", "ordered_packs",
    "ordered_cost", "arrives_on", "locked_at", "short_since", "changed_at", "cancel_reason",
)  # fmt: skip
MAY_BE_EMPTY = (
    "ordered_packs", "ordered_cost", "arrives_on", "locked_at", "short_since", "cancel_reason",
)  # fmt: skip


def upgrade() -> None:
    _make_pools()
    terms = ", ".join(TERMS)
    op.execute(
        f"INSERT INTO {POOLS}"  # noqa: S608 - our own words
        f" (cooperative_id, id, round_id, place, added_at, {terms})"
        f" SELECT cooperative_id, id, id, 1, opened_at, {terms} FROM {ROUNDS}"
    )
    for child in CHILDREN:
        _link(child, "round_id", ROUNDS, "pool_id", POOLS)
    op.drop_index("ix_supply_rounds_cooperative_id_state_closes_at", ROUNDS)
    op.drop_index("ix_supply_rounds_due", ROUNDS)
    with op.batch_alter_table(ROUNDS) as batch:
        batch.drop_constraint(op.f("fk_supply_rounds_cooperative_id_item_id"), type_="foreignkey")
        for name in (*(f"{check}_positive" for check in CHECKS), "roundstate"):
            batch.drop_constraint(op.f(f"ck_supply_rounds_{name}"), type_="check")
        for name in TERMS:
            batch.drop_column(name)
    op.create_index(op.f("ix_supply_rounds_closes_at"), ROUNDS, ["closes_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_supply_rounds_closes_at"), ROUNDS)
    with op.batch_alter_table(POOLS) as batch:
        batch.drop_constraint(op.f("fk_supply_pools_cooperative_id_round_id"), type_="foreignkey")
    with op.batch_alter_table(ROUNDS) as batch:
        for column in _term_columns():
            batch.add_column(sa.Column(column.name, column.type, nullable=True))
    _make_each_pool_a_round()
    with op.batch_alter_table(ROUNDS) as batch:
        for name in (name for name in TERMS if name not in MAY_BE_EMPTY):
            batch.alter_column(name, nullable=False)
        for name in CHECKS:
            batch.create_check_constraint(op.f(f"ck_supply_rounds_{name}_positive"), f"{name} > 0")
        batch.create_check_constraint(op.f("ck_supply_rounds_roundstate"), f"state IN {STATES}")
        batch.create_foreign_key(
            op.f("fk_supply_rounds_cooperative_id_item_id"),
            "supply_items",
            ["cooperative_id", "item_id"],
            ["cooperative_id", "id"],
        )
    _index(ROUNDS, "cooperative_id", "state", "closes_at")
    op.create_index(
        "ix_supply_rounds_due",
        ROUNDS,
        ["closes_at"],
        sqlite_where=STILL_OPEN,
        postgresql_where=STILL_OPEN,
    )
    for child in CHILDREN:
        _link(child, "pool_id", POOLS, "round_id", ROUNDS)
    op.drop_table(POOLS)


def _make_each_pool_a_round() -> None:
    """Give the first good the round's number, and further ones the numbers that follow."""
    op.execute(
        f"UPDATE {ROUNDS} SET id ="  # noqa: S608 - our own words
        f" (SELECT p.id FROM {POOLS} p WHERE p.place = 1"
        f" AND p.cooperative_id = {ROUNDS}.cooperative_id AND p.round_id = {ROUNDS}.id)"
    )
    op.execute(
        f"INSERT INTO {ROUNDS}"  # noqa: S608 - our own words
        " (cooperative_id, id, number, closes_at, pickup_place, opened_by, opened_at)"
        " SELECT p.cooperative_id, p.id, (SELECT max(r.number)"
        f" FROM {ROUNDS} r WHERE r.cooperative_id = p.cooperative_id)"
        " + row_number() OVER (PARTITION BY p.cooperative_id ORDER BY p.id),"
        " r.closes_at, r.pickup_place, r.opened_by, r.opened_at"
        f" FROM {POOLS} p"
        f" JOIN {POOLS} f ON f.cooperative_id = p.cooperative_id AND f.round_id = p.round_id"
        " AND f.place = 1"
        f" JOIN {ROUNDS} r ON r.cooperative_id = f.cooperative_id AND r.id = f.id"
        " WHERE p.place > 1"
    )
    for name in TERMS:
        op.execute(
            f"UPDATE {ROUNDS} SET {name} ="  # noqa: S608 - our own words
            f" (SELECT p.{name} FROM {POOLS} p"
            f" WHERE p.cooperative_id = {ROUNDS}.cooperative_id AND p.id = {ROUNDS}.id)"
        )


def _link(child: str, before: str, old: str, after: str, new: str) -> None:
    """Let a table name a row of another table, by a column of another name."""
    further = CHILDREN[child]
    op.drop_index(op.f(f"ix_{child}_cooperative_id_{before}_{further}"), child)
    with op.batch_alter_table(child) as batch:
        batch.drop_constraint(op.f(f"fk_{child}_cooperative_id_{before}"), type_="foreignkey")
        batch.alter_column(before, new_column_name=after)
    with op.batch_alter_table(child) as batch:
        batch.create_foreign_key(
            op.f(f"fk_{child}_cooperative_id_{after}"),
            new,
            ["cooperative_id", after],
            ["cooperative_id", "id"],
        )
    _index(child, "cooperative_id", after, further, unique=True)


def _index(table: str, *columns: str, unique: bool = False) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns), unique=unique)


def _whole() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _term_columns() -> list[sa.Column]:
    types: dict[str, sa.types.TypeEngine] = {
        **dict.fromkeys(TERMS, _whole()),
        **dict.fromkeys(("item_name", "supplier", "pack_name", "cancel_reason"), sa.String()),
        **dict.fromkeys(("pack_price", "ordered_cost"), sa.BigInteger()),
        **dict.fromkeys(("locked_at", "short_since", "changed_at"), sa.DateTime(timezone=True)),
        "item_id": sa.Uuid(),
        "state": sa.String(length=40),
        "tiers": sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
        "arrives_on": sa.Date(),
    }
    return [sa.Column(name, types[name], nullable=name in MAY_BE_EMPTY) for name in TERMS]


def _make_pools() -> None:
    op.create_table(
        POOLS,
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("place", _whole(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        *_term_columns(),
        *(
            sa.CheckConstraint(f"{name} > 0", name=op.f(f"ck_supply_pools_{name}_positive"))
            for name in (*CHECKS, "place")
        ),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_supply_pools_poolstate")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_supply_pools_cooperative_id")
        ),
        *(
            sa.ForeignKeyConstraint(
                ["cooperative_id", column],
                [f"{target}.cooperative_id", f"{target}.id"],
                name=op.f(f"fk_supply_pools_cooperative_id_{column}"),
            )
            for column, target in (("item_id", "supply_items"), ("round_id", ROUNDS))
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_supply_pools")),
    )
    _index(POOLS, "cooperative_id", "round_id", "place", unique=True)
    _index(POOLS, "cooperative_id", "state")
    op.create_index(
        "ix_supply_pools_open",
        POOLS,
        ["cooperative_id", "round_id"],
        sqlite_where=STILL_OPEN,
        postgresql_where=STILL_OPEN,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {POOLS} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {POOLS} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY one_cooperative ON {POOLS} USING ({MINE}) WITH CHECK ({MINE})")
