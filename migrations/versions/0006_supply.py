"""Keep supply requests, rounds, receipts and sharing out.

Safe while the old code runs: new tables only.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision, down_revision = "0006", "0005"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table(
        "supply_items",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("drawing", sa.String(), nullable=False),
        sa.Column(
            "base_unit",
            sa.Enum(
                "pcs",
                "g",
                "ml",
                name="baseunit",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("factor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("factor > 0", name=op.f("ck_supply_items_factor_positive")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_supply_items_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_supply_items")),
    )
    op.create_index(
        op.f("ix_supply_items_cooperative_id_name"),
        "supply_items",
        ["cooperative_id", "name"],
        unique=True,
    )
    op.create_table(
        "supply_rounds",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("item_name", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draf",
                "dibuka",
                "dikunci",
                "dipesan",
                "diterima",
                "siap",
                "selesai",
                "batal",
                name="roundstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("supplier", sa.String(), nullable=False),
        sa.Column("pack_name", sa.String(), nullable=False),
        sa.Column(
            "pack_size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("pack_price", sa.BigInteger(), nullable=False),
        sa.Column(
            "pack_step", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "pack_minimum", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "tiers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "goal_packs", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "stock_cap", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "ordered_packs", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("ordered_cost", sa.BigInteger(), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrives_on", sa.Date(), nullable=True),
        sa.Column("pickup_place", sa.String(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancel_reason", sa.String(), nullable=True),
        sa.CheckConstraint("pack_price > 0", name=op.f("ck_supply_rounds_pack_price_positive")),
        sa.CheckConstraint("pack_size > 0", name=op.f("ck_supply_rounds_pack_size_positive")),
        sa.CheckConstraint("pack_step > 0", name=op.f("ck_supply_rounds_pack_step_positive")),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "item_id"],
            ["supply_items.cooperative_id", "supply_items.id"],
            name=op.f("fk_supply_rounds_cooperative_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_supply_rounds_cooperative_id")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["accounts.id"], name=op.f("fk_supply_rounds_opened_by")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_supply_rounds")),
    )
    op.create_index(
        op.f("ix_supply_rounds_cooperative_id_number"),
        "supply_rounds",
        ["cooperative_id", "number"],
        unique=True,
    )
    op.create_index(
        op.f("ix_supply_rounds_cooperative_id_state_closes_at"),
        "supply_rounds",
        ["cooperative_id", "state", "closes_at"],
        unique=False,
    )
    op.create_table(
        "supply_allocation_runs",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "available", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("to_stock", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stock_cost", sa.BigInteger(), nullable=False),
        sa.Column("inputs_hash", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "round_id"],
            ["supply_rounds.cooperative_id", "supply_rounds.id"],
            name=op.f("fk_supply_allocation_runs_cooperative_id_round_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"],
            ["cooperatives.id"],
            name=op.f("fk_supply_allocation_runs_cooperative_id"),
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_supply_allocation_runs")),
    )
    op.create_index(
        op.f("ix_supply_allocation_runs_cooperative_id_round_id_number"),
        "supply_allocation_runs",
        ["cooperative_id", "round_id", "number"],
        unique=True,
    )
    op.create_table(
        "supply_receipts",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("packs", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("received_by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cost >= 0", name=op.f("ck_supply_receipts_cost_not_negative")),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_supply_receipts_quantity_not_negative")),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "round_id"],
            ["supply_rounds.cooperative_id", "supply_rounds.id"],
            name=op.f("fk_supply_receipts_cooperative_id_round_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_supply_receipts_cooperative_id")
        ),
        sa.ForeignKeyConstraint(
            ["received_by"], ["accounts.id"], name=op.f("fk_supply_receipts_received_by")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_supply_receipts")),
    )
    op.create_index(
        op.f("ix_supply_receipts_cooperative_id_round_id_key"),
        "supply_receipts",
        ["cooperative_id", "round_id", "key"],
        unique=True,
    )
    op.create_table(
        "supply_request_lines",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("round_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.String(), nullable=True),
        sa.Column(
            "accept_min", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("want", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("flex_max", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("needed_by", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "diminta",
                "dikunci",
                "kebagian",
                "tidak_kebagian",
                "diambil",
                "dikembalikan",
                "batal",
                name="requeststate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "0 <= accept_min AND accept_min <= want AND want <= flex_max",
            name=op.f("ck_supply_request_lines_wish_in_order"),
        ),
        sa.CheckConstraint(
            "item_id IS NOT NULL OR words IS NOT NULL",
            name=op.f("ck_supply_request_lines_names_something"),
        ),
        sa.CheckConstraint("want > 0", name=op.f("ck_supply_request_lines_want_positive")),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "item_id"],
            ["supply_items.cooperative_id", "supply_items.id"],
            name=op.f("fk_supply_request_lines_cooperative_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "member_id"],
            ["members.cooperative_id", "members.id"],
            name=op.f("fk_supply_request_lines_cooperative_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "round_id"],
            ["supply_rounds.cooperative_id", "supply_rounds.id"],
            name=op.f("fk_supply_request_lines_cooperative_id_round_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"],
            ["cooperatives.id"],
            name=op.f("fk_supply_request_lines_cooperative_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["accounts.id"], name=op.f("fk_supply_request_lines_entered_by")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_supply_request_lines")),
    )
    op.create_index(
        op.f("ix_supply_request_lines_cooperative_id_member_id_state"),
        "supply_request_lines",
        ["cooperative_id", "member_id", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_supply_request_lines_cooperative_id_round_id_member_id"),
        "supply_request_lines",
        ["cooperative_id", "round_id", "member_id"],
        unique=True,
    )
    op.create_index(
        op.f("ix_supply_request_lines_cooperative_id_state_item_id"),
        "supply_request_lines",
        ["cooperative_id", "state", "item_id"],
        unique=False,
    )
    op.create_table(
        "supply_allocations",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("given", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("dropped", sa.Boolean(), nullable=False),
        sa.Column("charge", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("charge >= 0", name=op.f("ck_supply_allocations_charge_not_negative")),
        sa.CheckConstraint("given >= 0", name=op.f("ck_supply_allocations_given_not_negative")),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "line_id"],
            ["supply_request_lines.cooperative_id", "supply_request_lines.id"],
            name=op.f("fk_supply_allocations_cooperative_id_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "run_id"],
            ["supply_allocation_runs.cooperative_id", "supply_allocation_runs.id"],
            name=op.f("fk_supply_allocations_cooperative_id_run_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"],
            ["cooperatives.id"],
            name=op.f("fk_supply_allocations_cooperative_id"),
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_supply_allocations")),
    )
    op.create_index(
        op.f("ix_supply_allocations_cooperative_id_line_id"),
        "supply_allocations",
        ["cooperative_id", "line_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_supply_allocations_cooperative_id_run_id_line_id"),
        "supply_allocations",
        ["cooperative_id", "run_id", "line_id"],
        unique=True,
    )
    op.create_table(
        "supply_hand_overs",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["accounts.id"], name=op.f("fk_supply_hand_overs_by")),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "line_id"],
            ["supply_request_lines.cooperative_id", "supply_request_lines.id"],
            name=op.f("fk_supply_hand_overs_cooperative_id_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"],
            ["cooperatives.id"],
            name=op.f("fk_supply_hand_overs_cooperative_id"),
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_supply_hand_overs")),
    )
    op.create_index(
        op.f("ix_supply_hand_overs_cooperative_id_line_id"),
        "supply_hand_overs",
        ["cooperative_id", "line_id"],
        unique=False,
    )
    op.create_table(
        "supply_request_events",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column(
            "before", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "after", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["accounts.id"], name=op.f("fk_supply_request_events_actor_id")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "line_id"],
            ["supply_request_lines.cooperative_id", "supply_request_lines.id"],
            name=op.f("fk_supply_request_events_cooperative_id_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"],
            ["cooperatives.id"],
            name=op.f("fk_supply_request_events_cooperative_id"),
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_supply_request_events")),
    )
    op.create_index(
        op.f("ix_supply_request_events_cooperative_id_line_id_id"),
        "supply_request_events",
        ["cooperative_id", "line_id", "id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(
        op.f("ix_supply_request_events_cooperative_id_line_id_id"),
        table_name="supply_request_events",
    )
    op.drop_table("supply_request_events")
    op.drop_index(
        op.f("ix_supply_hand_overs_cooperative_id_line_id"), table_name="supply_hand_overs"
    )
    op.drop_table("supply_hand_overs")
    op.drop_index(
        op.f("ix_supply_allocations_cooperative_id_run_id_line_id"), table_name="supply_allocations"
    )
    op.drop_index(
        op.f("ix_supply_allocations_cooperative_id_line_id"), table_name="supply_allocations"
    )
    op.drop_table("supply_allocations")
    op.drop_index(
        op.f("ix_supply_request_lines_cooperative_id_state_item_id"),
        table_name="supply_request_lines",
    )
    op.drop_index(
        op.f("ix_supply_request_lines_cooperative_id_round_id_member_id"),
        table_name="supply_request_lines",
    )
    op.drop_index(
        op.f("ix_supply_request_lines_cooperative_id_member_id_state"),
        table_name="supply_request_lines",
    )
    op.drop_table("supply_request_lines")
    op.drop_index(
        op.f("ix_supply_receipts_cooperative_id_round_id_key"), table_name="supply_receipts"
    )
    op.drop_table("supply_receipts")
    op.drop_index(
        op.f("ix_supply_allocation_runs_cooperative_id_round_id_number"),
        table_name="supply_allocation_runs",
    )
    op.drop_table("supply_allocation_runs")
    op.drop_index(
        op.f("ix_supply_rounds_cooperative_id_state_closes_at"), table_name="supply_rounds"
    )
    op.drop_index(op.f("ix_supply_rounds_cooperative_id_number"), table_name="supply_rounds")
    op.drop_table("supply_rounds")
    op.drop_index(op.f("ix_supply_items_cooperative_id_name"), table_name="supply_items")
    op.drop_table("supply_items")
