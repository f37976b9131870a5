"""Which role may do what. One table, read by guards, templates and tests."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Role(Enum):
    """The post that a person holds in one cooperative."""

    CHAIR = "ketua"
    SECRETARY = "sekretaris"
    TREASURER = "bendahara"
    SUPERVISOR = "pengawas"
    SELLER = "penjual"
    MEMBER = "anggota"


OFFICERS = frozenset({Role.CHAIR, Role.SECRETARY, Role.TREASURER})


class Permission(Enum):
    """Something that a post may allow inside its cooperative."""

    SEE_BOARD = "see the order board"
    FULFIL_ORDERS = "accept, prepare and hand over orders"
    CONFIRM_PAYMENTS = "say that money has arrived"
    EDIT_OWN_LISTINGS = "write listings of one's own goods"
    EDIT_LISTINGS = "write all listings of the cooperative"
    SEE_MEMBERS = "read the member register"
    MANAGE_MEMBERS = "admit and release members, invite, give posts"
    MANAGE_COOPERATIVE = "change the cooperative's profile, hours and places"
    MANAGE_PAYMENTS = "change how the cooperative is paid"
    REQUEST_SUPPLIES = "ask for supplies"
    SEE_SUPPLIES = "see all members' supply requests"
    BUY_SUPPLIES = "open, lock and receive supply rounds"
    SEE_BOOKS = "read the books"
    KEEP_BOOKS = "write entries by hand, close months, change the chart of accounts"
    APPROVE_ENTRIES = "say yes to an entry that somebody else wrote"
    HAND_OVER_SUPPLIES = "hand supplies over against payment"
    GRANT_CREDIT = "decide how much a member may take on account"


_MEMBER = frozenset({Permission.REQUEST_SUPPLIES})
_SELLER = _MEMBER | {Permission.EDIT_OWN_LISTINGS}
_TREASURY = frozenset({Permission.MANAGE_PAYMENTS, Permission.KEEP_BOOKS, Permission.GRANT_CREDIT})
_OFFICER = frozenset(Permission) - _TREASURY

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.MEMBER: _MEMBER,
    Role.SELLER: _SELLER,
    Role.SUPERVISOR: _MEMBER
    | {Permission.SEE_BOARD, Permission.SEE_MEMBERS, Permission.SEE_SUPPLIES, Permission.SEE_BOOKS},
    Role.SECRETARY: _OFFICER,
    Role.TREASURER: _OFFICER | _TREASURY,
    Role.CHAIR: frozenset(Permission),
}


def permissions(roles: Iterable[Role]) -> frozenset[Permission]:
    """Join what several posts of one person allow; no post allows nothing."""
    return frozenset().union(*(GRANTS[role] for role in roles))
