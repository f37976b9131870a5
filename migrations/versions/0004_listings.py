"""Keep categories, listings, variants, photos and the shelf.

Safe while the old code runs: new tables only.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0004", "0003"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table(
        "categories",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=True),
        sa.Column("depth", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["categories.id"], name=op.f("fk_categories_parent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
        sa.UniqueConstraint("path", name=op.f("uq_categories_path")),
    )
    op.create_index(op.f("ix_categories_parent_id"), "categories", ["parent_id"], unique=False)
    op.create_table(
        "stock_items",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("on_hand", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reserved", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "backorder_limit", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "daily_limit", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.CheckConstraint(
            "backorder_limit >= 0", name=op.f("ck_stock_items_backorder_not_negative")
        ),
        sa.CheckConstraint(
            "daily_limit IS NULL OR daily_limit >= 0",
            name=op.f("ck_stock_items_daily_not_negative"),
        ),
        sa.CheckConstraint(
            "reserved <= on_hand + backorder_limit", name=op.f("ck_stock_items_reserved_covered")
        ),
        sa.CheckConstraint("reserved >= 0", name=op.f("ck_stock_items_reserved_not_negative")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_stock_items_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_stock_items")),
    )
    op.create_table(
        "listings",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("maker_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("description_html", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "published",
                "archived",
                name="listingstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "availability",
            sa.Enum(
                "stok terbatas",
                "dibuat tiap hari",
                "pre-order",
                name="availability",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ready_on", sa.Date(), nullable=True),
        sa.Column("price_from", sa.BigInteger(), nullable=False),
        sa.Column(
            "share_basis_points",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("food_permit", sa.String(), nullable=True),
        sa.Column(
            "halal",
            sa.Enum(
                "tidak disebut",
                "bahan halal",
                "bersertifikat",
                name="halal",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("halal_number", sa.String(), nullable=True),
        sa.Column("ingredients", sa.String(), nullable=True),
        sa.Column(
            "shelf_life_days", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("cover_file_id", sa.Uuid(), nullable=True),
        sa.Column(
            "sold_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("source_ref", sa.String(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("price_from >= 0", name=op.f("ck_listings_price_not_negative")),
        sa.CheckConstraint(
            "share_basis_points IS NULL OR share_basis_points BETWEEN 0 AND 10000",
            name=op.f("ck_listings_share_is_a_part"),
        ),
        sa.CheckConstraint(
            "shelf_life_days IS NULL OR shelf_life_days > 0", name=op.f("ck_listings_shelf_life")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name=op.f("fk_listings_category_id")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "cover_file_id"],
            ["files.cooperative_id", "files.id"],
            name=op.f("fk_listings_cooperative_id_cover_file_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "maker_id"],
            ["members.cooperative_id", "members.id"],
            name=op.f("fk_listings_cooperative_id_maker_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_listings_cooperative_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["accounts.id"], name=op.f("fk_listings_created_by")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_listings")),
    )
    op.create_index(
        op.f("ix_listings_cooperative_id_maker_id_state"),
        "listings",
        ["cooperative_id", "maker_id", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_listings_cooperative_id_source_ref"),
        "listings",
        ["cooperative_id", "source_ref"],
        unique=True,
    )
    op.create_index(
        op.f("ix_listings_cooperative_id_state_published_at"),
        "listings",
        ["cooperative_id", "state", "published_at"],
        unique=False,
    )
    op.create_index(op.f("ix_listings_id"), "listings", ["id"], unique=False)
    op.create_index(
        op.f("ix_listings_state_category_id_published_at"),
        "listings",
        ["state", "category_id", "published_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_listings_state_published_at"), "listings", ["state", "published_at"], unique=False
    )
    op.create_table(
        "stock_days",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("taken", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_stock_days_taken_not_negative")),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "item_id"],
            ["stock_items.cooperative_id", "stock_items.id"],
            name=op.f("fk_stock_days_cooperative_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_stock_days_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_stock_days")),
    )
    op.create_index(
        op.f("ix_stock_days_cooperative_id_item_id_day"),
        "stock_days",
        ["cooperative_id", "item_id", "day"],
        unique=True,
    )
    op.create_table(
        "stock_holds",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("cause_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "held",
                "consumed",
                "released",
                name="holdstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_stock_holds_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "item_id"],
            ["stock_items.cooperative_id", "stock_items.id"],
            name=op.f("fk_stock_holds_cooperative_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_stock_holds_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_stock_holds")),
    )
    op.create_index(
        op.f("ix_stock_holds_cooperative_id_cause_id"),
        "stock_holds",
        ["cooperative_id", "cause_id"],
        unique=True,
    )
    op.create_index(
        "ix_stock_holds_open",
        "stock_holds",
        ["cooperative_id", "item_id", "state", "expires_at"],
        unique=False,
    )
    op.create_table(
        "stock_movements",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("cause_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity <> 0", name=op.f("ck_stock_movements_quantity_not_zero")),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "item_id"],
            ["stock_items.cooperative_id", "stock_items.id"],
            name=op.f("fk_stock_movements_cooperative_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_stock_movements_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_stock_movements")),
    )
    op.create_index(
        op.f("ix_stock_movements_cooperative_id_item_id_id"),
        "stock_movements",
        ["cooperative_id", "item_id", "id"],
        unique=False,
    )
    op.create_table(
        "photos",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "file_id"],
            ["files.cooperative_id", "files.id"],
            name=op.f("fk_photos_cooperative_id_file_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "listing_id"],
            ["listings.cooperative_id", "listings.id"],
            name=op.f("fk_photos_cooperative_id_listing_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_photos_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_photos")),
    )
    op.create_index(
        op.f("ix_photos_cooperative_id_listing_id_position"),
        "photos",
        ["cooperative_id", "listing_id", "position"],
        unique=False,
    )
    op.create_table(
        "variants",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("list_price", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("price > 0", name=op.f("ck_variants_price_positive")),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "listing_id"],
            ["listings.cooperative_id", "listings.id"],
            name=op.f("fk_variants_cooperative_id_listing_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_variants_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_variants")),
    )
    op.create_index(
        op.f("ix_variants_cooperative_id_listing_id_position"),
        "variants",
        ["cooperative_id", "listing_id", "position"],
        unique=False,
    )
    op.create_index(op.f("ix_variants_id"), "variants", ["id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_variants_id"), table_name="variants")
    op.drop_index(op.f("ix_variants_cooperative_id_listing_id_position"), table_name="variants")
    op.drop_table("variants")
    op.drop_index(op.f("ix_photos_cooperative_id_listing_id_position"), table_name="photos")
    op.drop_table("photos")
    op.drop_index(
        op.f("ix_stock_movements_cooperative_id_item_id_id"), table_name="stock_movements"
    )
    op.drop_table("stock_movements")
    op.drop_index("ix_stock_holds_open", table_name="stock_holds")
    op.drop_index(op.f("ix_stock_holds_cooperative_id_cause_id"), table_name="stock_holds")
    op.drop_table("stock_holds")
    op.drop_index(op.f("ix_stock_days_cooperative_id_item_id_day"), table_name="stock_days")
    op.drop_table("stock_days")
    op.drop_index(op.f("ix_listings_state_published_at"), table_name="listings")
    op.drop_index(op.f("ix_listings_state_category_id_published_at"), table_name="listings")
    op.drop_index(op.f("ix_listings_id"), table_name="listings")
    op.drop_index(op.f("ix_listings_cooperative_id_state_published_at"), table_name="listings")
    op.drop_index(op.f("ix_listings_cooperative_id_source_ref"), table_name="listings")
    op.drop_index(op.f("ix_listings_cooperative_id_maker_id_state"), table_name="listings")
    op.drop_table("listings")
    op.drop_table("stock_items")
    op.drop_index(op.f("ix_categories_parent_id"), table_name="categories")
    op.drop_table("categories")
