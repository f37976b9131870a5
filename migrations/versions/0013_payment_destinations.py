"""Keep where a cooperative's money goes, with who proposed and who approved it.

Safe while the old code runs: a new table only. The codes in use become its first rows; a code
that the old code sets meanwhile still holds, as the column on the cooperative is what is paid by.
"""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0013", "0012"
branch_labels = depends_on = None

TABLE = "payment_destinations"
STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"
DETAILS = (
    "(kind = 'qris' AND qris_payload IS NOT NULL)"
    " OR (kind = 'rekening' AND bank IS NOT NULL AND number IS NOT NULL)"
)
COOLED = "state <> 'disetujui' OR (approved_at IS NOT NULL AND effective_at > approved_at)"


def upgrade() -> None:
    table = op.create_table(
        TABLE,
        sa.Column(
            "cooperative_id",
            sa.SmallInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "qris", "rekening", name="destinationkind", native_enum=False,
                create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "diusulkan", "disetujui", "dipakai", "diganti", "ditarik",
                name="destinationstate", native_enum=False, create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("bank", sa.String(), nullable=True),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("qris_payload", sa.String(), nullable=True),
        sa.Column("qris_converts", sa.Boolean(), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("approved_by <> proposed_by", name=op.f(f"ck_{TABLE}_two_people")),
        sa.CheckConstraint(COOLED, name=op.f(f"ck_{TABLE}_approved_then_cooled")),
        sa.CheckConstraint(DETAILS, name=op.f(f"ck_{TABLE}_details_of_its_kind")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f(f"fk_{TABLE}_cooperative_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["accounts.id"], name=op.f(f"fk_{TABLE}_proposed_by")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["accounts.id"], name=op.f(f"fk_{TABLE}_approved_by")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f(f"pk_{TABLE}")),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{TABLE}_state_effective_at"), TABLE, ["state", "effective_at"])
    _one_of_each_kind("in_use", "state = 'dipakai'")
    _one_of_each_kind("on_its_way", "state IN ('diusulkan', 'disetujui')")
    _take_over(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY one_cooperative ON {TABLE} USING ({MINE}) WITH CHECK ({MINE})")


def _one_of_each_kind(name: str, condition: str) -> None:
    op.create_index(
        f"uq_{TABLE}_{name}",
        TABLE,
        ["cooperative_id", "kind"],
        unique=True,
        sqlite_where=sa.text(condition),
        postgresql_where=sa.text(condition),
    )


def _take_over(table: sa.Table) -> None:
    """Write down the codes in use; the name in a code is its part 59."""
    cooperatives = sa.table(
        "cooperatives",
        sa.column("id", sa.Integer),
        sa.column("legal_name", sa.String),
        sa.column("qris_payload", sa.String),
        sa.column("qris_converts", sa.Boolean),
        sa.column("updated_at", sa.DateTime(timezone=True)),
    )
    rows = op.get_bind().execute(
        sa.select(cooperatives).where(cooperatives.c.qris_payload.is_not(None))
    )
    found = [
        {
            "cooperative_id": row.id,
            "id": uuid4(),
            "kind": "qris",
            "state": "dipakai",
            "holder": _name(row.qris_payload) or row.legal_name,
            "qris_payload": row.qris_payload,
            "qris_converts": row.qris_converts,
            "proposed_at": row.updated_at,
            "used_from": row.updated_at,
        }
        for row in rows
    ]
    if found:
        op.bulk_insert(table, found)


def _name(payload: str) -> str:
    place = 0
    while place + 4 <= len(payload):
        tag, length = payload[place : place + 2], int(payload[place + 2 : place + 4])
        if tag == "59":
            return payload[place + 4 : place + 4 + length]
        place += 4 + length
    return ""


def downgrade() -> None:
    op.drop_table(TABLE)
