"""Give members goods on account: limits, holds, bons, and what was paid of which.

Safe while the old code runs: five new tables.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0036", "0035"
branch_labels = depends_on = None

TABLES = (
    "credit_limits", "credit_holds", "credit_bills", "credit_payments", "credit_payment_parts",
)  # fmt: skip
STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"
IN_FORCE = sa.text("undone_at IS NULL")


def upgrade() -> None:
    _limits()
    _holds()
    _bills()
    _payments()
    _parts()
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(
                f"CREATE POLICY one_cooperative ON {table} USING ({MINE}) WITH CHECK ({MINE})"
            )


def _tenant(table: str, **targets: str) -> list[sa.schema.SchemaItem]:
    """Give the key of a tenant table, and the columns that point at rows of the same tenant."""
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
        *(sa.Column(column, sa.Uuid(), nullable=False) for column in targets),
        *(
            sa.ForeignKeyConstraint(
                ["cooperative_id", column],
                [f"{target}.cooperative_id", f"{target}.id"],
                name=op.f(f"fk_{table}_cooperative_id_{column}"),
            )
            for column, target in targets.items()
        ),
    ]


def _person(table: str, column: str, *, nullable: bool = True) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column(column, sa.Uuid(), nullable=nullable),
        sa.ForeignKeyConstraint([column], ["accounts.id"], name=op.f(f"fk_{table}_{column}")),
    ]


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _index(table: str, *columns: str, unique: bool = False) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns), unique=unique)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _money(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _limits() -> None:
    table = "credit_limits"
    op.create_table(
        table,
        *_tenant(table, member_id="members"),
        _whole("number"),
        _money("amount"),
        _whole("due_days"),
        *_person(table, "set_by", nullable=False),
        _time("set_at"),
        _check(table, "amount_not_negative", "amount >= 0"),
        _check(table, "due_days_positive", "due_days > 0"),
        _check(table, "number_positive", "number > 0"),
    )
    _index(table, "cooperative_id", "member_id", "number", unique=True)


def _source() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("source_type", sa.String(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
    ]


def _holds() -> None:
    table = "credit_holds"
    op.create_table(
        table,
        *_tenant(table, member_id="members"),
        *_source(),
        _money("amount"),
        _time("created_at"),
        _time("released_at", nullable=True),
        _check(table, "amount_positive", "amount > 0"),
    )
    _index(table, "cooperative_id", "source_type", "source_id", unique=True)
    _index(table, "cooperative_id", "member_id", "released_at")


def _bills() -> None:
    table = "credit_bills"
    op.create_table(
        table,
        *_tenant(table, member_id="members"),
        _whole("number"),
        *_source(),
        sa.Column("memo", sa.String(), nullable=False),
        _money("amount"),
        _money("paid"),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        *_person(table, "created_by"),
        _time("at"),
        *_person(table, "undone_by"),
        _time("undone_at", nullable=True),
        _check(table, "amount_positive", "amount > 0"),
        _check(table, "paid_within_amount", "0 <= paid AND paid <= amount"),
        _check(table, "undone_unpaid", "undone_at IS NULL OR paid = 0"),
        _check(table, "due_later", "due_on > dated"),
    )
    _index(table, "cooperative_id", "number", unique=True)
    op.create_index(
        "uq_credit_bills_source",
        table,
        ["cooperative_id", "source_type", "source_id"],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )
    _index(table, "cooperative_id", "member_id", "number")
    _index(table, "due_on")


def _payments() -> None:
    table = "credit_payments"
    op.create_table(
        table,
        *_tenant(table, member_id="members"),
        sa.Column("key", sa.String(), nullable=False),
        _money("amount"),
        sa.Column(
            "way",
            sa.Enum(
                "tunai",
                "bank",
                "titipan",
                name="paidby",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        *_person(table, "taken_by"),
        _time("at"),
        _check(table, "amount_positive", "amount > 0"),
    )
    _index(table, "cooperative_id", "key", unique=True)
    _index(table, "cooperative_id", "member_id", "id")


def _parts() -> None:
    table = "credit_payment_parts"
    op.create_table(
        table,
        *_tenant(table, payment_id="credit_payments", bill_id="credit_bills"),
        _money("amount"),
        _check(table, "amount_positive", "amount > 0"),
    )
    _index(table, "cooperative_id", "payment_id", "bill_id", unique=True)
    _index(table, "cooperative_id", "bill_id")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
