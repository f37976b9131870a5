"""Goods of one cooperative from a spreadsheet."""

from __future__ import annotations

from pathlib import Path

import click

from marketplace.cli import Commands
from marketplace.cooperatives import queries as cooperatives
from marketplace.files.tables import read_table
from marketplace.listings.rules import OPERATOR
from marketplace.listings.service import importing
from marketplace.web.clock import now
from marketplace.web.transactions import transaction

listings_cli = Commands("listings", help="Goods of one cooperative.")


@listings_cli.command("import")
@click.argument("cooperative")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Report on every row, change nothing.")
@click.option("--partial", is_flag=True, help="Keep the good rows even when others are wrong.")
@click.option("--publish", is_flag=True, help="Show new goods at once, not as drafts.")
def import_listings(
    cooperative: str, file: Path, *, dry_run: bool, partial: bool, publish: bool
) -> None:
    """Bring in goods of COOPERATIVE (its slug) from FILE (CSV or XLSX), a report per row.

    All rows or none, unless --partial. A second run of the same file changes nothing.
    """
    table = read_table(file.read_bytes())
    at = now()
    with transaction() as session:
        shop = cooperatives.by_slug(session, cooperative)
        plan = importing.plan(session, shop, table, at=at, publish=publish)
        for row in plan.rows:
            click.echo(_line(row))
        if not dry_run:
            importing.carry_out(session, shop, plan, editor=OPERATOR, at=at, partial=partial)
    click.echo(", ".join(f"{plan.count(action)} {action.value}" for action in importing.Action))
    if dry_run and plan.wrong:
        raise click.exceptions.Exit(1)


def _line(row: importing.RowReport) -> str:
    why = " ".join(str(problem) for problem in row.problems)
    return f"{row.line}\t{row.action.value}\t{row.title}" + (f"\t{why}" if why else "")
