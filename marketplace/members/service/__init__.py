"""Everything that changes the register of members."""

from marketplace.members.service.closing import StillNeeded, close_account
from marketplace.members.service.joining import accept_invite, invite_member, link_account
from marketplace.members.service.register import AlreadyMember, Entry, admit, edit, leave

__all__ = [
    "AlreadyMember",
    "Entry",
    "StillNeeded",
    "accept_invite",
    "admit",
    "close_account",
    "edit",
    "invite_member",
    "leave",
    "link_account",
]
