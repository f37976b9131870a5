"""Have PostgreSQL hide the rows of other cooperatives from a transaction that stands in one.

Safe while the old code runs: it never says where it stands, and then sees all rows as before.
Forced, so that it also holds for the owner of the tables; a superuser is not held by it.
SQLite knows nothing of the kind.
"""

from alembic import op

revision, down_revision = "0008", "0007"
branch_labels = depends_on = None

TABLES = (
    "files", "invites", "listings", "members", "order_events", "order_lines", "orders",
    "payment_events", "payment_intents", "payment_shares", "photos", "pickup_points", "posts",
    "stock_days", "stock_holds", "stock_items", "stock_movements", "supply_allocation_runs",
    "supply_allocations", "supply_hand_overs", "supply_items", "supply_receipts",
    "supply_request_events", "supply_request_lines", "supply_rounds", "variants",
)  # fmt: skip
# Once set in a connection, the setting is empty afterwards, not absent. Asked for in a
# subquery it is read once a statement, not once a row.
STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY one_cooperative ON {table} USING ({MINE}) WITH CHECK ({MINE})")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in TABLES:
        op.execute(f"DROP POLICY one_cooperative ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
