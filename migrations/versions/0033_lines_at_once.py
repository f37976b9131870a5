"""Let PostgreSQL keep balances once for all lines of an entry, not line by line.

Safe while the old code runs: the same rows are refused and the same balances kept. SQLite knows
no triggers for whole statements and stays as it is.
"""

from alembic import op

revision, down_revision = "0033", "0032"
branch_labels = depends_on = None

SEALED = """
IF EXISTS (
  SELECT 1 FROM written w
  JOIN ledger_entries e ON e.cooperative_id = w.cooperative_id AND e.id = w.entry_id
  JOIN ledger_books b ON b.cooperative_id = w.cooperative_id AND b.id = w.book_id
  WHERE e.number <= b.last_number
) THEN RAISE EXCEPTION 'this entry is sealed' USING ERRCODE = '23514'; END IF;
"""
BALANCES = """
UPDATE ledger_accounts a SET debit = a.debit + s.debit, credit = a.credit + s.credit
FROM (
  SELECT cooperative_id, account_id, sum(debit)::bigint AS debit, sum(credit)::bigint AS credit
  FROM (
    SELECT cooperative_id, debit_id AS account_id, amount AS debit, 0 AS credit FROM written
    UNION ALL
    SELECT cooperative_id, credit_id, 0, amount FROM written
  ) sides GROUP BY cooperative_id, account_id
) s
WHERE a.cooperative_id = s.cooperative_id AND a.id = s.account_id;
"""
# As they were in 0012.
UNSEALED_BY_ROW = """
IF (SELECT e.number FROM ledger_entries e WHERE e.cooperative_id = NEW.cooperative_id
    AND e.id = NEW.entry_id)
   <= (SELECT b.last_number FROM ledger_books b WHERE b.cooperative_id = NEW.cooperative_id
       AND b.id = NEW.book_id)
THEN RAISE EXCEPTION 'this entry is sealed' USING ERRCODE = '23514'; END IF; RETURN NEW;
"""
BALANCES_BY_ROW = """
UPDATE ledger_accounts
SET debit = debit + CASE WHEN id = NEW.debit_id THEN NEW.amount ELSE 0 END,
    credit = credit + CASE WHEN id = NEW.credit_id THEN NEW.amount ELSE 0 END
WHERE cooperative_id = NEW.cooperative_id AND id IN (NEW.debit_id, NEW.credit_id);
RETURN NULL;
"""


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("DROP TRIGGER ledger_lines_unsealed ON ledger_lines")
    op.execute("DROP FUNCTION ledger_lines_unsealed()")
    op.execute("DROP TRIGGER ledger_lines_balances ON ledger_lines")
    _function("ledger_lines_balances", f"{SEALED} {BALANCES} RETURN NULL;")
    op.execute(
        "CREATE TRIGGER ledger_lines_balances AFTER INSERT ON ledger_lines"
        " REFERENCING NEW TABLE AS written FOR EACH STATEMENT"
        " EXECUTE FUNCTION ledger_lines_balances()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("DROP TRIGGER ledger_lines_balances ON ledger_lines")
    for name, when, body in (
        ("ledger_lines_unsealed", "BEFORE", UNSEALED_BY_ROW),
        ("ledger_lines_balances", "AFTER", BALANCES_BY_ROW),
    ):
        _function(name, body)
        op.execute(
            f"CREATE TRIGGER {name} {when} INSERT ON ledger_lines FOR EACH ROW"
            f" EXECUTE FUNCTION {name}()"
        )


def _function(name: str, body: str) -> None:
    op.execute(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
        f" AS $$ BEGIN {body} END $$"
    )
