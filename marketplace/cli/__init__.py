"""Commands for the people who run the site, one module per theme."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import AppGroup

from marketplace.kernel.errors import RuleBroken


class Commands(AppGroup):
    """Commands that explain a broken rule instead of dumping a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Turn a refusal into one plain line and exit code 1."""
        try:
            return super().invoke(ctx)
        except RuleBroken as broken:
            raise click.ClickException(str(broken)) from broken
