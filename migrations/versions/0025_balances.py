"""Let members pay with money they have with their cooperative, and be paid it out.

Safe while the old code runs: checks only grow wider, the column may be empty, the table is new.
A refund that went to a balance before is told whose balance that was, from the books. Going
back turns what was paid from a balance into what is paid by hand.
"""

from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0025", "0024"
branch_labels = depends_on = None

TABLE = "balance_withdrawals"
NARROW = "method IN ('qris', 'transfer', 'cod', 'gateway')"
WIDE = "method IN ('qris', 'transfer', 'cod', 'gateway', 'balance')"
STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"
OF_A_MEMBER = "method <> 'titipan' OR state <> 'dibayar' OR member_id IS NOT NULL"
MEMBER_KEY = "fk_refunds_cooperative_id_member_id"


def upgrade() -> None:
    _methods(WIDE)
    with op.batch_alter_table("refunds", recreate="never") as batch:
        batch.add_column(sa.Column("member_id", sa.Uuid(), nullable=True))
    _say_whose()
    with op.batch_alter_table("refunds") as batch:
        batch.create_foreign_key(
            op.f(MEMBER_KEY), "members", ["cooperative_id", "member_id"], ["cooperative_id", "id"]
        )
        batch.create_check_constraint(op.f("ck_refunds_balance_of_a_member"), OF_A_MEMBER)
        batch.create_index(
            batch.f("ix_refunds_cooperative_id_member_id"), ["cooperative_id", "member_id"]
        )
    _withdrawals()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY one_cooperative ON {TABLE} USING ({MINE}) WITH CHECK ({MINE})")


def _methods(condition: str) -> None:
    for table in ("orders", "payment_intents"):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_paymentmethod"), type_="check")
            batch.create_check_constraint(op.f(f"ck_{table}_paymentmethod"), condition)


def _say_whose() -> None:
    """Find in the books to whose balance each refund went; refunds to balances are few."""
    session = op.get_bind()
    refunds = sa.table(
        "refunds",
        sa.column("cooperative_id"),
        sa.column("id", sa.Uuid()),
        sa.column("method"),
        sa.column("state"),
        sa.column("member_id", sa.Uuid()),
    )
    entries = sa.table(
        "ledger_entries", sa.column("cooperative_id"), sa.column("id"), sa.column("key")
    )
    lines = sa.table(
        "ledger_lines", sa.column("cooperative_id"), sa.column("entry_id"), sa.column("credit_id")
    )
    accounts = sa.table(
        "ledger_accounts",
        sa.column("cooperative_id"),
        sa.column("id"),
        sa.column("member_id", sa.Uuid()),
    )
    went = refunds.c.method == "titipan", refunds.c.state == "dibayar"
    for shop, refund in session.execute(
        sa.select(refunds.c.cooperative_id, refunds.c.id).where(*went)
    ).all():
        whose: UUID | None = session.scalar(
            sa.select(accounts.c.member_id)
            .select_from(
                entries.join(
                    lines,
                    sa.and_(
                        lines.c.cooperative_id == entries.c.cooperative_id,
                        lines.c.entry_id == entries.c.id,
                    ),
                ).join(
                    accounts,
                    sa.and_(
                        accounts.c.cooperative_id == lines.c.cooperative_id,
                        accounts.c.id == lines.c.credit_id,
                    ),
                )
            )
            .where(entries.c.cooperative_id == shop, entries.c.key == f"refund:{refund}")
        )
        session.execute(
            sa.update(refunds)
            .where(refunds.c.cooperative_id == shop, refunds.c.id == refund)
            .values(member_id=whose)
        )


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _points_at(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["cooperative_id", column],
        [f"{target}.cooperative_id", f"{target}.id"],
        name=op.f(f"fk_{TABLE}_cooperative_id_{column}"),
    )


def _withdrawals() -> None:
    state = _choice("withdrawalstate", "diminta", "disetujui", "dibayar", "batal")
    people = ("requested_by", "decided_by", "paid_by")
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
        sa.Column("hold_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("two_people", sa.Boolean(), nullable=False),
        sa.Column("way", _choice("paidby", "tunai", "transfer"), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_by", sa.Uuid(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f(f"ck_{TABLE}_amount_positive")),
        sa.CheckConstraint(
            "NOT two_people OR decided_by IS NULL OR decided_by <> requested_by",
            name=op.f(f"ck_{TABLE}_two_people"),
        ),
        sa.CheckConstraint(
            "(state = 'dibayar') = (paid_at IS NOT NULL AND way IS NOT NULL)",
            name=op.f(f"ck_{TABLE}_paid_by_a_way"),
        ),
        sa.CheckConstraint(
            "(state = 'diminta') = (decided_at IS NULL)",
            name=op.f(f"ck_{TABLE}_decided_at_a_time"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f(f"fk_{TABLE}_cooperative_id")
        ),
        _points_at("member_id", "members"),
        _points_at("hold_id", "ledger_holds"),
        *(
            sa.ForeignKeyConstraint([who], ["accounts.id"], name=op.f(f"fk_{TABLE}_{who}"))
            for who in people
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f(f"pk_{TABLE}")),
    )
    for columns, unique in (
        (["cooperative_id", "key"], True),
        (["cooperative_id", "member_id"], False),
        (["cooperative_id", "state", "id"], False),
    ):
        op.create_index(op.f(f"ix_{TABLE}_{'_'.join(columns)}"), TABLE, columns, unique=unique)


def downgrade() -> None:
    op.drop_table(TABLE)
    with op.batch_alter_table("refunds") as batch:
        batch.drop_index(batch.f("ix_refunds_cooperative_id_member_id"))
        batch.drop_constraint(op.f("ck_refunds_balance_of_a_member"), type_="check")
        batch.drop_constraint(op.f(MEMBER_KEY), type_="foreignkey")
        batch.drop_column("member_id")
    for table in ("orders", "payment_intents"):
        op.execute(f"UPDATE {table} SET method = 'cod' WHERE method = 'balance'")  # noqa: S608
    _methods(NARROW)
