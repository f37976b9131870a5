"""Have the database itself keep the books: balances by trigger, entries sealed for ever.

Safe while the old code runs: it knows nothing of these tables. On SQLite triggers stand
alone; on PostgreSQL the user of the application also loses the right to change what was
posted, and sees one cooperative at a time (as with 0008).
"""

from alembic import op

revision, down_revision = "0012", "0011"
branch_labels = depends_on = None

TABLES = (
    "ledger_books", "ledger_accounts", "ledger_entries", "ledger_lines", "ledger_holds",
    "ledger_closings",
)  # fmt: skip
STANDS_IN = "(SELECT nullif(current_setting('guyub.cooperative', true), '')::smallint)"
MINE = f"{STANDS_IN} IS NULL OR cooperative_id = {STANDS_IN}"

# Each guard: its name, the event, when it refuses, and the reason it gives.
# An entry is the next of its book and lies in an open month. Its lines are written before
# the head of the book moves on; from then on the entry is sealed. The chain only grows.
BOOK = (
    "SELECT {column} FROM ledger_books b WHERE b.cooperative_id = NEW.cooperative_id"
    " AND b.id = NEW.book_id"
)
NUMBER = (
    "SELECT e.number FROM ledger_entries e WHERE e.cooperative_id = NEW.cooperative_id"
    " AND e.id = NEW.entry_id"
)
GUARDS = (
    (
        "ledger_entries_follow", "ledger_entries", "INSERT",
        f"NEW.number <> ({BOOK.format(column='b.last_number')}) + 1",
        "an entry must be the next of its book",
    ),
    (
        "ledger_entries_in_open_month", "ledger_entries", "INSERT",
        f"NEW.dated < ({BOOK.format(column='b.open_from')})",
        "this month is closed",
    ),
    (
        "ledger_lines_unsealed", "ledger_lines", "INSERT",
        f"({NUMBER}) <= ({BOOK.format(column='b.last_number')})",
        "this entry is sealed",
    ),
    (
        "ledger_books_forward", "ledger_books", "UPDATE",
        "NEW.last_number < OLD.last_number OR NEW.open_from < OLD.open_from"
        " OR NEW.unit <> OLD.unit OR NEW.id <> OLD.id",
        "the books only go forward",
    ),
    ("ledger_holds_end_once", "ledger_holds", "UPDATE",
     "OLD.state <> 'pending' OR NEW.amount <> OLD.amount OR NEW.account_id <> OLD.account_id",
     "a hold ends once"),
    ("ledger_entries_keep", "ledger_entries", "UPDATE", "1 = 1", "an entry is never changed"),
    ("ledger_lines_keep", "ledger_lines", "UPDATE", "1 = 1", "a line is never changed"),
    ("ledger_closings_keep", "ledger_closings", "UPDATE", "1 = 1", "a closing is never changed"),
    ("ledger_entries_stay", "ledger_entries", "DELETE", "1 = 1", "an entry is never deleted"),
    ("ledger_lines_stay", "ledger_lines", "DELETE", "1 = 1", "a line is never deleted"),
    ("ledger_closings_stay", "ledger_closings", "DELETE", "1 = 1", "a closing is never deleted"),
    ("ledger_holds_stay", "ledger_holds", "DELETE", "1 = 1", "a hold is never deleted"),
    ("ledger_books_stay", "ledger_books", "DELETE", "1 = 1", "books are never deleted"),
)  # fmt: skip

BALANCES = """
UPDATE ledger_accounts
SET debit = debit + CASE WHEN id = NEW.debit_id THEN NEW.amount ELSE 0 END,
    credit = credit + CASE WHEN id = NEW.credit_id THEN NEW.amount ELSE 0 END
WHERE cooperative_id = NEW.cooperative_id AND id IN (NEW.debit_id, NEW.credit_id)
"""
HELD = """
UPDATE ledger_accounts SET held = held {sign} NEW.amount
WHERE cooperative_id = NEW.cooperative_id AND id = NEW.account_id
"""
# name, table, event, condition, what is done
KEEPERS = (
    ("ledger_lines_balances", "ledger_lines", "INSERT", "1 = 1", BALANCES),
    (
        "ledger_holds_taken", "ledger_holds", "INSERT", "NEW.state = 'pending'",
        HELD.format(sign="+"),
    ),
    (
        "ledger_holds_ended", "ledger_holds", "UPDATE",
        "OLD.state = 'pending' AND NEW.state <> 'pending'", HELD.format(sign="-"),
    ),
)  # fmt: skip


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _guard_sqlite() -> None:
    for name, table, event, refused, reason in GUARDS:
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {refused} "
            f"BEGIN SELECT RAISE(ABORT, '{reason}'); END"
        )
    for name, table, event, condition, action in KEEPERS:
        op.execute(
            f"CREATE TRIGGER {name} AFTER {event} ON {table} WHEN {condition} BEGIN {action}; END"
        )


def _guard_postgresql() -> None:
    for name, table, event, refused, reason in GUARDS:
        refuse = f"RAISE EXCEPTION '{reason}' USING ERRCODE = '23514'"
        goes_on = "OLD" if event == "DELETE" else "NEW"
        _function(name, f"IF {refused} THEN {refuse}; END IF; RETURN {goes_on};")
        _trigger(name, f"BEFORE {event}", table)
    for name, table, event, condition, action in KEEPERS:
        _function(name, f"IF {condition} THEN {action}; END IF; RETURN NULL;")
        _trigger(name, f"AFTER {event}", table)
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY one_cooperative ON {table} USING ({MINE}) WITH CHECK ({MINE})")
    kept_for_ever = "ledger_lines, ledger_entries, ledger_closings"
    op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {kept_for_ever} FROM CURRENT_USER")
    op.execute("REVOKE DELETE, TRUNCATE ON ledger_books, ledger_holds FROM CURRENT_USER")
    # A foreign key locks the row it points at, which takes the right to update one column;
    # the trigger refuses the update all the same.
    op.execute("GRANT UPDATE (id) ON ledger_entries TO CURRENT_USER")


def _trigger(name: str, when: str, table: str) -> None:
    op.execute(f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def _function(name: str, body: str) -> None:
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
    )


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name, table, *_ in (*GUARDS, *KEEPERS):
        op.execute(f"DROP TRIGGER {name} ON {table}" if postgresql else f"DROP TRIGGER {name}")
        if postgresql:
            op.execute(f"DROP FUNCTION {name}()")
    if postgresql:
        op.execute(f"GRANT ALL ON {', '.join(TABLES)} TO CURRENT_USER")
        for table in TABLES:
            op.execute(f"DROP POLICY one_cooperative ON {table}")
            op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
