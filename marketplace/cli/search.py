"""The search index."""

from __future__ import annotations

import click

from marketplace.cli import Commands
from marketplace.search import current, service
from marketplace.web.clock import now
from marketplace.web.transactions import reader

search_cli = Commands("search", help="Build the search index anew.")


@search_cli.command("rebuild")
@click.option("--if-missing", is_flag=True, help="Do nothing when there is an index that opens.")
def rebuild(*, if_missing: bool) -> None:
    """Build the index from the database; searches are answered meanwhile."""
    if if_missing and not current.index().needs_healing():
        return

    def progress(count: int) -> None:
        click.echo(f"{count} listings", err=True)

    count = service.rebuild(reader(), current.index(), at=now(), progress=progress)
    click.echo(f"{count} listings can be found")
