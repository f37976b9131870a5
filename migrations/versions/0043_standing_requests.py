"""Ask again by itself what members need again and again.

Safe while the old code runs: a new table.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0043", "0042"
branch_labels = depends_on = None

TABLE = "supply_standing_requests"
STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"
STILL_ASKED = sa.text("ended_at IS NULL")
POINTS = (("member_id", "members"), ("item_id", "supply_items"), ("rung_id", "supply_units"))


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
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("rung_id", sa.Uuid(), nullable=True),
        sa.Column("accept_min", _whole(), nullable=False),
        sa.Column("want", _whole(), nullable=False),
        sa.Column("flex_max", _whole(), nullable=False),
        sa.Column("rhythm", _rhythm(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        *_checks(),
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
        sa.ForeignKeyConstraint(
            ["entered_by"], ["accounts.id"], name=op.f(f"fk_{TABLE}_entered_by")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f(f"pk_{TABLE}")),
    )
    _index("uq_supply_standing_requests_asked", "cooperative_id", "member_id", "item_id")
    _index("ix_supply_standing_requests_due", "next_on")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY one_cooperative ON {TABLE} USING ({MINE}) WITH CHECK ({MINE})")


def _whole() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _rhythm() -> sa.Enum:
    return sa.Enum(
        "minggu",
        "dua_minggu",
        "bulan",
        name="rhythm",
        native_enum=False,
        create_constraint=True,
        length=40,
    )


def _checks() -> list[sa.CheckConstraint]:
    conditions = {
        "wish_in_order": "0 <= accept_min AND accept_min <= want AND want <= flex_max",
        "want_positive": "want > 0",
        "next_not_before_first": "first_on <= next_on",
    }
    return [
        sa.CheckConstraint(condition, name=op.f(f"ck_{TABLE}_{name}"))
        for name, condition in conditions.items()
    ]


def _index(name: str, *columns: str) -> None:
    op.create_index(
        name,
        TABLE,
        list(columns),
        unique=name.startswith("uq"),
        sqlite_where=STILL_ASKED,
        postgresql_where=STILL_ASKED,
    )


def downgrade() -> None:
    op.drop_table(TABLE)
