"""Let orders be paid through a gateway, and keep every attempt to do so.

Safe while the old code runs: the column has a default, the checks only grow wider, the table
is new. Going back turns what was to be paid through a gateway into what is paid by QRIS.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0022", "0021"
branch_labels = depends_on = None

TABLE = "payment_attempts"
NARROW = "method IN ('qris', 'transfer', 'cod')"
WIDE = "method IN ('qris', 'transfer', 'cod', 'gateway')"
STATES = "state IN ('diminta', 'terbuka', 'diperiksa', 'ditolak', 'berakhir', 'lunas')"
STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"


def upgrade() -> None:
    op.add_column(
        "cooperatives",
        sa.Column("takes_gateway", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    _methods(WIDE)
    _attempts()
    for columns in (["reference"], ["ask_at"]):
        op.create_index(op.f(f"ix_{TABLE}_{'_'.join(columns)}"), TABLE, columns)
    for columns in (["cooperative_id", "intent_id", "number"], ["cooperative_id", "reference"]):
        op.create_index(op.f(f"ix_{TABLE}_{'_'.join(columns)}"), TABLE, columns, unique=True)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY one_cooperative ON {TABLE} USING ({MINE}) WITH CHECK ({MINE})")


def _attempts() -> None:
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
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ask_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(STATES, name=op.f(f"ck_{TABLE}_attemptstate")),
        sa.CheckConstraint("number > 0", name=op.f(f"ck_{TABLE}_number_positive")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f(f"fk_{TABLE}_cooperative_id")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "intent_id"],
            ["payment_intents.cooperative_id", "payment_intents.id"],
            name=op.f(f"fk_{TABLE}_cooperative_id_intent_id"),
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f(f"pk_{TABLE}")),
    )


def _methods(condition: str) -> None:
    for table in ("orders", "payment_intents"):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_paymentmethod"), type_="check")
            batch.create_check_constraint(op.f(f"ck_{table}_paymentmethod"), condition)


def downgrade() -> None:
    op.drop_table(TABLE)
    for table in ("orders", "payment_intents"):
        op.execute(f"UPDATE {table} SET method = 'qris' WHERE method = 'gateway'")  # noqa: S608
    _methods(NARROW)
    op.drop_column("cooperatives", "takes_gateway")
