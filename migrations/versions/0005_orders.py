"""Keep purchases, orders, their steps and payments.

Safe while the old code runs: new tables only.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision, down_revision = "0005", "0004"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table(
        "number_series",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("last", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_number_series")),
    )
    op.create_table(
        "payment_intents",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "qris",
                "transfer",
                "cod",
                name="paymentmethod",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "dibuat",
                "menunggu",
                "diperiksa",
                "lunas",
                "kurang",
                "lebih",
                "gagal",
                "kedaluwarsa",
                "batal",
                "lunas_terlambat",
                name="paymentstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount_due", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("qris_payload", sa.String(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_due >= 0", name=op.f("ck_payment_intents_due_not_negative")),
        sa.CheckConstraint("received >= 0", name=op.f("ck_payment_intents_received_not_negative")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_payment_intents_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_payment_intents")),
    )
    op.create_index(
        op.f("ix_payment_intents_cooperative_id_state_expires_at"),
        "payment_intents",
        ["cooperative_id", "state", "expires_at"],
        unique=False,
    )
    op.create_table(
        "purchases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("checkout_key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("buyer_name", sa.String(), nullable=False),
        sa.Column("buyer_phone", sa.String(), nullable=False),
        sa.Column("buyer_email", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_purchases_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchases")),
        sa.UniqueConstraint("checkout_key", name=op.f("uq_purchases_checkout_key")),
        sa.UniqueConstraint("number", name=op.f("uq_purchases_number")),
    )
    op.create_index(
        op.f("ix_purchases_account_id_id"), "purchases", ["account_id", "id"], unique=False
    )
    op.create_table(
        "orders",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purchase_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("pickup_code", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "menunggu_bayar",
                "baru",
                "diproses",
                "siap",
                "dikirim",
                "siap_diambil",
                "diterima",
                "selesai",
                "kedaluwarsa",
                "batal",
                name="orderstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "method",
            sa.Enum(
                "qris",
                "transfer",
                "cod",
                name="paymentmethod",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("items_total", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("pickup_point_id", sa.Uuid(), nullable=True),
        sa.Column("pickup_name", sa.String(), nullable=False),
        sa.Column("pickup_address", sa.String(), nullable=False),
        sa.Column("pickup_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pickup_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("pay_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancel_reason", sa.String(), nullable=True),
        sa.Column("refund_due", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("refund_due >= 0", name=op.f("ck_orders_refund_not_negative")),
        sa.CheckConstraint("total >= 0", name=op.f("ck_orders_total_not_negative")),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "pickup_point_id"],
            ["pickup_points.cooperative_id", "pickup_points.id"],
            name=op.f("fk_orders_cooperative_id_pickup_point_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_orders_cooperative_id")
        ),
        sa.ForeignKeyConstraint(
            ["purchase_id"], ["purchases.id"], name=op.f("fk_orders_purchase_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_orders")),
    )
    op.create_index(
        op.f("ix_orders_cooperative_id_number"), "orders", ["cooperative_id", "number"], unique=True
    )
    op.create_index(
        op.f("ix_orders_cooperative_id_pickup_code_placed_at"),
        "orders",
        ["cooperative_id", "pickup_code", "placed_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_orders_cooperative_id_state_pickup_from"),
        "orders",
        ["cooperative_id", "state", "pickup_from"],
        unique=False,
    )
    op.create_index(op.f("ix_orders_purchase_id"), "orders", ["purchase_id"], unique=False)
    op.create_index(op.f("ix_orders_state_pay_by"), "orders", ["state", "pay_by"], unique=False)
    op.create_table(
        "payment_events",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("intent_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column(
            "facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["accounts.id"], name=op.f("fk_payment_events_actor_id")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "intent_id"],
            ["payment_intents.cooperative_id", "payment_intents.id"],
            name=op.f("fk_payment_events_cooperative_id_intent_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_payment_events_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_payment_events")),
    )
    op.create_index(
        op.f("ix_payment_events_cooperative_id_intent_id"),
        "payment_events",
        ["cooperative_id", "intent_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_payment_events_cooperative_id_source_external_id"),
        "payment_events",
        ["cooperative_id", "source", "external_id"],
        unique=True,
    )
    op.create_table(
        "order_events",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column(
            "before",
            sa.Enum(
                "menunggu_bayar",
                "baru",
                "diproses",
                "siap",
                "dikirim",
                "siap_diambil",
                "diterima",
                "selesai",
                "kedaluwarsa",
                "batal",
                name="before",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "after",
            sa.Enum(
                "menunggu_bayar",
                "baru",
                "diproses",
                "siap",
                "dikirim",
                "siap_diambil",
                "diterima",
                "selesai",
                "kedaluwarsa",
                "batal",
                name="after",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "actor",
            sa.Enum(
                "buyer",
                "officer",
                "payment",
                "clock",
                name="actor",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["accounts.id"], name=op.f("fk_order_events_actor_id")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "order_id"],
            ["orders.cooperative_id", "orders.id"],
            name=op.f("fk_order_events_cooperative_id_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_order_events_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_order_events")),
    )
    op.create_index(
        op.f("ix_order_events_cooperative_id_day_after"),
        "order_events",
        ["cooperative_id", "day", "after"],
        unique=False,
    )
    op.create_index(
        op.f("ix_order_events_cooperative_id_order_id_id"),
        "order_events",
        ["cooperative_id", "order_id", "id"],
        unique=False,
    )
    op.create_table(
        "payment_shares",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("intent_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "refunded >= 0 AND refunded <= amount",
            name=op.f("ck_payment_shares_refund_within_amount"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "intent_id"],
            ["payment_intents.cooperative_id", "payment_intents.id"],
            name=op.f("fk_payment_shares_cooperative_id_intent_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "order_id"],
            ["orders.cooperative_id", "orders.id"],
            name=op.f("fk_payment_shares_cooperative_id_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_payment_shares_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_payment_shares")),
    )
    op.create_index(
        op.f("ix_payment_shares_cooperative_id_intent_id_order_id"),
        "payment_shares",
        ["cooperative_id", "intent_id", "order_id"],
        unique=True,
    )
    op.create_index(
        op.f("ix_payment_shares_cooperative_id_order_id"),
        "payment_shares",
        ["cooperative_id", "order_id"],
        unique=False,
    )
    op.create_table(
        "order_lines",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("maker_id", sa.Uuid(), nullable=True),
        sa.Column("maker_name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("variant_title", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("maker_share", sa.BigInteger(), nullable=False),
        sa.Column("cooperative_share", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_lines_quantity_positive")),
        sa.CheckConstraint(
            "total = maker_share + cooperative_share",
            name=op.f("ck_order_lines_shares_make_the_total"),
        ),
        sa.CheckConstraint(
            "total = price * quantity", name=op.f("ck_order_lines_total_is_price_times_quantity")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "listing_id"],
            ["listings.cooperative_id", "listings.id"],
            name=op.f("fk_order_lines_cooperative_id_listing_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "maker_id"],
            ["members.cooperative_id", "members.id"],
            name=op.f("fk_order_lines_cooperative_id_maker_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "order_id"],
            ["orders.cooperative_id", "orders.id"],
            name=op.f("fk_order_lines_cooperative_id_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "variant_id"],
            ["variants.cooperative_id", "variants.id"],
            name=op.f("fk_order_lines_cooperative_id_variant_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_order_lines_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_order_lines")),
    )
    op.create_index(
        op.f("ix_order_lines_cooperative_id_order_id_position"),
        "order_lines",
        ["cooperative_id", "order_id", "position"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_order_lines_cooperative_id_order_id_position"), table_name="order_lines")
    op.drop_table("order_lines")
    op.drop_index(op.f("ix_payment_shares_cooperative_id_order_id"), table_name="payment_shares")
    op.drop_index(
        op.f("ix_payment_shares_cooperative_id_intent_id_order_id"), table_name="payment_shares"
    )
    op.drop_table("payment_shares")
    op.drop_index(op.f("ix_order_events_cooperative_id_order_id_id"), table_name="order_events")
    op.drop_index(op.f("ix_order_events_cooperative_id_day_after"), table_name="order_events")
    op.drop_table("order_events")
    op.drop_index(
        op.f("ix_payment_events_cooperative_id_source_external_id"), table_name="payment_events"
    )
    op.drop_index(op.f("ix_payment_events_cooperative_id_intent_id"), table_name="payment_events")
    op.drop_table("payment_events")
    op.drop_index(op.f("ix_orders_state_pay_by"), table_name="orders")
    op.drop_index(op.f("ix_orders_purchase_id"), table_name="orders")
    op.drop_index(op.f("ix_orders_cooperative_id_state_pickup_from"), table_name="orders")
    op.drop_index(op.f("ix_orders_cooperative_id_pickup_code_placed_at"), table_name="orders")
    op.drop_index(op.f("ix_orders_cooperative_id_number"), table_name="orders")
    op.drop_table("orders")
    op.drop_index(op.f("ix_purchases_account_id_id"), table_name="purchases")
    op.drop_table("purchases")
    op.drop_index(
        op.f("ix_payment_intents_cooperative_id_state_expires_at"), table_name="payment_intents"
    )
    op.drop_table("payment_intents")
    op.drop_table("number_series")
