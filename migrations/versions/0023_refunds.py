"""Keep money that goes back to buyers, and goods that come back with it.

Safe while the old code runs: new tables, columns with defaults, and a wider rule: what was
paid too much goes back beside what the order cost.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0023", "0022"
branch_labels = depends_on = None

STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"
COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column(
        "cooperatives",
        sa.Column("refund_limit", sa.BigInteger(), nullable=False, server_default="500000"),
    )
    with op.batch_alter_table("stock_holds") as batch:
        batch.add_column(sa.Column("returned", COUNT, nullable=False, server_default="0"))
        batch.add_column(
            sa.Column("returned_value", sa.BigInteger(), nullable=False, server_default="0")
        )
        batch.create_check_constraint(
            op.f("ck_stock_holds_returned_within_quantity"), "returned BETWEEN 0 AND quantity"
        )
    with op.batch_alter_table("payment_shares") as batch:
        batch.drop_constraint(op.f("ck_payment_shares_refund_within_amount"), type_="check")
        batch.create_check_constraint(
            op.f("ck_payment_shares_refunded_not_negative"), "refunded >= 0"
        )
    _refunds()
    _refund_lines()
    if op.get_bind().dialect.name == "postgresql":
        for table in ("refunds", "refund_lines"):
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


def _points_at(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["cooperative_id", column],
        [f"{target}.cooperative_id", f"{target}.id"],
        name=op.f(f"fk_{table}_cooperative_id_{column}"),
    )


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _refunds() -> None:
    table = "refunds"
    people = ("requested_by", "decided_by", "paid_by")
    op.create_table(
        table,
        *_tenant(table),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("kind", _choice("refundkind", "terutang", "retur"), nullable=False),
        sa.Column(
            "state",
            _choice("refundstate", "diminta", "disetujui", "dibayar", "ditolak"),
            nullable=False,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("goods_back", sa.Boolean(), nullable=False),
        sa.Column("two_people", sa.Boolean(), nullable=False),
        sa.Column(
            "method",
            _choice("refundmethod", "tunai", "asal", "transfer", "titipan"),
            nullable=True,
        ),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_by", sa.Uuid(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refunds_amount_positive")),
        sa.CheckConstraint(
            "NOT two_people OR decided_by IS NULL OR decided_by <> requested_by",
            name=op.f("ck_refunds_two_people"),
        ),
        sa.CheckConstraint(
            "(state = 'dibayar') = (paid_at IS NOT NULL AND method IS NOT NULL)",
            name=op.f("ck_refunds_paid_by_a_way"),
        ),
        sa.CheckConstraint(
            "(state = 'diminta') = (decided_at IS NULL)",
            name=op.f("ck_refunds_decided_at_a_time"),
        ),
        _points_at(table, "order_id", "orders"),
        _points_at(table, "file_id", "files"),
        *(
            sa.ForeignKeyConstraint([who], ["accounts.id"], name=op.f(f"fk_{table}_{who}"))
            for who in people
        ),
    )
    _index(table, "cooperative_id", "key", unique=True)
    _index(table, "cooperative_id", "order_id")
    _index(table, "cooperative_id", "state", "id")


def _refund_lines() -> None:
    table = "refund_lines"
    op.create_table(
        table,
        *_tenant(table),
        sa.Column("refund_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", COUNT, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("maker_amount", sa.BigInteger(), nullable=False),
        sa.Column("cooperative_amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_refund_lines_quantity_not_negative")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_refund_lines_amount_not_negative")),
        _points_at(table, "refund_id", "refunds"),
        _points_at(table, "line_id", "order_lines"),
    )
    _index(table, "cooperative_id", "refund_id")
    _index(table, "cooperative_id", "line_id")


def _index(table: str, *columns: str, unique: bool = False) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns), unique=unique)


def downgrade() -> None:
    op.drop_table("refund_lines")
    op.drop_table("refunds")
    with op.batch_alter_table("payment_shares") as batch:
        batch.drop_constraint(op.f("ck_payment_shares_refunded_not_negative"), type_="check")
        batch.create_check_constraint(
            op.f("ck_payment_shares_refund_within_amount"), "refunded >= 0 AND refunded <= amount"
        )
    with op.batch_alter_table("stock_holds") as batch:
        batch.drop_constraint(op.f("ck_stock_holds_returned_within_quantity"), type_="check")
        batch.drop_column("returned_value")
        batch.drop_column("returned")
    op.drop_column("cooperatives", "refund_limit")
