"""Keep books: accounts, entries, lines, holds and closed months of each business unit.

Safe while the old code runs: new tables only. What guards them comes with 0012.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0011", "0010"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table(
        "ledger_books",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "unit",
            sa.Enum(
                "toko",
                "simpan_pinjam",
                name="unit",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("open_from", sa.Date(), nullable=False),
        sa.Column(
            "last_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("last_hash", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_ledger_books_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_ledger_books")),
    )
    with op.batch_alter_table("ledger_books", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_ledger_books_cooperative_id_unit"),
            ["cooperative_id", "unit"],
            unique=True,
        )

    op.create_table(
        "ledger_accounts",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "asset",
                "liability",
                "equity",
                "income",
                "expense",
                name="accountkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "guard",
            sa.Enum(
                "none",
                "credit_only",
                "debit_only",
                name="guard",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
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
            nullable=True,
        ),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("debit", sa.BigInteger(), nullable=False),
        sa.Column("credit", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "guard <> 'credit_only' OR debit + held <= credit",
            name=op.f("ck_ledger_accounts_credit_side_covers"),
        ),
        sa.CheckConstraint(
            "guard <> 'debit_only' OR credit + held <= debit",
            name=op.f("ck_ledger_accounts_debit_side_covers"),
        ),
        sa.CheckConstraint(
            "debit >= 0 AND credit >= 0 AND held >= 0",
            name=op.f("ck_ledger_accounts_sides_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "book_id"],
            ["ledger_books.cooperative_id", "ledger_books.id"],
            name=op.f("fk_ledger_accounts_cooperative_id_book_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "member_id"],
            ["members.cooperative_id", "members.id"],
            name=op.f("fk_ledger_accounts_cooperative_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_ledger_accounts_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_ledger_accounts")),
        sa.UniqueConstraint("cooperative_id", "book_id", "id", name="uq_ledger_accounts_of_book"),
    )
    with op.batch_alter_table("ledger_accounts", schema=None) as batch_op:
        batch_op.create_index(
            "uq_ledger_accounts_code",
            ["cooperative_id", "book_id", "code"],
            unique=True,
            sqlite_where=sa.text("member_id IS NULL"),
            postgresql_where=sa.text("member_id IS NULL"),
        )
        batch_op.create_index(
            "uq_ledger_accounts_member",
            ["cooperative_id", "book_id", "purpose", "member_id"],
            unique=True,
            sqlite_where=sa.text("member_id IS NOT NULL"),
            postgresql_where=sa.text("member_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_ledger_accounts_purpose",
            ["cooperative_id", "book_id", "purpose"],
            unique=True,
            sqlite_where=sa.text("member_id IS NULL"),
            postgresql_where=sa.text("member_id IS NULL"),
        )

    op.create_table(
        "ledger_closings",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("entries", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("turnover", sa.BigInteger(), nullable=False),
        sa.Column("balances_hash", sa.String(), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends >= starts", name=op.f("ck_ledger_closings_ends_after_it_starts")),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["accounts.id"], name=op.f("fk_ledger_closings_closed_by")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "book_id"],
            ["ledger_books.cooperative_id", "ledger_books.id"],
            name=op.f("fk_ledger_closings_cooperative_id_book_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_ledger_closings_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_ledger_closings")),
    )
    with op.batch_alter_table("ledger_closings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_ledger_closings_cooperative_id_book_id_starts"),
            ["cooperative_id", "book_id", "starts"],
            unique=True,
        )

    op.create_table(
        "ledger_entries",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("memo", sa.String(), nullable=False),
        sa.Column("source_type", sa.String(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.CheckConstraint("approved_by <> created_by", name=op.f("ck_ledger_entries_two_people")),
        sa.CheckConstraint("number > 0", name=op.f("ck_ledger_entries_number_positive")),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["accounts.id"], name=op.f("fk_ledger_entries_approved_by")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "book_id"],
            ["ledger_books.cooperative_id", "ledger_books.id"],
            name=op.f("fk_ledger_entries_cooperative_id_book_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "reverses_id"],
            ["ledger_entries.cooperative_id", "ledger_entries.id"],
            name=op.f("fk_ledger_entries_cooperative_id_reverses_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_ledger_entries_cooperative_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["accounts.id"], name=op.f("fk_ledger_entries_created_by")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint("cooperative_id", "book_id", "id", name="uq_ledger_entries_of_book"),
    )
    with op.batch_alter_table("ledger_entries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_ledger_entries_cooperative_id_book_id_dated_number"),
            ["cooperative_id", "book_id", "dated", "number"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_ledger_entries_cooperative_id_book_id_key"),
            ["cooperative_id", "book_id", "key"],
            unique=True,
        )
        batch_op.create_index(
            batch_op.f("ix_ledger_entries_cooperative_id_book_id_number"),
            ["cooperative_id", "book_id", "number"],
            unique=True,
        )
        batch_op.create_index(
            batch_op.f("ix_ledger_entries_cooperative_id_reverses_id"),
            ["cooperative_id", "reverses_id"],
            unique=True,
        )
        batch_op.create_index(
            batch_op.f("ix_ledger_entries_cooperative_id_source_type_source_id"),
            ["cooperative_id", "source_type", "source_id"],
            unique=False,
        )

    op.create_table(
        "ledger_holds",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "posted",
                "voided",
                "expired",
                name="holdstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'pending') = (ended_at IS NULL)", name=op.f("ck_ledger_holds_ended_has_time")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_ledger_holds_amount_positive")),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "account_id"],
            ["ledger_accounts.cooperative_id", "ledger_accounts.id"],
            name=op.f("fk_ledger_holds_cooperative_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_ledger_holds_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_ledger_holds")),
    )
    with op.batch_alter_table("ledger_holds", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_ledger_holds_cooperative_id_account_id_key"),
            ["cooperative_id", "account_id", "key"],
            unique=True,
        )
        batch_op.create_index(
            batch_op.f("ix_ledger_holds_cooperative_id_account_id_state_expires_at"),
            ["cooperative_id", "account_id", "state", "expires_at"],
            unique=False,
        )

    op.create_table(
        "ledger_lines",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("debit_id", sa.Uuid(), nullable=False),
        sa.Column("credit_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_ledger_lines_amount_positive")),
        sa.CheckConstraint("debit_id <> credit_id", name=op.f("ck_ledger_lines_two_accounts")),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "book_id", "credit_id"],
            ["ledger_accounts.cooperative_id", "ledger_accounts.book_id", "ledger_accounts.id"],
            name="fk_ledger_lines_credit_id",
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "book_id", "debit_id"],
            ["ledger_accounts.cooperative_id", "ledger_accounts.book_id", "ledger_accounts.id"],
            name="fk_ledger_lines_debit_id",
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "book_id", "entry_id"],
            ["ledger_entries.cooperative_id", "ledger_entries.book_id", "ledger_entries.id"],
            name="fk_ledger_lines_entry_id",
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_ledger_lines_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_ledger_lines")),
    )
    with op.batch_alter_table("ledger_lines", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_ledger_lines_cooperative_id_credit_id"),
            ["cooperative_id", "credit_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_ledger_lines_cooperative_id_debit_id"),
            ["cooperative_id", "debit_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_ledger_lines_cooperative_id_entry_id_position"),
            ["cooperative_id", "entry_id", "position"],
            unique=True,
        )


def downgrade() -> None:
    with op.batch_alter_table("ledger_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_lines_cooperative_id_entry_id_position"))
        batch_op.drop_index(batch_op.f("ix_ledger_lines_cooperative_id_debit_id"))
        batch_op.drop_index(batch_op.f("ix_ledger_lines_cooperative_id_credit_id"))

    op.drop_table("ledger_lines")
    with op.batch_alter_table("ledger_holds", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_ledger_holds_cooperative_id_account_id_state_expires_at")
        )
        batch_op.drop_index(batch_op.f("ix_ledger_holds_cooperative_id_account_id_key"))

    op.drop_table("ledger_holds")
    with op.batch_alter_table("ledger_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_entries_cooperative_id_source_type_source_id"))
        batch_op.drop_index(batch_op.f("ix_ledger_entries_cooperative_id_reverses_id"))
        batch_op.drop_index(batch_op.f("ix_ledger_entries_cooperative_id_book_id_number"))
        batch_op.drop_index(batch_op.f("ix_ledger_entries_cooperative_id_book_id_key"))
        batch_op.drop_index(batch_op.f("ix_ledger_entries_cooperative_id_book_id_dated_number"))

    op.drop_table("ledger_entries")
    with op.batch_alter_table("ledger_closings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_closings_cooperative_id_book_id_starts"))

    op.drop_table("ledger_closings")
    with op.batch_alter_table("ledger_accounts", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_ledger_accounts_purpose",
            sqlite_where=sa.text("member_id IS NULL"),
            postgresql_where=sa.text("member_id IS NULL"),
        )
        batch_op.drop_index(
            "uq_ledger_accounts_member",
            sqlite_where=sa.text("member_id IS NOT NULL"),
            postgresql_where=sa.text("member_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_ledger_accounts_code",
            sqlite_where=sa.text("member_id IS NULL"),
            postgresql_where=sa.text("member_id IS NULL"),
        )

    op.drop_table("ledger_accounts")
    with op.batch_alter_table("ledger_books", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_books_cooperative_id_unit"))

    op.drop_table("ledger_books")
