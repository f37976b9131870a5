"""Fill the category tree, with every category the market's own listings use.

Safe while the old code runs: rows only. Going back takes away the categories that no listing
uses; one that is in use stays, and its parents with it.
"""

import csv
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0007", "0006"
branch_labels = depends_on = None

TREE = Path(__file__).parents[1] / "data" / "categories.csv"
CATEGORIES = sa.table(
    "categories",
    sa.column("id", sa.Integer()),
    sa.column("parent_id", sa.Integer()),
    sa.column("path", sa.String()),
    sa.column("name", sa.String()),
    sa.column("name_en", sa.String()),
    sa.column("depth", sa.Integer()),
    sa.column("position", sa.Integer()),
)


def upgrade() -> None:
    connection = op.get_bind()
    known = {row.path: row.id for row in connection.execute(sa.select(CATEGORIES))}
    rows = []
    free = max(known.values(), default=0)
    with TREE.open(encoding="utf-8", newline="") as tree:
        for position, line in enumerate(csv.DictReader(tree)):
            path = line["path"]
            if path in known:
                continue
            free += 1
            known[path] = free
            rows.append(
                {
                    "id": free,
                    "parent_id": known.get(path.rpartition("/")[0]),
                    "path": path,
                    "name": line["name"],
                    "name_en": line["name_en"] or None,
                    "depth": path.count("/"),
                    "position": position,
                }
            )
    op.bulk_insert(CATEGORIES, rows)
    if connection.dialect.name == "postgresql":  # its sequence has not seen these ids
        connection.execute(
            sa.text("SELECT setval(pg_get_serial_sequence('categories', 'id'), :last)"),
            {"last": free},
        )


def downgrade() -> None:
    with TREE.open(encoding="utf-8", newline="") as tree:
        paths = [line["path"] for line in csv.DictReader(tree)]
    connection = op.get_bind()
    listings = sa.table("listings", sa.column("category_id", sa.Integer()))
    children = CATEGORIES.alias("children")
    for depth in (2, 1, 0):
        connection.execute(
            sa.delete(CATEGORIES).where(
                CATEGORIES.c.path.in_([path for path in paths if path.count("/") == depth]),
                ~sa.exists().where(listings.c.category_id == CATEGORIES.c.id),
                ~sa.exists().where(children.c.parent_id == CATEGORIES.c.id),
            )
        )
