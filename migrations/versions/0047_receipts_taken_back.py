"""Let a delivery that was noted wrongly be taken back, and say what members had fetched of it.

Safe while the old code runs: columns that may be empty or have a default, and a wider check.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0047", "0046"
branch_labels = depends_on = None

RECEIPTS, RUNS, CLAIMS = "supply_receipts", "supply_allocation_runs", "supplier_claims"
ENDS = ("diajukan", "diganti", "dihapus")
VOID = "batal"
WHOLE = "(reversed_at IS NULL) = (reversed_by IS NULL)"


def upgrade() -> None:
    with op.batch_alter_table(RECEIPTS) as batch:
        batch.add_column(sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("reversed_by", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("reverse_reason", sa.String(), nullable=True))
        batch.create_foreign_key(
            op.f(f"fk_{RECEIPTS}_reversed_by"), "accounts", ["reversed_by"], ["id"]
        )
        batch.create_check_constraint(op.f(f"ck_{RECEIPTS}_reversed_by_somebody"), WHOLE)
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    with op.batch_alter_table(RUNS) as batch:
        batch.add_column(sa.Column("shrunk", whole, nullable=False, server_default="0"))
        batch.add_column(
            sa.Column("shrunk_cost", sa.BigInteger(), nullable=False, server_default="0")
        )
        for name in ("shrunk", "shrunk_cost"):
            batch.create_check_constraint(op.f(f"ck_{RUNS}_{name}_not_negative"), f"{name} >= 0")
    _ends((*ENDS, VOID))


def downgrade() -> None:
    op.execute(f"UPDATE {CLAIMS} SET state = 'dihapus' WHERE state = '{VOID}'")  # noqa: S608
    _ends(ENDS)
    with op.batch_alter_table(RUNS) as batch:
        for name in ("shrunk", "shrunk_cost"):
            batch.drop_constraint(op.f(f"ck_{RUNS}_{name}_not_negative"), type_="check")
            batch.drop_column(name)
    with op.batch_alter_table(RECEIPTS) as batch:
        batch.drop_constraint(op.f(f"ck_{RECEIPTS}_reversed_by_somebody"), type_="check")
        batch.drop_constraint(op.f(f"fk_{RECEIPTS}_reversed_by"), type_="foreignkey")
        for name in ("reversed_at", "reversed_by", "reverse_reason"):
            batch.drop_column(name)


def _ends(known: tuple[str, ...]) -> None:
    with op.batch_alter_table(CLAIMS) as batch:
        batch.drop_constraint(op.f(f"ck_{CLAIMS}_claimstate"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{CLAIMS}_claimstate"), f"state IN {known}")
