"""Keep by what amount a transfer is known again, and whether a cooperative takes transfers.

Safe while the old code runs: a new table, and columns that may be empty or have a default.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0014", "0013"
branch_labels = depends_on = None

STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"
HELD = "released_at IS NULL"


def upgrade() -> None:
    op.add_column(
        "cooperatives",
        sa.Column("takes_transfer", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("cooperatives", sa.Column("transfer_account_id", sa.Uuid(), nullable=True))
    op.create_table(
        "transfers",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("intent_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("discount", sa.BigInteger(), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_transfers_amount_positive")),
        sa.CheckConstraint(
            "discount BETWEEN 1 AND 999", name=op.f("ck_transfers_discount_is_a_code")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_transfers_cooperative_id")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "intent_id"],
            ["payment_intents.cooperative_id", "payment_intents.id"],
            name=op.f("fk_transfers_cooperative_id_intent_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "account_id"],
            ["payment_destinations.cooperative_id", "payment_destinations.id"],
            name=op.f("fk_transfers_cooperative_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_transfers")),
    )
    op.create_index(
        op.f("ix_transfers_cooperative_id_intent_id"),
        "transfers",
        ["cooperative_id", "intent_id"],
        unique=True,
    )
    op.create_index(
        "uq_transfers_held",
        "transfers",
        ["cooperative_id", "account_id", "amount"],
        unique=True,
        sqlite_where=sa.text(HELD),
        postgresql_where=sa.text(HELD),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE transfers ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE transfers FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY one_cooperative ON transfers USING ({MINE}) WITH CHECK ({MINE})")


def downgrade() -> None:
    op.drop_table("transfers")
    op.drop_column("cooperatives", "transfer_account_id")
    op.drop_column("cooperatives", "takes_transfer")
