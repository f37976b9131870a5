"""Keep the pictures by which buyers claim to have transferred.

Safe while the old code runs: a new table only.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0019", "0018"
branch_labels = depends_on = None

TABLE = "payment_proofs"
STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("intent_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column(
            "paused_seconds", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("paused_seconds >= 0", name=op.f(f"ck_{TABLE}_pause_not_negative")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f(f"fk_{TABLE}_cooperative_id")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "intent_id"],
            ["payment_intents.cooperative_id", "payment_intents.id"],
            name=op.f(f"fk_{TABLE}_cooperative_id_intent_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "file_id"],
            ["files.cooperative_id", "files.id"],
            name=op.f(f"fk_{TABLE}_cooperative_id_file_id"),
        ),
        sa.ForeignKeyConstraint(
            ["refused_by"], ["accounts.id"], name=op.f(f"fk_{TABLE}_refused_by")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f(f"pk_{TABLE}")),
    )
    for columns in (["cooperative_id", "intent_id"], ["cooperative_id", "sha256"]):
        op.create_index(op.f(f"ix_{TABLE}_{'_'.join(columns)}"), TABLE, columns)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY one_cooperative ON {TABLE} USING ({MINE}) WITH CHECK ({MINE})")


def downgrade() -> None:
    op.drop_table(TABLE)
