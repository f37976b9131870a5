"""The register of members."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from marketplace.api import cursors
from marketplace.api import queries as api_queries
from marketplace.api.blueprint import operation
from marketplace.api.schemas.members import (
    MemberPageSchema,
    MemberQuery,
    MemberRequest,
    MemberSchema,
)
from marketplace.api.views.values import read_at
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.phones import parse_phone
from marketplace.kernel.text import say
from marketplace.members import service
from marketplace.members.models import Member
from marketplace.members.queries import Shown
from marketplace.members.service import Entry
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader

PATH = "/cooperatives/<slug>/members"
SAID = ("id", "number", "name", "called", "trade", "phone", "address", "admitted_on", "left_on")


@operation(
    method="GET",
    path=PATH,
    summary=say("Daftar anggota"),
    guard=requires(Permission.SEE_MEMBERS),
    scope="members",
    asks=MemberQuery,
    gives=MemberPageSchema,
)
def list_members(asked: dict[str, Any], slug: str) -> dict[str, Any]:
    """List the register by number."""
    limit, after = asked["limit"], 0
    if asked["cursor"]:
        (after,) = cursors.decode(asked["cursor"], int)
    found = api_queries.members_after(
        reader(), here().id, after, shown=Shown(asked["shown"]), limit=limit + 1
    )
    shown = found[:limit]
    return {
        "items": [_said(member) for member in shown],
        "next_cursor": cursors.encode(shown[-1].number) if len(found) > limit else None,
    }


@operation(
    method="POST",
    path=PATH,
    summary=say("Catat anggota baru"),
    guard=requires(Permission.MANAGE_MEMBERS),
    scope="members",
    takes=MemberRequest,
    gives=MemberSchema,
    status=201,
    once=True,
    codes=("already_member",),
)
def admit_member(session: Session, body: dict[str, Any], slug: str) -> dict[str, Any]:
    """Write a new member into the register under the next number."""
    entry = Entry(
        name=body["name"],
        called=body["called"] or None,
        trade=body["trade"] or None,
        phone=read_at("phone", parse_phone, body["phone"]) if body["phone"] else None,
        address=body["address"] or None,
    )
    member = service.admit(session, here().id, entry, admitted_on=body["admitted_on"], at=now())
    return _said(member)


def _said(member: Member) -> dict[str, Any]:
    return {
        **{name: getattr(member, name) for name in SAID},
        "has_account": member.account_id is not None,
    }
