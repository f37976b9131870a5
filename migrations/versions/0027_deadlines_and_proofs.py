"""Note who was reminded of what waits, and keep a picture of a pay-out's transfer.

Safe while the old code runs: new columns only, all of them empty.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0027", "0026"
branch_labels = depends_on = None

UNSEEN = sa.text("refused_at IS NULL AND reported_at IS NULL")
FILE = "fk_payout_batches_cooperative_id_file_id"


def upgrade() -> None:
    when = sa.DateTime(timezone=True)
    op.add_column("claims", sa.Column("reminded_at", when, nullable=True))
    op.create_index(op.f("ix_claims_state_answer_by"), "claims", ["state", "answer_by"])
    op.add_column("payment_proofs", sa.Column("reported_at", when, nullable=True))
    op.create_index(
        "ix_payment_proofs_unseen",
        "payment_proofs",
        ["sent_at"],
        sqlite_where=UNSEEN,
        postgresql_where=UNSEEN,
    )
    with op.batch_alter_table("payout_batches") as batch:
        batch.add_column(sa.Column("file_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            op.f(FILE), "files", ["cooperative_id", "file_id"], ["cooperative_id", "id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("payout_batches") as batch:
        batch.drop_constraint(op.f(FILE), type_="foreignkey")
        batch.drop_column("file_id")
    op.drop_index("ix_payment_proofs_unseen", table_name="payment_proofs")
    op.drop_column("payment_proofs", "reported_at")
    op.drop_index(op.f("ix_claims_state_answer_by"), table_name="claims")
    op.drop_column("claims", "reminded_at")
