"""Whether this configuration is fit for production."""

from __future__ import annotations

from dataclasses import replace

import click
from flask import current_app
from flask.cli import with_appcontext

from marketplace.config import unsafe


@click.command("check")
@with_appcontext
def check() -> None:
    """Say whether this configuration is fit for production, a line per problem."""
    problems = unsafe(replace(current_app.config["SETTINGS"], env="production"))
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise click.exceptions.Exit(1)
    click.echo("fit for production")
