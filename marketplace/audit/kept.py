"""Keeping what audits found: every night for all, and whenever a supervisor asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.audit import CHECKS, Finding
from marketplace.audit.models import AuditRun
from marketplace.cooperatives.models import Cooperative

SHOWN = 10


def keep(
    session: Session,
    cooperative_id: int,
    findings: Sequence[Finding],
    *,
    asked_by: UUID | None,
    at: datetime,
) -> AuditRun:
    """Keep what concerns one cooperative of what was found."""
    run = AuditRun(
        cooperative_id=cooperative_id,
        checks=len(CHECKS),
        findings=[
            [found.check, found.row, found.found]
            for found in findings
            if found.cooperative_id == cooperative_id
        ],
        asked_by=asked_by,
        at=at,
    )
    session.add(run)
    session.flush()
    return run


def keep_for_all(session: Session, findings: Sequence[Finding], *, at: datetime) -> int:
    """Keep a night's audit for every cooperative; returns how many there are."""
    everybody = session.scalars(select(Cooperative.id).order_by(Cooperative.id)).all()
    for cooperative_id in everybody:
        keep(session, cooperative_id, findings, asked_by=None, at=at)
    return len(everybody)


def latest(session: Session, cooperative_id: int) -> Sequence[AuditRun]:
    """List a cooperative's last audits, the newest first."""
    return session.scalars(
        select(AuditRun)
        .where(AuditRun.cooperative_id == cooperative_id)
        .order_by(AuditRun.at.desc(), AuditRun.id.desc())
        .limit(SHOWN)
    ).all()
