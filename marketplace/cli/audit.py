"""Whether every number is still true, recomputed on demand."""

from __future__ import annotations

import json
import sys

import click
from flask.cli import with_appcontext

from marketplace.audit import CHECKS, run
from marketplace.web.clock import now
from marketplace.web.transactions import reader


@click.command("audit")
@with_appcontext
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document instead of lines.")
def audit(*, as_json: bool) -> None:
    """Recompute every invariant and name each row that breaks one; exit 1 if any does."""
    findings = run(reader(), at=now())
    if as_json:
        told = [{"check": f.check, "row": f.row, "found": f.found} for f in findings]
        click.echo(json.dumps({"checks": len(CHECKS), "findings": told}, ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(str(finding))
        click.echo(f"{len(CHECKS)} checks, {len(findings)} findings")
    if findings:
        sys.exit(1)
