"""The worker."""

from __future__ import annotations

import click
from flask import current_app

from marketplace.cli import Commands
from marketplace.web.jobs import Jobs

jobs_cli = Commands("jobs", help="Deliver notices, keep the search index, expire what is overdue.")


def _jobs() -> Jobs:
    jobs: Jobs = current_app.extensions["jobs"]
    return jobs


@jobs_cli.command("work")
def work() -> None:
    """Run jobs for ever; stops cleanly on SIGTERM."""
    _jobs().work()


@jobs_cli.command("drain")
def drain() -> None:
    """Run all that is due, then stop."""
    click.echo(f"{_jobs().drain()} jobs done")
