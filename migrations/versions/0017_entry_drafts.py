"""Keep entries written by hand until a second person has decided.

Safe while the old code runs: a new table only.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision, down_revision = "0017", "0016"
branch_labels = depends_on = None

STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"

STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"


def upgrade() -> None:
    op.create_table(
        "entry_drafts",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "unit",
            sa.Enum(
                "toko",
                "simpan_pinjam",
                name="unit",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("memo", sa.String(), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column(
            "lines", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "posted",
                "refused",
                "withdrawn",
                name="draftstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(state = 'posted') = (entry_id IS NOT NULL)",
            name=op.f("ck_entry_drafts_posted_has_entry"),
        ),
        sa.CheckConstraint(
            "state <> 'posted' OR decided_by <> proposed_by",
            name=op.f("ck_entry_drafts_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "entry_id"],
            ["ledger_entries.cooperative_id", "ledger_entries.id"],
            name=op.f("fk_entry_drafts_cooperative_id_entry_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "file_id"],
            ["files.cooperative_id", "files.id"],
            name=op.f("fk_entry_drafts_cooperative_id_file_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "reverses_id"],
            ["ledger_entries.cooperative_id", "ledger_entries.id"],
            name=op.f("fk_entry_drafts_cooperative_id_reverses_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_entry_drafts_cooperative_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["accounts.id"], name=op.f("fk_entry_drafts_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["accounts.id"], name=op.f("fk_entry_drafts_proposed_by")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_entry_drafts")),
    )
    with op.batch_alter_table("entry_drafts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_entry_drafts_cooperative_id_key"), ["cooperative_id", "key"], unique=True
        )
        batch_op.create_index(
            batch_op.f("ix_entry_drafts_cooperative_id_state_proposed_at"),
            ["cooperative_id", "state", "proposed_at"],
            unique=False,
        )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE entry_drafts ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE entry_drafts FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY one_cooperative ON entry_drafts USING ({MINE}) WITH CHECK ({MINE})"
        )


def downgrade() -> None:
    with op.batch_alter_table("entry_drafts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entry_drafts_cooperative_id_state_proposed_at"))
        batch_op.drop_index(batch_op.f("ix_entry_drafts_cooperative_id_key"))

    op.drop_table("entry_drafts")
