"""Keep cooperatives, their places, posts and files, the member register and invites.

Safe while the old code runs: new tables only.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision, down_revision = "0003", "0002"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table(
        "cooperatives",
        sa.Column(
            "id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("legal_name", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("tagline", sa.String(), nullable=True),
        sa.Column("story", sa.String(), nullable=True),
        sa.Column(
            "standing",
            sa.Enum(
                "preparing",
                "open",
                "suspended",
                name="standing",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("registration_number", sa.String(), nullable=True),
        sa.Column("deed_number", sa.String(), nullable=True),
        sa.Column("business_number", sa.String(), nullable=True),
        sa.Column("tax_number", sa.String(), nullable=True),
        sa.Column("last_meeting_on", sa.Date(), nullable=True),
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("region_name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("whatsapp", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("motif", sa.String(), nullable=True),
        sa.Column("banner_file_id", sa.Uuid(), nullable=True),
        sa.Column(
            "hours", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("closed_from", sa.Date(), nullable=True),
        sa.Column("closed_until", sa.Date(), nullable=True),
        sa.Column("closed_note", sa.String(), nullable=True),
        sa.Column(
            "share_basis_points",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "payment_minutes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("takes_qris", sa.Boolean(), nullable=False),
        sa.Column("takes_cash", sa.Boolean(), nullable=False),
        sa.Column("qris_payload", sa.String(), nullable=True),
        sa.Column("qris_converts", sa.Boolean(), nullable=False),
        sa.Column("qris_file_id", sa.Uuid(), nullable=True),
        sa.Column(
            "member_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "payment_minutes BETWEEN 5 AND 10080", name=op.f("ck_cooperatives_payment_minutes_sane")
        ),
        sa.CheckConstraint(
            "share_basis_points BETWEEN 0 AND 10000", name=op.f("ck_cooperatives_share_is_a_part")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cooperatives")),
        sa.UniqueConstraint("slug", name=op.f("uq_cooperatives_slug")),
        sa.UniqueConstraint("word", name=op.f("uq_cooperatives_word")),
    )
    op.create_index(
        op.f("ix_cooperatives_standing_name"), "cooperatives", ["standing", "name"], unique=False
    )
    op.create_table(
        "cooperative_old_slugs",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column(
            "cooperative_id", sa.SmallInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cooperative_id"],
            ["cooperatives.id"],
            name=op.f("fk_cooperative_old_slugs_cooperative_id"),
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_cooperative_old_slugs")),
    )
    op.create_index(
        op.f("ix_cooperative_old_slugs_cooperative_id"),
        "cooperative_old_slugs",
        ["cooperative_id"],
        unique=False,
    )
    op.create_table(
        "files",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("width", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("height", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("widths", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_files_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_files")),
    )
    op.create_index(
        op.f("ix_files_cooperative_id_sha256"), "files", ["cooperative_id", "sha256"], unique=False
    )
    op.create_table(
        "members",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("called", sa.String(), nullable=False),
        sa.Column("trade", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("admitted_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("leaving_reason", sa.String(), nullable=True),
        sa.Column(
            "shortage_score", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "left_on IS NULL OR left_on >= admitted_on", name=op.f("ck_members_leaves_after_coming")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_members_number_positive")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_members_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_members_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_members")),
    )
    op.create_index(op.f("ix_members_account_id"), "members", ["account_id"], unique=False)
    op.create_index(
        op.f("ix_members_cooperative_id_number"),
        "members",
        ["cooperative_id", "number"],
        unique=True,
    )
    op.create_index(
        "uq_members_present",
        "members",
        ["cooperative_id", "account_id"],
        unique=True,
        sqlite_where=sa.text("left_on IS NULL AND account_id IS NOT NULL"),
        postgresql_where=sa.text("left_on IS NULL AND account_id IS NOT NULL"),
    )
    op.create_table(
        "pickup_points",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column(
            "slots", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "prepare_minutes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_pickup_points_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_pickup_points")),
    )
    op.create_index(
        op.f("ix_pickup_points_cooperative_id_active_position"),
        "pickup_points",
        ["cooperative_id", "active", "position"],
        unique=False,
    )
    op.create_table(
        "posts",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "ketua",
                "sekretaris",
                "bendahara",
                "pengawas",
                "penjual",
                "anggota",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("given_by", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_posts_account_id")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_posts_cooperative_id")
        ),
        sa.ForeignKeyConstraint(["given_by"], ["accounts.id"], name=op.f("fk_posts_given_by")),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_posts")),
    )
    op.create_index(
        op.f("ix_posts_account_id_ended_at"), "posts", ["account_id", "ended_at"], unique=False
    )
    op.create_index(
        "uq_posts_open",
        "posts",
        ["cooperative_id", "account_id", "role"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "invites",
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "ketua",
                "sekretaris",
                "bendahara",
                "pengawas",
                "penjual",
                "anggota",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "member_id"],
            ["members.cooperative_id", "members.id"],
            name=op.f("fk_invites_cooperative_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_invites_cooperative_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["accounts.id"], name=op.f("fk_invites_created_by")
        ),
        sa.ForeignKeyConstraint(["used_by"], ["accounts.id"], name=op.f("fk_invites_used_by")),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_invites")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_invites_secret_hash")),
    )


def downgrade() -> None:
    op.drop_table("invites")
    op.drop_index(
        "uq_posts_open",
        table_name="posts",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_posts_account_id_ended_at"), table_name="posts")
    op.drop_table("posts")
    op.drop_index(
        op.f("ix_pickup_points_cooperative_id_active_position"), table_name="pickup_points"
    )
    op.drop_table("pickup_points")
    op.drop_index(
        "uq_members_present",
        table_name="members",
        sqlite_where=sa.text("left_on IS NULL AND account_id IS NOT NULL"),
        postgresql_where=sa.text("left_on IS NULL AND account_id IS NOT NULL"),
    )
    op.drop_index(op.f("ix_members_cooperative_id_number"), table_name="members")
    op.drop_index(op.f("ix_members_account_id"), table_name="members")
    op.drop_table("members")
    op.drop_index(op.f("ix_files_cooperative_id_sha256"), table_name="files")
    op.drop_table("files")
    op.drop_index(
        op.f("ix_cooperative_old_slugs_cooperative_id"), table_name="cooperative_old_slugs"
    )
    op.drop_table("cooperative_old_slugs")
    op.drop_index(op.f("ix_cooperatives_standing_name"), table_name="cooperatives")
    op.drop_table("cooperatives")
