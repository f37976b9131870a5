"""Charge members for what a round costs beside its goods, part by part.

Safe while the old code runs: columns with defaults, wider checks, two new tables. What members were
charged before was for the goods alone. Books that are open get the account of member services at
once; a chart that has its number already keeps its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision, down_revision = "0040", "0039"
branch_labels = depends_on = None

LINES, SHARES = "supply_cost_lines", "supply_cost_shares"
STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"
PURPOSE = "member_services"
PURPOSES = (
    "cash", "bank", "channel", "loans", "goods_on_account", "cod_receivable",
    "supplier_claims", "stock", "voluntary_savings", "consignment_payable",
    "purchase_payable", "supplier_payable",
    "tax_payable", "buyer_advances", "member_balance", "surplus_payable", "basic_savings",
    "required_savings", "grants", "reserves", "surplus", "opening", "loan_interest",
    "loan_provision", "loan_administration", "loan_penalty", "member_sales", "public_sales",
    "commission", "delivery_income", "discounts", "rounding", "savings_interest", "member_cost",
    "public_cost", "shrinkage", "channel_fees",
)  # fmt: skip
WITH_PURPOSE = ("ledger_accounts", "payouts")
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# By table: columns that are nought for all there is, and what holds of them.
COLUMNS: dict[str, tuple[tuple[str, sa.types.TypeEngine[int]], ...]] = {
    "cooperatives": (("supply_margin", WHOLE),),
    "supply_pools": (("pack_costs", sa.BigInteger()), ("margin", WHOLE)),
    "supply_receipts": (("discount", sa.BigInteger()),),
    "supply_allocation_runs": (("costs", sa.BigInteger()), ("margin", sa.BigInteger())),
    "supply_allocations": tuple(
        (name, sa.BigInteger()) for name in ("goods", "discount", "costs", "margin")
    ),
    "supply_hand_overs": (("margin", sa.BigInteger()),),
}
CHECKS = {
    "cooperatives": (("supply_margin_is_a_share", "supply_margin BETWEEN 0 AND 10000"),),
    "supply_pools": (
        ("pack_costs_not_negative", "pack_costs >= 0"),
        ("margin_is_a_share", "margin BETWEEN 0 AND 10000"),
    ),
    "supply_receipts": (("discount_not_negative", "discount >= 0"),),
    "supply_allocations": (
        ("charge_is_the_sum_of_its_parts", "charge = goods - discount + costs + margin"),
    ),
    "supply_hand_overs": (("margin_within_price", "0 <= margin AND margin <= paid"),),
}


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        with _batch(table) as batch:
            for name, kind in columns:
                batch.add_column(sa.Column(name, kind, nullable=False, server_default="0"))
    op.execute("UPDATE supply_allocations SET goods = charge")
    for table, checks in CHECKS.items():
        with _batch(table) as batch:
            for name, condition in checks:
                batch.create_check_constraint(op.f(f"ck_{table}_{name}"), condition)
    _lines()
    _shares()
    if _on_postgresql():
        for table in (LINES, SHARES):
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(
                f"CREATE POLICY one_cooperative ON {table} USING ({MINE}) WITH CHECK ({MINE})"
            )
    for table in WITH_PURPOSE:
        _allow_purposes(table, (*PURPOSES, PURPOSE))
    _open_accounts()


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _tenant(table: str, **targets: bool) -> list[sa.schema.SchemaItem]:
    """Give the key of a tenant table, and its columns that point at rows of the same tenant."""
    names = {
        "round_id": "supply_rounds", "pool_id": "supply_pools", "cost_id": LINES,
    }  # fmt: skip
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
        *(sa.Column(column, sa.Uuid(), nullable=empty) for column, empty in targets.items()),
        *(
            sa.ForeignKeyConstraint(
                ["cooperative_id", column],
                [f"{names[column]}.cooperative_id", f"{names[column]}.id"],
                name=op.f(f"fk_{table}_cooperative_id_{column}"),
            )
            for column in targets
        ),
    ]


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _index(table: str, *columns: str, unique: bool = False) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns), unique=unique)


def _lines() -> None:
    op.create_table(
        LINES,
        *_tenant(LINES, round_id=False, pool_id=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("split_by", _choice("splitby", "nilai", "jumlah", "anggota"), nullable=False),
        sa.Column(
            "paid_from", _choice("costpaidfrom", "utang_pemasok", "kas", "bank"), nullable=False
        ),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.ForeignKeyConstraint([column], ["accounts.id"], name=op.f(f"fk_{LINES}_{column}"))
            for column in ("added_by", "undone_by")
        ),
        _check(LINES, "amount_positive", "amount > 0"),
        _check(LINES, "undone_by_somebody", "(undone_at IS NULL) = (undone_by IS NULL)"),
    )
    _index(LINES, "cooperative_id", "round_id", "key", unique=True)


def _shares() -> None:
    op.create_table(
        SHARES,
        *_tenant(SHARES, cost_id=False, pool_id=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        _check(SHARES, "amount_not_negative", "amount >= 0"),
    )
    _index(SHARES, "cooperative_id", "cost_id", "pool_id", unique=True)
    _index(SHARES, "cooperative_id", "pool_id")


def _allow_purposes(table: str, purposes: tuple[str, ...]) -> None:
    """Let accounts serve these; on SQLite triggers of other tables name the table."""
    if not _on_postgresql():
        op.execute("PRAGMA legacy_alter_table = ON")
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(f"ck_{table}_purpose"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{table}_purpose"), f"purpose IN {purposes}")
    if not _on_postgresql():
        op.execute("PRAGMA legacy_alter_table = OFF")


@contextmanager
def _batch(table: str) -> Iterator[BatchOperations]:
    """Change a table; on SQLite triggers of other tables may name it."""
    if not _on_postgresql():
        op.execute("PRAGMA legacy_alter_table = ON")
    with op.batch_alter_table(table) as batch:
        yield batch
    if not _on_postgresql():
        op.execute("PRAGMA legacy_alter_table = OFF")


def _open_accounts() -> None:
    """Give the books of every shop the account that members' margin is written to."""
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
        taken = connection.scalar(
            sa.select(sa.func.count()).where(
                accounts.c.cooperative_id == cooperative_id,
                accounts.c.book_id == book_id,
                accounts.c.code == "4-2110",
            )
        )
        connection.execute(
            accounts.insert().values(
                cooperative_id=cooperative_id,
                id=uuid4(),
                book_id=book_id,
                code="4-211001" if taken else "4-2110",
                name="Jasa anggota (kulakan)",
                name_en="Member services (buying together)",
                kind="income",
                guard="none",
                purpose=PURPOSE,
                debit=0,
                credit=0,
                held=0,
            )
        )


def downgrade() -> None:
    """Go back; an account that was written to stays, as a plain one of the chart."""
    mine = f"WHERE purpose = '{PURPOSE}'"
    op.execute(
        f"DELETE FROM ledger_accounts {mine} AND debit = 0 AND credit = 0"  # noqa: S608
    )
    op.execute(f"UPDATE ledger_accounts SET purpose = NULL {mine}")  # noqa: S608 - our own words
    for table in reversed(WITH_PURPOSE):
        _allow_purposes(table, PURPOSES)
    op.drop_table(SHARES)
    op.drop_table(LINES)
    for table, columns in reversed(COLUMNS.items()):
        with _batch(table) as batch:
            for name, _ in CHECKS.get(table, ()):
                batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
            for name, _ in columns:
                batch.drop_column(name)
