"""Pages of the register, and the page that an invitation leads to."""

from marketplace.members.views import closing, invitations, member, register
from marketplace.members.views.blueprint import members

__all__ = ["closing", "invitations", "member", "members", "register"]
