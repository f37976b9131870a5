"""Everything that changes a cooperative, its places and the posts in it."""

from marketplace.cooperatives.service.founding import (
    create,
    open_shop,
    rename,
    reopen,
    suspend,
)
from marketplace.cooperatives.service.invites import (
    accept_invite,
    forget_invited,
    invite,
    revoke_invite,
)
from marketplace.cooperatives.service.payment import (
    remove_account,
    remove_qris,
    set_account,
    set_payment_terms,
    set_payout_days,
    set_qris,
    set_refund_limit,
    set_supply_margin,
)
from marketplace.cooperatives.service.places import (
    Place,
    add_point,
    change_point,
    close_between,
    retire_point,
    set_hours,
)
from marketplace.cooperatives.service.posts import end_post, give_post, reset_link
from marketplace.cooperatives.service.profile import (
    Profile,
    change_profile,
    move,
    set_banner,
    set_motif,
)

__all__ = [
    "Place",
    "Profile",
    "accept_invite",
    "add_point",
    "change_point",
    "change_profile",
    "close_between",
    "create",
    "end_post",
    "forget_invited",
    "give_post",
    "invite",
    "move",
    "open_shop",
    "remove_account",
    "remove_qris",
    "rename",
    "reopen",
    "reset_link",
    "retire_point",
    "revoke_invite",
    "set_account",
    "set_banner",
    "set_hours",
    "set_motif",
    "set_payment_terms",
    "set_payout_days",
    "set_qris",
    "set_refund_limit",
    "set_supply_margin",
    "suspend",
]
