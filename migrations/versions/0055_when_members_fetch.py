"""Let members and officers say in which part of its time something of a round is fetched.

Safe while the old code runs: a new table.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0055", "0054"
branch_labels = depends_on = None

TABLE = "supply_pickups"
STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"
POINTS = (("round_id", "supply_rounds"), ("member_id", "members"))


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
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chosen_by", sa.Uuid(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f(f"fk_{TABLE}_cooperative_id")
        ),
        *(
            sa.ForeignKeyConstraint(
                ["cooperative_id", column],
                [f"{target}.cooperative_id", f"{target}.id"],
                name=op.f(f"fk_{TABLE}_cooperative_id_{column}"),
            )
            for column, target in POINTS
        ),
        sa.ForeignKeyConstraint(["chosen_by"], ["accounts.id"], name=op.f(f"fk_{TABLE}_chosen_by")),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f(f"pk_{TABLE}")),
    )
    of_round = ["cooperative_id", "round_id", "member_id"]
    op.create_index(op.f(f"ix_{TABLE}_{'_'.join(of_round)}"), TABLE, of_round, unique=True)
    of_member = ["cooperative_id", "member_id"]
    op.create_index(op.f(f"ix_{TABLE}_{'_'.join(of_member)}"), TABLE, of_member)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY one_cooperative ON {TABLE} USING ({MINE}) WITH CHECK ({MINE})")


def downgrade() -> None:
    op.drop_table(TABLE)
