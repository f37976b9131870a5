"""Let lists read what they show, however much there is besides.

A shop counts its kinds of goods from one index and takes a page of goods from another in their
order; shelves are found by id. Two indexes that no question needs any more make room. Safe
while the old code runs: its questions are answered too.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0016", "0015"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_stock_items_id"), "stock_items", ["id"])
    op.create_index(
        op.f("ix_listings_cooperative_id_state_category_id"),
        "listings",
        ["cooperative_id", "state", "category_id"],
    )
    op.create_index(
        "ix_listings_maker_by_maker",
        "listings",
        ["cooperative_id", "state", "maker_id", sa.text("published_at DESC"), "id"],
    )
    op.drop_index(op.f("ix_listings_state_category_id_published_at"), "listings")
    op.drop_index(op.f("ix_listings_cooperative_id_maker_id_state"), "listings")


def downgrade() -> None:
    op.create_index(
        op.f("ix_listings_cooperative_id_maker_id_state"),
        "listings",
        ["cooperative_id", "maker_id", "state"],
    )
    op.create_index(
        op.f("ix_listings_state_category_id_published_at"),
        "listings",
        ["state", "category_id", "published_at"],
    )
    op.drop_index("ix_listings_maker_by_maker", "listings")
    op.drop_index(op.f("ix_listings_cooperative_id_state_category_id"), "listings")
    op.drop_index(op.f("ix_stock_items_id"), "stock_items")
