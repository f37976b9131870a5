"""Keep the new address that a link confirms, and let a closed account hold no address.

Safe while the old code runs: the column may be empty, and the check only grows wider. Going
back gives closed accounts an address that nobody has, as the narrower check wants one.
"""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0009", "0008"
branch_labels = depends_on = None

NAME = "reachable"
WIDE = "phone IS NOT NULL OR email IS NOT NULL OR closed_at IS NOT NULL"
NARROW = "phone IS NOT NULL OR email IS NOT NULL"


def _check(condition: str) -> None:
    """Replace the check; SQLite builds the table anew and forgets the old check by itself."""
    with op.batch_alter_table("accounts") as table:
        if op.get_bind().dialect.name == "postgresql":
            table.drop_constraint(op.f(f"ck_accounts_{NAME}"), type_="check")
        table.create_check_constraint(op.f(f"ck_accounts_{NAME}"), condition)


def upgrade() -> None:
    op.add_column("one_time_links", sa.Column("email", sa.String(), nullable=True))
    _check(WIDE)


def downgrade() -> None:
    op.execute(
        "UPDATE accounts SET email = 'ditutup-' || CAST(id AS VARCHAR(40)) || '@contoh.invalid' "
        "WHERE phone IS NULL AND email IS NULL"
    )
    _check(NARROW)
    op.drop_column("one_time_links", "email")
