"""The real market, for trying things out at full size."""

from __future__ import annotations

import csv
import gzip
import time
from pathlib import Path

import click

from marketplace.cli import Commands
from marketplace.database.statistics import refresh_statistics
from marketplace.kernel.errors import Invalid
from marketplace.kernel.text import say
from marketplace.listings.rules.market import Tally, batches
from marketplace.listings.service import market
from marketplace.outbox import service as outbox
from marketplace.web.clock import now
from marketplace.web.transactions import transaction

BATCH = 2_000
market_cli = Commands("market", help="Real market listings, spread over cooperatives.")


@market_cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--cooperatives",
    type=click.IntRange(1, market.MOST_COOPERATIVES),
    default=20,
    show_default=True,
    help="How many cooperatives the sellers are spread over; keep it the same for later runs.",
)
def import_market(file: Path, cooperatives: int) -> None:
    """Bring in listings from FILE (.csv.gz); what is there already is left alone.

    Each piece is kept before the next begins: an import that stops goes on where it stopped.
    """
    started = time.monotonic()
    try:
        tally = _import(file, cooperatives, started)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as broken:
        raise Invalid(
            say("Berkas %(file)s tidak terbaca sampai habis.", file=file.name)
        ) from broken
    seconds = max(time.monotonic() - started, 0.001)
    click.echo(
        f"{tally.new} new, {tally.changed} changed, {tally.same} unchanged,"
        f" {tally.wrong} unreadable in {seconds:.1f} s ({tally.seen / seconds:.0f} rows/s)"
    )


def _import(file: Path, cooperatives: int, started: float) -> Tally:
    at = now()
    with transaction() as session:
        homes = market.open_cooperatives(session, cooperatives, at=at)
        loading = market.Market(session, homes)
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        for batch in batches(csv.DictReader(lines), BATCH):
            with transaction() as session:
                loading.load(session, batch, at=at)
            rate = loading.tally.seen / max(time.monotonic() - started, 0.001)
            click.echo(f"{loading.tally.seen} rows, {rate:.0f} rows/s", err=True)
    if loading.tally.new or loading.tally.changed:
        with transaction() as session:
            outbox.tell(session, "search.rebuild_asked", at=at)
            refresh_statistics(session)
    return loading.tally
