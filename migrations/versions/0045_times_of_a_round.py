"""Let rounds open later, be filled up after they closed, and say when goods are fetched.

Safe while the old code runs: the new columns may be empty, and nothing has the new state yet.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0045", "0044"
branch_labels = depends_on = None

ROUNDS, POOLS = "supply_rounds", "supply_pools"
TIMES = ("opens_at", "top_up_until", "pickup_from", "pickup_until")
BEFORE = ("draf", "dibuka", "dikunci", "dipesan", "diterima", "siap", "selesai", "batal")
FILLING = "isi_kekurangan"


def upgrade() -> None:
    with op.batch_alter_table(ROUNDS) as batch:
        for name in TIMES:
            batch.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    _states((*BEFORE, FILLING), f"state IN ('draf', 'dibuka', '{FILLING}')")


def downgrade() -> None:
    op.execute(f"UPDATE {POOLS} SET state = 'dibuka' WHERE state = '{FILLING}'")  # noqa: S608
    _states(BEFORE, "state = 'dibuka'")
    with op.batch_alter_table(ROUNDS) as batch:
        for name in TIMES:
            batch.drop_column(name)


def _states(known: tuple[str, ...], still_open: str) -> None:
    op.drop_index("ix_supply_pools_open", POOLS)
    with op.batch_alter_table(POOLS) as batch:
        batch.drop_constraint(op.f(f"ck_{POOLS}_poolstate"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{POOLS}_poolstate"), f"state IN {known}")
    op.create_index(
        "ix_supply_pools_open",
        POOLS,
        ["cooperative_id", "round_id"],
        sqlite_where=sa.text(still_open),
        postgresql_where=sa.text(still_open),
    )
