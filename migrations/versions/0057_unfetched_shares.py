"""Keep who was reminded of a share that was not fetched, and what officers decided of it.

Safe while the old code runs: two new tables and a wider check.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision, down_revision = "0057", "0056"
branch_labels = depends_on = None

LINES, REMINDERS, DECISIONS = (
    "supply_request_lines",
    "supply_fetch_reminders",
    "supply_unfetched_decisions",
)
STATES = (
    "diminta",
    "dikunci",
    "kebagian",
    "tidak_kebagian",
    "diambil",
    "dikembalikan",
    "batal",
    "tanya_dulu",
    "menolak_harga",
)
NEW = "tidak_diambil"
STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
WHAT = sa.Enum(
    "simpan", "nanti", "stok", "tawarkan",
    name="leftover", native_enum=False, create_constraint=True, length=40,
)  # fmt: skip


def upgrade() -> None:
    _states((*STATES, NEW))
    until, number = (
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", WHOLE, nullable=False),
    )
    known = sa.CheckConstraint("number IN (1, 2)", name=op.f(f"ck_{REMINDERS}_number_known"))
    _table(REMINDERS, until, number, known)
    once = ["cooperative_id", "line_id", "until", "number"]
    op.create_index(op.f(f"ix_{REMINDERS}_{'_'.join(once)}"), REMINDERS, once, unique=True)
    _decisions()
    of_line = ["cooperative_id", "line_id"]
    op.create_index(op.f(f"ix_{DECISIONS}_{'_'.join(of_line)}"), DECISIONS, of_line)
    if op.get_bind().dialect.name == "postgresql":
        for table in (REMINDERS, DECISIONS):
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(
                f"CREATE POLICY one_cooperative ON {table} USING ({MINE}) WITH CHECK ({MINE})"
            )


def _decisions() -> None:
    checks = (
        ("quantity_positive", "quantity > 0"),
        ("kept_until_a_day", "(what = 'simpan') = (keep_until IS NOT NULL)"),
        ("undone_by_somebody", "(undone_at IS NULL) = (undone_by IS NULL)"),
    )
    _table(
        DECISIONS,
        sa.Column("what", WHAT, nullable=False),
        sa.Column("quantity", WHOLE, nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("before_id", sa.Uuid(), nullable=True),
        sa.Column("reopened", JSON, nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        *(sa.CheckConstraint(says, name=op.f(f"ck_{DECISIONS}_{name}")) for name, says in checks),
        *(
            sa.ForeignKeyConstraint(
                ["cooperative_id", column],
                ["supply_allocation_runs.cooperative_id", "supply_allocation_runs.id"],
                name=op.f(f"fk_{DECISIONS}_cooperative_id_{column}"),
            )
            for column in ("run_id", "before_id")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["accounts.id"], name=op.f(f"fk_{DECISIONS}_{column}")
            )
            for column in ("by", "undone_by")
        ),
    )


def _table(name: str, *more: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *more,
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f(f"fk_{name}_cooperative_id")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "line_id"],
            [f"{LINES}.cooperative_id", f"{LINES}.id"],
            name=op.f(f"fk_{name}_cooperative_id_line_id"),
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f(f"pk_{name}")),
    )


def downgrade() -> None:
    op.drop_table(DECISIONS)
    op.drop_table(REMINDERS)
    # Whose share was given to others got none.
    op.execute(f"UPDATE {LINES} SET state = 'tidak_kebagian' WHERE state = '{NEW}'")  # noqa: S608
    _states(STATES)


def _states(known: tuple[str, ...]) -> None:
    with op.batch_alter_table(LINES) as batch:
        batch.drop_constraint(op.f(f"ck_{LINES}_requeststate"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{LINES}_requeststate"), f"state IN {known}")
