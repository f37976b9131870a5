"""Choose how a round shares too little, what one member may have, and the highest legal price.

Safe while the old code runs: rounds share by how much was asked, as they did.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0046", "0045"
branch_labels = depends_on = None

ROUNDS, POOLS = "supply_rounds", "supply_pools"
POLICIES = ("proporsional", "urut_pesan", "rata")
NAMES = ("max_per_member", "legal_price")


def upgrade() -> None:
    with op.batch_alter_table(ROUNDS) as batch:
        batch.add_column(
            sa.Column("policy", sa.String(length=40), nullable=False, server_default="proporsional")
        )
        batch.create_check_constraint(op.f(f"ck_{ROUNDS}_sharingpolicy"), f"policy IN {POLICIES}")
    with op.batch_alter_table(POOLS) as batch:
        batch.add_column(sa.Column("max_per_member", _whole(), nullable=True))
        batch.add_column(sa.Column("legal_price", sa.BigInteger(), nullable=True))
        for name in NAMES:
            batch.create_check_constraint(op.f(f"ck_{POOLS}_{name}_positive"), f"{name} > 0")


def downgrade() -> None:
    with op.batch_alter_table(POOLS) as batch:
        for name in NAMES:
            batch.drop_constraint(op.f(f"ck_{POOLS}_{name}_positive"), type_="check")
            batch.drop_column(name)
    with op.batch_alter_table(ROUNDS) as batch:
        batch.drop_constraint(op.f(f"ck_{ROUNDS}_sharingpolicy"), type_="check")
        batch.drop_column("policy")


def _whole() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
