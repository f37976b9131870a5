"""Write orders to suppliers down: who approved them, how they were sent, what was answered.

Safe while the old code runs: two new tables.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0039", "0038"
branch_labels = depends_on = None

ORDERS, LINES = "purchase_orders", "purchase_order_lines"
STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"
STILL_WANTED = sa.text("given_up_at IS NULL")
STATES = (
    "draf", "disetujui", "dikirim", "dikonfirmasi", "diterima_sebagian", "selesai", "batal",
)  # fmt: skip


def upgrade() -> None:
    _orders()
    _lines()
    if op.get_bind().dialect.name == "postgresql":
        for table in (ORDERS, LINES):
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(
                f"CREATE POLICY one_cooperative ON {table} USING ({MINE}) WITH CHECK ({MINE})"
            )


def _tenant(table: str, **targets: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Uuid(), nullable=name == "supplier_id") for name in targets),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f(f"fk_{table}_cooperative_id")
        ),
        *(
            sa.ForeignKeyConstraint(
                ["cooperative_id", name],
                [f"{target}.cooperative_id", f"{target}.id"],
                name=op.f(f"fk_{table}_cooperative_id_{name}"),
            )
            for name, target in targets.items()
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f(f"pk_{table}")),
    ]


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _index(table: str, *columns: str, unique: bool = False) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns), unique=unique)


def _whole() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _columns(kind: sa.types.TypeEngine, *names: str, empty: bool = False) -> list[sa.Column]:
    return [sa.Column(name, kind, nullable=empty) for name in names]


def _orders() -> None:
    people = ("approved_by", "sent_by", "agreed_by")
    moments = ("approved_at", "sent_at", "confirmed_at", "agreed_at")
    op.create_table(
        ORDERS,
        *_tenant(ORDERS, round_id="supply_rounds", supplier_id="suppliers"),
        *_columns(_whole(), "number"),
        *_columns(sa.String(), "supplier", "pickup_place", "key"),
        *_columns(sa.String(), "phone", "email", "note", empty=True),
        *_columns(sa.String(length=40), "state"),
        *_columns(sa.String(length=40), "sent_way", empty=True),
        *_columns(sa.Uuid(), "created_by"),
        *_columns(sa.Uuid(), *people, empty=True),
        *_columns(sa.DateTime(timezone=True), "created_at", "changed_at"),
        *_columns(sa.DateTime(timezone=True), *moments, empty=True),
        *_columns(sa.Date(), "promised_on", empty=True),
        *_columns(sa.Boolean(), "alone"),
        *_columns(sa.Boolean(), "agreed", empty=True),
        *(
            sa.ForeignKeyConstraint([name], ["accounts.id"], name=op.f(f"fk_{ORDERS}_{name}"))
            for name in ("created_by", *people)
        ),
        _check(ORDERS, "two_people", "alone OR approved_by <> created_by"),
        _check(
            ORDERS,
            "sent_was_approved",
            "state NOT IN ('disetujui', 'dikirim', 'dikonfirmasi') OR approved_by IS NOT NULL",
        ),
        _check(ORDERS, "purchaseorderstate", f"state IN {STATES}"),
        _check(ORDERS, "sentby", "sent_way IN ('whatsapp', 'mail', 'cetak')"),
    )
    _index(ORDERS, "cooperative_id", "number", unique=True)
    _index(ORDERS, "cooperative_id", "key", unique=True)
    _index(ORDERS, "cooperative_id", "round_id")


def _lines() -> None:
    op.create_table(
        LINES,
        *_tenant(LINES, order_id=ORDERS, pool_id="supply_pools"),
        *_columns(_whole(), "place", "factor", "pack_size", "count"),
        *_columns(_whole(), "confirmed_count", empty=True),
        *_columns(sa.BigInteger(), "price", "total"),
        *_columns(sa.BigInteger(), "confirmed_price", empty=True),
        *_columns(sa.String(), "item_name", "unit", "pack_name"),
        *_columns(sa.String(length=40), "base_unit"),
        *_columns(sa.String(), "note", empty=True),
        *_columns(sa.DateTime(timezone=True), "given_up_at", empty=True),
        _check(LINES, "count_positive", "count > 0"),
        _check(LINES, "total_is_exact", "total = price * count"),
        _check(LINES, "confirmed_count_not_negative", "confirmed_count >= 0"),
        _check(LINES, "confirmed_price_positive", "confirmed_price > 0"),
        _check(LINES, "baseunit", "base_unit IN ('pcs', 'g', 'ml')"),
    )
    _index(LINES, "cooperative_id", "order_id", "place", unique=True)
    op.create_index(
        "uq_purchase_order_lines_wanted",
        LINES,
        ["cooperative_id", "pool_id"],
        unique=True,
        sqlite_where=STILL_WANTED,
        postgresql_where=STILL_WANTED,
    )


def downgrade() -> None:
    op.drop_table(LINES)
    op.drop_table(ORDERS)
