"""How often strangers may try something."""

from __future__ import annotations

from flask import request

from marketplace.accounts.current import my_account_id
from marketplace.accounts.rules import read_login
from marketplace.kernel.errors import Invalid
from marketplace.web.extensions import caller

TRIES = "10/minute;100/hour"
TRIES_AT_ONE_LOGIN = "5/minute;20/hour"
TRIES_FROM_EVERYWHERE = "100/hour"
LINKS = "10/minute"
CHANGES = "5/hour"
DOWNLOADS = "10/hour"


def _typed_login() -> str:
    typed = request.form.get("login", "")[:200]
    try:
        return read_login(typed).text
    except Invalid:
        return typed.strip().lower()


def this_login_from_here() -> str:
    """Count tries at one login from one address: its owner elsewhere is not locked out."""
    return f"{caller()}|{_typed_login()}"


def this_login() -> str:
    """Count tries at one login from all addresses together."""
    return f"login|{_typed_login()}"


def this_person() -> str:
    """Count a person's tries from all addresses together: nobody walks through numbers."""
    return f"person|{my_account_id() or caller()}"
