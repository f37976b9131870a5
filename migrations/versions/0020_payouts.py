"""Keep batches of pay-outs to makers, and in how many days a cooperative promises to pay.

Safe while the old code runs: new tables, and a column with a default.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0020", "0019"
branch_labels = depends_on = None

TABLES = ("payout_batches", "payouts")
STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"


def upgrade() -> None:
    op.create_table(
        "payout_batches",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "disusun",
                "disetujui",
                "dibayar",
                "batal",
                name="batchstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("composed_by", sa.Uuid(), nullable=False),
        sa.Column("composed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "paid_by",
            sa.Enum(
                "tunai",
                "transfer",
                name="paidby",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("payer_id", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(state = 'dibayar') = (paid_at IS NOT NULL)",
            name=op.f("ck_payout_batches_paid_has_time"),
        ),
        sa.CheckConstraint(
            "state <> 'dibayar' OR approved_by IS NOT NULL",
            name=op.f("ck_payout_batches_paid_was_approved"),
        ),
        sa.CheckConstraint("approved_by <> composed_by", name=op.f("ck_payout_batches_two_people")),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["accounts.id"], name=op.f("fk_payout_batches_approved_by")
        ),
        sa.ForeignKeyConstraint(
            ["composed_by"], ["accounts.id"], name=op.f("fk_payout_batches_composed_by")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_payout_batches_cooperative_id")
        ),
        sa.ForeignKeyConstraint(
            ["payer_id"], ["accounts.id"], name=op.f("fk_payout_batches_payer_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_payout_batches")),
    )
    with op.batch_alter_table("payout_batches", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payout_batches_cooperative_id_key"),
            ["cooperative_id", "key"],
            unique=True,
        )
        batch_op.create_index(
            batch_op.f("ix_payout_batches_cooperative_id_number"),
            ["cooperative_id", "number"],
            unique=True,
        )
        batch_op.create_index(
            batch_op.f("ix_payout_batches_cooperative_id_state"),
            ["cooperative_id", "state"],
            unique=False,
        )

    op.create_table(
        "payouts",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "cash",
                "bank",
                "channel",
                "loans",
                "goods_on_account",
                "stock",
                "voluntary_savings",
                "consignment_payable",
                "purchase_payable",
                "supplier_payable",
                "tax_payable",
                "buyer_advances",
                "member_balance",
                "surplus_payable",
                "basic_savings",
                "required_savings",
                "grants",
                "reserves",
                "surplus",
                "opening",
                "loan_interest",
                "loan_provision",
                "loan_administration",
                "loan_penalty",
                "member_sales",
                "public_sales",
                "commission",
                "discounts",
                "rounding",
                "savings_interest",
                "member_cost",
                "public_cost",
                "shrinkage",
                "channel_fees",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payouts_amount_positive")),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "batch_id"],
            ["payout_batches.cooperative_id", "payout_batches.id"],
            name=op.f("fk_payouts_cooperative_id_batch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "entry_id"],
            ["ledger_entries.cooperative_id", "ledger_entries.id"],
            name=op.f("fk_payouts_cooperative_id_entry_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "member_id"],
            ["members.cooperative_id", "members.id"],
            name=op.f("fk_payouts_cooperative_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_payouts_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_payouts")),
    )
    with op.batch_alter_table("payouts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payouts_cooperative_id_batch_id"),
            ["cooperative_id", "batch_id"],
            unique=False,
        )
        batch_op.create_index(
            "uq_payouts_open",
            ["cooperative_id", "member_id", "purpose"],
            unique=True,
            sqlite_where=sa.text("open"),
            postgresql_where=sa.text("open"),
        )

    with op.batch_alter_table("cooperatives") as batch:
        batch.add_column(
            sa.Column(
                "payout_days",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                nullable=False,
                server_default="7",
            )
        )
        batch.create_check_constraint(
            op.f("ck_cooperatives_payout_days_sane"), "payout_days BETWEEN 0 AND 60"
        )
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(
                f"CREATE POLICY one_cooperative ON {table} USING ({MINE}) WITH CHECK ({MINE})"
            )


def downgrade() -> None:
    with op.batch_alter_table("cooperatives") as batch:
        batch.drop_constraint(op.f("ck_cooperatives_payout_days_sane"), type_="check")
        batch.drop_column("payout_days")

    with op.batch_alter_table("payouts", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_payouts_open", sqlite_where=sa.text("open"), postgresql_where=sa.text("open")
        )
        batch_op.drop_index(batch_op.f("ix_payouts_cooperative_id_batch_id"))

    op.drop_table("payouts")
    with op.batch_alter_table("payout_batches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payout_batches_cooperative_id_state"))
        batch_op.drop_index(batch_op.f("ix_payout_batches_cooperative_id_number"))
        batch_op.drop_index(batch_op.f("ix_payout_batches_cooperative_id_key"))

    op.drop_table("payout_batches")
