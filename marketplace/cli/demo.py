"""The demo: load it, and list who can sign in."""

from __future__ import annotations

import json

import click
from flask import current_app

from marketplace import demo
from marketplace.cli import Commands
from marketplace.config import Settings
from marketplace.database.statistics import refresh_statistics
from marketplace.outbox import service as outbox
from marketplace.web.clock import now
from marketplace.web.transactions import reader, transaction

demo_cli = Commands("demo", help="A small world to try everything in.")


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    if settings.is_production:
        message = "the demo has passwords that everybody knows; it does not run in production"
        raise click.ClickException(message)
    return settings


@demo_cli.command("load")
@click.option("--size", type=click.Choice(["small", "city"]), default="small", show_default=True)
@click.option("--if-empty", is_flag=True, help="Do nothing when the database is in use.")
def load(*, size: str, if_empty: bool) -> None:
    """Load six cooperatives of Malang with members, goods, orders and supply rounds.

    The city has 148 cooperatives, 12,000 listings and a year of trade. It takes minutes; a
    load that was stopped goes on where it stopped.
    """
    settings = _settings()
    if if_empty and not demo.is_empty(reader()):
        click.echo("database in use, demo not loaded")
        return
    click.echo(f"loading the {size} demo …")
    goes_on = size == "city" and demo.is_loaded(reader())
    reader().rollback()
    if not goes_on:
        with transaction() as session:
            demo.load(session, marked=settings.env == "test", at=now())
    if size == "city":
        _load_city()
    click.echo("demo loaded")


def _load_city() -> None:
    at = now()
    missing = demo.city.missing(reader())
    reader().rollback()
    for done, (shop, craft) in enumerate(missing, 1):
        with transaction() as session:
            demo.city.load(session, shop, craft, at=at)
        if done % 10 == 0 or done == len(missing):
            click.echo(f"{done} of {len(missing)} cooperatives", err=True)
    with transaction() as session:
        outbox.tell(session, "search.rebuild_asked", at=at)
        refresh_statistics(session)


@demo_cli.command("accounts")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
def accounts(*, as_json: bool) -> None:
    """List the demo's log-ins, for every role in two cooperatives."""
    _settings()
    rows = demo.listed(reader())
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        where = row["cooperative"] or "-"
        click.echo(f"{row['role']:<11} {where:<22} {row['login']:<14} {row['password']}")
