"""Bring orders to the door: zones, couriers, their trips and the cash they carry.

Safe while the old code runs: new tables, columns with defaults, and wider checks. Books that
are open get the two accounts at once; a chart that has their numbers already keeps its own.
"""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0026", "0025"
branch_labels = depends_on = None

TABLES = ("delivery_zones", "delivery_areas", "couriers", "shipments", "cash_hand_ins")
STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"
ON_ITS_WAY = sa.text("state = 'jalan'")
OF_A_MEMBER, NO_MEMBER = sa.text("member_id IS NOT NULL"), sa.text("member_id IS NULL")
ACTORS = ("buyer", "officer", "payment", "clock")
PURPOSES = (
    "cash", "bank", "channel", "loans", "goods_on_account", "stock", "voluntary_savings",
    "consignment_payable", "purchase_payable", "supplier_payable", "tax_payable",
    "buyer_advances", "member_balance", "surplus_payable", "basic_savings", "required_savings",
    "grants", "reserves", "surplus", "opening", "loan_interest", "loan_provision",
    "loan_administration", "loan_penalty", "member_sales", "public_sales", "commission",
    "discounts", "rounding", "savings_interest", "member_cost", "public_cost", "shrinkage",
    "channel_fees",
)  # fmt: skip
# purpose, number, the number when that one is taken, name, English name, kind
ACCOUNTS = (
    ("cod_receivable", "1-1420", "1-142901", "Piutang uang antar (kurir)",
     "Cash held by couriers", "asset"),
    ("delivery_income", "4-2400", "4-249901", "Pendapatan antar", "Delivery fees", "income"),
)  # fmt: skip


def upgrade() -> None:
    _zones()
    _trips()
    if _on_postgresql():
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(
                f"CREATE POLICY one_cooperative ON {table} USING ({MINE}) WITH CHECK ({MINE})"
            )
    _orders()
    _widen("order_events", "actor", "actor", (*ACTORS, "courier"))
    purposes = (*PURPOSES, *(purpose for purpose, *_ in ACCOUNTS))
    _widen("ledger_accounts", "purpose", "purpose", purposes)
    _widen("payouts", "purpose", "purpose", purposes)
    _open_accounts()


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


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


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _index(table: str, *columns: str, unique: bool = False) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns), unique=unique)


def _partly_unique(name: str, table: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, table, columns, unique=True, sqlite_where=where, postgresql_where=where)


def _zones() -> None:
    table = "delivery_zones"
    op.create_table(
        table,
        *_tenant(table),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("minimum", sa.BigInteger(), nullable=False),
        sa.Column("free_from", sa.BigInteger(), nullable=True),
        sa.Column("cash_up_to", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        _check(table, "fee_not_negative", "fee >= 0"),
        _check(table, "minimum_not_negative", "minimum >= 0"),
        _check(table, "free_from_minimum", "free_from IS NULL OR free_from >= minimum"),
        _check(table, "cash_not_negative", "cash_up_to >= 0"),
    )
    _index(table, "cooperative_id", "name", unique=True)
    table = "delivery_areas"
    op.create_table(
        table,
        *_tenant(table),
        sa.Column("zone_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        _points_at(table, "zone_id", "delivery_zones"),
    )
    _index(table, "cooperative_id", "code", unique=True)
    _index(table, "cooperative_id", "zone_id")
    table = "couriers"
    op.create_table(
        table,
        *_tenant(table),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        _points_at(table, "member_id", "members"),
    )
    _partly_unique("uq_couriers_member", table, ["cooperative_id", "member_id"], OF_A_MEMBER)
    _partly_unique("uq_couriers_name", table, ["cooperative_id", "name"], NO_MEMBER)


def _trips() -> None:
    table = "shipments"
    states = "state IN ('jalan', 'sampai', 'gagal', 'ditarik')"
    op.create_table(
        table,
        *_tenant(table),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("courier_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("cash", sa.BigInteger(), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        _check(table, "shipmentstate", states),
        _check(table, "cash_not_negative", "cash >= 0"),
        _check(table, "ended_at_a_time", "(state = 'jalan') = (ended_at IS NULL)"),
        _check(table, "failed_for_a_reason", "state <> 'gagal' OR reason IS NOT NULL"),
        _points_at(table, "order_id", "orders"),
        _points_at(table, "courier_id", "couriers"),
        sa.ForeignKeyConstraint(["sent_by"], ["accounts.id"], name=op.f(f"fk_{table}_sent_by")),
    )
    _index(table, "cooperative_id", "key", unique=True)
    _index(table, "cooperative_id", "order_id")
    _index(table, "cooperative_id", "courier_id", "state")
    _partly_unique("uq_shipments_on_its_way", table, ["cooperative_id", "order_id"], ON_ITS_WAY)
    table = "cash_hand_ins"
    op.create_table(
        table,
        *_tenant(table),
        sa.Column("courier_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _check(table, "amount_positive", "amount > 0"),
        _points_at(table, "courier_id", "couriers"),
        sa.ForeignKeyConstraint(["taken_by"], ["accounts.id"], name=op.f(f"fk_{table}_taken_by")),
    )
    _index(table, "cooperative_id", "key", unique=True)
    _index(table, "cooperative_id", "courier_id")


ORDER_CHECKS = (
    ("fulfilment", "fulfilment IN ('ambil', 'antar')"),
    ("fee_not_negative", "delivery_fee >= 0"),
    ("total_is_goods_and_fee", "total = items_total + delivery_fee"),
    ("delivered_to_a_zone", "(fulfilment = 'antar') = (delivery_zone_id IS NOT NULL)"),
)


def _orders() -> None:
    with op.batch_alter_table("orders") as batch:
        batch.add_column(
            sa.Column("delivery_fee", sa.BigInteger(), nullable=False, server_default="0")
        )
        batch.add_column(
            sa.Column("fulfilment", sa.String(40), nullable=False, server_default="ambil")
        )
        batch.add_column(sa.Column("delivery_zone_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_orders_cooperative_id_delivery_zone_id"),
            "delivery_zones",
            ["cooperative_id", "delivery_zone_id"],
            ["cooperative_id", "id"],
        )
        for name, condition in ORDER_CHECKS:
            batch.create_check_constraint(op.f(f"ck_orders_{name}"), condition)
    with op.batch_alter_table("refunds") as batch:
        batch.add_column(
            sa.Column("fee_amount", sa.BigInteger(), nullable=False, server_default="0")
        )
        batch.create_check_constraint(
            op.f("ck_refunds_fee_within_amount"), "fee_amount BETWEEN 0 AND amount"
        )


def _widen(table: str, column: str, name: str, values: tuple[str, ...]) -> None:
    """Let a column hold these words; on SQLite triggers of other tables name the table."""
    listed = ", ".join(f"'{value}'" for value in values)
    if not _on_postgresql():
        op.execute("PRAGMA legacy_alter_table = ON")
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{table}_{name}"), f"{column} IN ({listed})")
    if not _on_postgresql():
        op.execute("PRAGMA legacy_alter_table = OFF")


def _open_accounts() -> None:
    """Give the books of every shop the accounts that deliveries write to."""
    connection = op.get_bind()
    accounts = sa.table(
        "ledger_accounts",
        sa.column("cooperative_id", sa.Integer),
        sa.column("id", sa.Uuid),
        sa.column("book_id", sa.Uuid),
        *(sa.column(name, sa.String) for name in ("code", "name", "name_en", "kind", "guard",
                                                  "purpose")),
        *(sa.column(name, sa.BigInteger) for name in ("debit", "credit", "held")),
    )  # fmt: skip
    books = sa.table(
        "ledger_books",
        sa.column("cooperative_id", sa.Integer),
        sa.column("id", sa.Uuid),
        sa.column("unit", sa.String),
    )
    found = connection.execute(
        sa.select(books.c.cooperative_id, books.c.id).where(books.c.unit == "toko")
    ).all()
    for cooperative_id, book_id in found:
        taken = set(
            connection.scalars(
                sa.select(accounts.c.code).where(
                    accounts.c.cooperative_id == cooperative_id, accounts.c.book_id == book_id
                )
            )
        )
        for purpose, code, otherwise, name, name_en, kind in ACCOUNTS:
            connection.execute(
                accounts.insert().values(
                    cooperative_id=cooperative_id,
                    id=uuid4(),
                    book_id=book_id,
                    code=otherwise if code in taken else code,
                    name=name,
                    name_en=name_en,
                    kind=kind,
                    guard="none",
                    purpose=purpose,
                    debit=0,
                    credit=0,
                    held=0,
                )
            )


def downgrade() -> None:
    """Go back; accounts that were written to stay, as plain ones of the chart."""
    purposes = ", ".join(f"'{purpose}'" for purpose, *_ in ACCOUNTS)
    op.execute(
        "DELETE FROM ledger_accounts WHERE purpose IN "  # noqa: S608 - our own words
        f"({purposes}) AND debit = 0 AND credit = 0"
    )
    op.execute(
        f"UPDATE ledger_accounts SET purpose = NULL WHERE purpose IN ({purposes})"  # noqa: S608
    )
    _widen("payouts", "purpose", "purpose", PURPOSES)
    _widen("ledger_accounts", "purpose", "purpose", PURPOSES)
    op.execute("UPDATE order_events SET actor = 'officer' WHERE actor = 'courier'")
    _widen("order_events", "actor", "actor", ACTORS)
    with op.batch_alter_table("refunds") as batch:
        batch.drop_constraint(op.f("ck_refunds_fee_within_amount"), type_="check")
        batch.drop_column("fee_amount")
    with op.batch_alter_table("orders") as batch:
        for name, _ in ORDER_CHECKS:
            batch.drop_constraint(op.f(f"ck_orders_{name}"), type_="check")
        batch.drop_constraint(op.f("fk_orders_cooperative_id_delivery_zone_id"), type_="foreignkey")
        batch.drop_column("delivery_zone_id")
        batch.drop_column("fulfilment")
        batch.drop_column("delivery_fee")
    for table in reversed(TABLES):
        op.drop_table(table)
