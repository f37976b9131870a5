"""Everything that changes people: signing in, passwords, links, tokens, notices."""

from marketplace.accounts.service.closing import close
from marketplace.accounts.service.contacts import (
    EmailTaken,
    PhoneTaken,
    ask_email,
    change_phone,
    make_email_link,
    use_email_link,
)
from marketplace.accounts.service.forgetting import forget_what_is_over
from marketplace.accounts.service.links import (
    ask_reset,
    make_reset_link,
    use_reset_link,
)
from marketplace.accounts.service.notices import notify, read_notices
from marketplace.accounts.service.people import (
    change_password,
    choose_language,
    prepare_password,
    register,
    rename,
)
from marketplace.accounts.service.signing_in import (
    NotYourPassword,
    Proof,
    WrongPassword,
    end_other_sign_ins,
    end_sign_in,
    prove,
    prove_again,
    proven,
    sign_in,
    start_sign_in,
    touch,
)
from marketplace.accounts.service.tokens import create_token, revoke_token, token_person

__all__ = [
    "EmailTaken",
    "NotYourPassword",
    "PhoneTaken",
    "Proof",
    "WrongPassword",
    "ask_email",
    "ask_reset",
    "change_password",
    "change_phone",
    "choose_language",
    "close",
    "create_token",
    "end_other_sign_ins",
    "end_sign_in",
    "forget_what_is_over",
    "make_email_link",
    "make_reset_link",
    "notify",
    "prepare_password",
    "prove",
    "prove_again",
    "proven",
    "read_notices",
    "register",
    "rename",
    "revoke_token",
    "sign_in",
    "start_sign_in",
    "token_person",
    "touch",
    "use_email_link",
    "use_reset_link",
]
