"""The audit of every night, for all cooperatives."""

from __future__ import annotations

import structlog

from marketplace import audit
from marketplace.audit import kept
from marketplace.web.clock import now
from marketplace.web.transactions import transaction, unlocked

log = structlog.get_logger()


def audit_all() -> None:
    """Recompute everything while nobody waits for it, then keep what was found for each."""
    at = now()
    with unlocked() as session:
        findings = audit.run(session, at=at)
    with transaction() as session:
        kept.keep_for_all(session, findings, at=at)
    if findings:
        log.error("the audit found what is not true", findings=len(findings))
