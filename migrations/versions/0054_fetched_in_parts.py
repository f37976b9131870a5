"""Keep of what the price of a part consists that a member fetched.

What was fetched so far was a whole share: its parts are those of the share. Safe while the old
code runs only for reading: it does not write the parts of what is handed over.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0054", "0053"
branch_labels = depends_on = None

HANDS, SHARES = "supply_hand_overs", "supply_allocations"
PARTS = ("goods", "discount", "costs")
SUM = "paid = goods - discount + costs + margin"


def upgrade() -> None:
    with op.batch_alter_table(HANDS) as batch:
        for name in PARTS:
            batch.add_column(sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
    for name in PARTS:
        _fill(name, f"{HANDS}.paid - {HANDS}.margin" if name == "goods" else "0")
    with op.batch_alter_table(HANDS) as batch:
        batch.create_check_constraint(op.f(f"ck_{HANDS}_paid_is_the_sum_of_its_parts"), SUM)
        batch.create_check_constraint(op.f(f"ck_{HANDS}_quantity_positive"), "quantity > 0")

    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    with op.batch_alter_table(SHARES) as batch:
        batch.add_column(sa.Column("fetched", whole, nullable=False, server_default="0"))
        batch.create_check_constraint(
            op.f(f"ck_{SHARES}_fetched_within_share"), "fetched BETWEEN 0 AND given"
        )


def _fill(name: str, otherwise: str) -> None:
    """Take the part from the newest share that cost just what was paid."""
    op.execute(
        f"UPDATE {HANDS} SET {name} = COALESCE((SELECT share.{name}"  # noqa: S608
        " FROM supply_allocations AS share JOIN supply_allocation_runs AS run"
        " ON run.cooperative_id = share.cooperative_id AND run.id = share.run_id"
        f" WHERE share.cooperative_id = {HANDS}.cooperative_id"
        f" AND share.line_id = {HANDS}.line_id AND share.charge = {HANDS}.paid"
        f" AND share.margin = {HANDS}.margin ORDER BY run.number DESC LIMIT 1), {otherwise})"
    )


def downgrade() -> None:
    with op.batch_alter_table(SHARES) as batch:
        batch.drop_constraint(op.f(f"ck_{SHARES}_fetched_within_share"), type_="check")
        batch.drop_column("fetched")
    with op.batch_alter_table(HANDS) as batch:
        batch.drop_constraint(op.f(f"ck_{HANDS}_quantity_positive"), type_="check")
        batch.drop_constraint(op.f(f"ck_{HANDS}_paid_is_the_sum_of_its_parts"), type_="check")
        for name in PARTS:
            batch.drop_column(name)
