"""Whether this configuration is fit for production."""

from __future__ import annotations

from dataclasses import replace

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from marketplace.config import unsafe
from marketplace.database import is_held
from marketplace.web.extensions import db


@click.command("check")
@with_appcontext
def check() -> None:
    """Say whether this configuration is fit for production, a line per problem."""
    problems = [*unsafe(replace(current_app.config["SETTINGS"], env="production")), *_database()]
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise click.exceptions.Exit(1)
    click.echo("fit for production")


def _database() -> list[str]:
    try:
        held = is_held(db.session())
    except SQLAlchemyError as error:
        return [f"DATABASE_URL: the database cannot be asked ({type(error).__name__})"]
    if held:
        return []
    return ["DATABASE_URL: row-level security does not hold a superuser; use a plain one"]
