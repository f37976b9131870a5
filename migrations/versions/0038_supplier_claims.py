"""Say why a delivery differs from its order, and claim from the supplier what it still owes.

Safe while the old code runs: columns with defaults, a wider check, a new table. Books that are
open get the account of claims at once; a chart that has its number already keeps its own.
"""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0038", "0037"
branch_labels = depends_on = None

CLAIMS, RECEIPTS = "supplier_claims", "supply_receipts"
STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"
REASONS = ("kurang", "rusak", "pengganti", "lebih", "harga_beda")
PURPOSE = "supplier_claims"
PURPOSES = (
    "cash", "bank", "channel", "loans", "goods_on_account", "cod_receivable", "stock",
    "voluntary_savings", "consignment_payable", "purchase_payable", "supplier_payable",
    "tax_payable", "buyer_advances", "member_balance", "surplus_payable", "basic_savings",
    "required_savings", "grants", "reserves", "surplus", "opening", "loan_interest",
    "loan_provision", "loan_administration", "loan_penalty", "member_sales", "public_sales",
    "commission", "delivery_income", "discounts", "rounding", "savings_interest", "member_cost",
    "public_cost", "shrinkage", "channel_fees",
)  # fmt: skip
WITH_PURPOSE = ("ledger_accounts", "payouts")
CHECKS = (
    ("receiptreason", f"kind IN {REASONS}"),
    ("damaged_came", "damaged BETWEEN 0 AND quantity"),
    ("contested_was_billed", "contested BETWEEN 0 AND cost"),
    ("from_claim_not_negative", "from_claim >= 0"),
)


def upgrade() -> None:
    _receipts()
    _claims()
    for table in WITH_PURPOSE:
        _allow_purposes(table, (*PURPOSES, PURPOSE))
    _open_accounts()


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _receipts() -> None:
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    with op.batch_alter_table(RECEIPTS) as batch:
        batch.add_column(sa.Column("damaged", whole, nullable=False, server_default="0"))
        for name in ("contested", "from_claim"):
            batch.add_column(sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("kind", sa.String(40), nullable=True))
        batch.add_column(sa.Column("note_file_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            op.f(f"fk_{RECEIPTS}_cooperative_id_note_file_id"),
            "files",
            ["cooperative_id", "note_file_id"],
            ["cooperative_id", "id"],
        )
        for name, condition in CHECKS:
            batch.create_check_constraint(op.f(f"ck_{RECEIPTS}_{name}"), condition)


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{CLAIMS}_{name}"))


def _claims() -> None:
    op.create_table(
        CLAIMS,
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("supplier", sa.String(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", _choice("claimstate", "diajukan", "diganti", "dihapus"), nullable=False),
        sa.Column("way", _choice("claimway", "potong_tagihan", "tunai", "barang"), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("brought_by", sa.Uuid(), nullable=True),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        _check("amount_positive", "amount > 0"),
        _check("made_good_by_a_way", "(state = 'diganti') = (way IS NOT NULL)"),
        _check(
            "goods_were_brought",
            "COALESCE(way = 'barang', false) = (brought_by IS NOT NULL)",
        ),
        _check("settled_at_a_time", "(state = 'diajukan') = (settled_at IS NULL)"),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f(f"fk_{CLAIMS}_cooperative_id")
        ),
        *(
            sa.ForeignKeyConstraint(
                ["cooperative_id", column],
                [f"{target}.cooperative_id", f"{target}.id"],
                name=op.f(f"fk_{CLAIMS}_cooperative_id_{column}"),
            )
            for column, target in (
                ("receipt_id", RECEIPTS),
                ("brought_by", RECEIPTS),
                ("supplier_id", "suppliers"),
            )
        ),
        *(
            sa.ForeignKeyConstraint([column], ["accounts.id"], name=op.f(f"fk_{CLAIMS}_{column}"))
            for column in ("opened_by", "settled_by")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f(f"pk_{CLAIMS}")),
    )
    _index("cooperative_id", "receipt_id", unique=True)
    _index("cooperative_id", "state", "opened_at")
    _index("cooperative_id", "supplier", "state")
    if _on_postgresql():
        op.execute(f"ALTER TABLE {CLAIMS} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {CLAIMS} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY one_cooperative ON {CLAIMS} USING ({MINE}) WITH CHECK ({MINE})")


def _index(*columns: str, unique: bool = False) -> None:
    op.create_index(op.f(f"ix_{CLAIMS}_{'_'.join(columns)}"), CLAIMS, list(columns), unique=unique)


def _allow_purposes(table: str, purposes: tuple[str, ...]) -> None:
    """Let accounts serve these; on SQLite triggers of other tables name the table."""
    if not _on_postgresql():
        op.execute("PRAGMA legacy_alter_table = ON")
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(f"ck_{table}_purpose"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{table}_purpose"), f"purpose IN {purposes}")
    if not _on_postgresql():
        op.execute("PRAGMA legacy_alter_table = OFF")


def _open_accounts() -> None:
    """Give the books of every shop the account that claims on suppliers are written to."""
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
                accounts.c.code == "1-1430",
            )
        )
        connection.execute(
            accounts.insert().values(
                cooperative_id=cooperative_id,
                id=uuid4(),
                book_id=book_id,
                code="1-143901" if taken else "1-1430",
                name="Klaim ke pemasok",
                name_en="Claims on suppliers",
                kind="asset",
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
    op.drop_table(CLAIMS)
    with op.batch_alter_table(RECEIPTS) as batch:
        batch.drop_constraint(
            op.f(f"fk_{RECEIPTS}_cooperative_id_note_file_id"), type_="foreignkey"
        )
        for name, _ in CHECKS:
            batch.drop_constraint(op.f(f"ck_{RECEIPTS}_{name}"), type_="check")
        for name in ("note_file_id", "kind", "from_claim", "contested", "damaged"):
            batch.drop_column(name)
