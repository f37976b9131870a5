"""Keep the money on bank statements, and how an account's statements are read.

Safe while the old code runs: new tables only.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision, down_revision = "0015", "0014"
branch_labels = depends_on = None

STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"


def upgrade() -> None:
    op.create_table(
        "statement_columns",
        _cooperative(),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "headings", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        *_keys("statement_columns", account_id="payment_destinations"),
        _person("statement_columns", "changed_by"),
    )
    op.create_index(
        op.f("ix_statement_columns_cooperative_id_account_id"),
        "statement_columns",
        ["cooperative_id", "account_id"],
        unique=True,
    )
    op.create_table(
        "bank_lines",
        _cooperative(),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "baru",
                "cocok",
                "bukan_pesanan",
                name="linestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("intent_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("imported_by", sa.Uuid(), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_bank_lines_amount_positive")),
        sa.CheckConstraint(
            "(state = 'cocok') = (intent_id IS NOT NULL)",
            name=op.f("ck_bank_lines_matched_names_its_intent"),
        ),
        *_keys("bank_lines", account_id="payment_destinations", intent_id="payment_intents"),
        _person("bank_lines", "decided_by"),
        _person("bank_lines", "imported_by"),
    )
    for columns, unique in (
        (["cooperative_id", "account_id", "fingerprint"], True),
        (["cooperative_id", "state", "dated", "id"], False),
        (["cooperative_id", "intent_id"], False),
    ):
        name = op.f(f"ix_bank_lines_{'_'.join(columns)}")
        op.create_index(name, "bank_lines", columns, unique=unique)
    if op.get_bind().dialect.name == "postgresql":
        for table in ("statement_columns", "bank_lines"):
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(
                f"CREATE POLICY one_cooperative ON {table} USING ({MINE}) WITH CHECK ({MINE})"
            )


def _cooperative() -> sa.Column[int]:
    kind = sa.SmallInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("cooperative_id", kind, autoincrement=False, nullable=False)


def _keys(table: str, **targets: str) -> list[sa.Constraint]:
    return [
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f(f"fk_{table}_cooperative_id")
        ),
        *(
            sa.ForeignKeyConstraint(
                ["cooperative_id", column],
                [f"{target}.cooperative_id", f"{target}.id"],
                name=op.f(f"fk_{table}_cooperative_id_{column}"),
            )
            for column, target in targets.items()
        ),
    ]


def _person(table: str, column: str) -> sa.Constraint:
    return sa.ForeignKeyConstraint([column], ["accounts.id"], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    op.drop_table("bank_lines")
    op.drop_table("statement_columns")
