"""Keep what buyers say was wrong with an order, and what was answered and decided.

Safe while the old code runs: new tables only.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0024", "0023"
branch_labels = depends_on = None

STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"
STILL_OPEN = sa.text("state IN ('dibuka', 'dijawab', 'naik')")


def upgrade() -> None:
    _claims()
    count = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    positive = op.f("ck_claim_lines_quantity_positive")
    _parts(
        "claim_lines",
        "line_id",
        "order_lines",
        sa.Column("quantity", count, nullable=False),
        sa.CheckConstraint("quantity > 0", name=positive),
    )
    _parts("claim_pictures", "file_id", "files")
    if op.get_bind().dialect.name == "postgresql":
        for table in ("claims", "claim_lines", "claim_pictures"):
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


def _claims() -> None:
    table = "claims"
    op.create_table(
        table,
        *_tenant(table),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            _choice("claimkind", "belum_sampai", "rusak", "salah", "kurang"),
            nullable=False,
        ),
        sa.Column(
            "state",
            _choice("claimstate", "dibuka", "dijawab", "sepakat", "naik", "diputus"),
            nullable=False,
        ),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "answer",
            _choice("answer", "kembali_penuh", "kembali_sebagian", "ganti", "tolak"),
            nullable=True,
        ),
        sa.Column("answer_words", sa.String(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_words", sa.String(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refund_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("amount IS NULL OR amount > 0", name=op.f("ck_claims_amount_positive")),
        sa.CheckConstraint(
            "(state IN ('sepakat', 'diputus')) = (closed_at IS NOT NULL)",
            name=op.f("ck_claims_closed_has_a_time"),
        ),
        _points_at(table, "order_id", "orders"),
        _points_at(table, "refund_id", "refunds"),
        *(
            sa.ForeignKeyConstraint([who], ["accounts.id"], name=op.f(f"fk_{table}_{who}"))
            for who in ("answered_by", "decided_by")
        ),
    )
    op.create_index(
        "uq_claims_open",
        table,
        ["cooperative_id", "order_id"],
        unique=True,
        sqlite_where=STILL_OPEN,
        postgresql_where=STILL_OPEN,
    )
    op.create_index(
        op.f("ix_claims_cooperative_id_state_opened_at"),
        table,
        ["cooperative_id", "state", "opened_at"],
    )
    op.create_index(op.f("ix_claims_state_escalated_at"), table, ["state", "escalated_at"])


def _parts(table: str, column: str, target: str, *more: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        *_tenant(table),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column(column, sa.Uuid(), nullable=False),
        *more,
        _points_at(table, "claim_id", "claims"),
        _points_at(table, column, target),
    )
    op.create_index(
        op.f(f"ix_{table}_cooperative_id_claim_id"), table, ["cooperative_id", "claim_id"]
    )


def downgrade() -> None:
    op.drop_table("claim_pictures")
    op.drop_table("claim_lines")
    op.drop_table("claims")
