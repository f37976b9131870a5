"""Keep how much members are ready to pay, and what they say to a price above that.

Safe while the old code runs: columns that may be empty, a wider check, and a new table.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0051", "0050"
branch_labels = depends_on = None

LINES, STANDING, ANSWERS = (
    "supply_request_lines",
    "supply_standing_requests",
    "supply_price_answers",
)
STATES = (
    "diminta",
    "dikunci",
    "kebagian",
    "tidak_kebagian",
    "diambil",
    "dikembalikan",
    "batal",
)
NEW = ("tanya_dulu", "menolak_harga")
STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"


def upgrade() -> None:
    for table in (LINES, STANDING):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("price_cap", sa.BigInteger(), nullable=True))
            batch.create_check_constraint(op.f(f"ck_{table}_price_cap_positive"), "price_cap > 0")
    _states((*STATES, *NEW))
    _answers()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {ANSWERS} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {ANSWERS} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY one_cooperative ON {ANSWERS} USING ({MINE}) WITH CHECK ({MINE})")


def _answers() -> None:
    op.create_table(
        ANSWERS,
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("given", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("charge", sa.BigInteger(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("given > 0", name=op.f(f"ck_{ANSWERS}_given_positive")),
        sa.CheckConstraint("charge > 0", name=op.f(f"ck_{ANSWERS}_charge_positive")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f(f"fk_{ANSWERS}_cooperative_id")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "line_id"],
            [f"{LINES}.cooperative_id", f"{LINES}.id"],
            name=op.f(f"fk_{ANSWERS}_cooperative_id_line_id"),
        ),
        sa.ForeignKeyConstraint(["by"], ["accounts.id"], name=op.f(f"fk_{ANSWERS}_by")),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f(f"pk_{ANSWERS}")),
    )
    op.create_index(
        op.f(f"ix_{ANSWERS}_cooperative_id_line_id"), ANSWERS, ["cooperative_id", "line_id"]
    )


def downgrade() -> None:
    op.drop_table(ANSWERS)
    # Without the question a share is one like others, and who said no got none.
    for state, before in (("tanya_dulu", "kebagian"), ("menolak_harga", "tidak_kebagian")):
        op.execute(f"UPDATE {LINES} SET state = '{before}' WHERE state = '{state}'")  # noqa: S608
    _states(STATES)
    for table in (LINES, STANDING):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_price_cap_positive"), type_="check")
            batch.drop_column("price_cap")


def _states(known: tuple[str, ...]) -> None:
    with op.batch_alter_table(LINES) as batch:
        batch.drop_constraint(op.f(f"ck_{LINES}_requeststate"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{LINES}_requeststate"), f"state IN {known}")
