"""Closing an account: what it holds is erased, what others keep names nobody any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from marketplace.accounts.models import ApiToken, Notice, OneTimeLink, SignIn
from marketplace.accounts.service.signing_in import Proof, proven
from marketplace.kernel.errors import NotAllowed
from marketplace.kernel.ids import to_text
from marketplace.kernel.text import say
from marketplace.outbox import service as outbox

NOBODY = "Akun yang sudah ditutup"
HELD = (SignIn, ApiToken, OneTimeLink, Notice)


def close(session: Session, proof: Proof, *, at: datetime) -> None:
    """Erase who a person is and all they signed in with; the row stays for what points at it.

    The number and the address are free again: their owner may register anew, as somebody
    else. Posts and lines of registers are ended first, on the floors where they are known.
    """
    account = proven(session, proof)
    if account.is_operator or account.is_office:
        raise NotAllowed(say("Akun dinas dan operator ditutup lewat operator situs."))
    for model in HELD:
        session.execute(delete(model).where(model.account_id == account.id))
    account.name = NOBODY
    account.phone = account.email = account.password_hash = None
    account.closed_at = at
    session.flush()
    outbox.tell(session, "account.closed", at=at, account_id=to_text(account.id))
