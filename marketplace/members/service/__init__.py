"""Everything that changes the register of members."""

from marketplace.members.service.joining import accept_invite, invite_member, link_account
from marketplace.members.service.register import AlreadyMember, Entry, admit, edit, leave

__all__ = [
    "AlreadyMember",
    "Entry",
    "accept_invite",
    "admit",
    "edit",
    "invite_member",
    "leave",
    "link_account",
]
