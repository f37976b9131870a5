"""Who may open a view. Every view wears exactly one of these; a test walks all routes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import current_app, g
from flask.typing import ResponseReturnValue
from flask_login import current_user

from marketplace.kernel.access import Permission
from marketplace.kernel.errors import NotAllowed, RuleBroken
from marketplace.kernel.text import say

GUARD = "__guard__"
P = ParamSpec("P")
R = TypeVar("R")
View = Callable[P, ResponseReturnValue]


class SignInNeeded(RuleBroken):
    """Nobody is signed in; pages lead to the sign-in form, programs get 401."""

    status = 401
    code = "sign_in_needed"

    def __init__(self) -> None:
        super().__init__(say("Masuk dulu untuk membuka halaman ini."))


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view that anyone may open."""
    setattr(view, GUARD, "public")
    return view


def is_public(endpoint: str | None) -> bool:
    """Say whether anyone may open this view."""
    return getattr(current_app.view_functions.get(endpoint or ""), GUARD, None) == "public"


def _guard(view: View[P], policy: object, check: Callable[[], None]) -> View[P]:
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not current_user.is_authenticated:
            raise SignInNeeded
        check()
        return view(*args, **kwargs)

    setattr(guarded, GUARD, policy)
    return guarded


def signed_in(view: View[P]) -> View[P]:
    """Let in anyone with an account."""
    return _guard(view, "signed in", lambda: None)


def requires(*permissions: Permission) -> Callable[[View[P]], View[P]]:
    """Let in whoever holds one of these permissions in the cooperative of the URL."""

    def check() -> None:
        if not set(permissions) & g.get("permissions", frozenset()):
            raise NotAllowed(say("Halaman ini untuk pengurus."))

    def decorate(view: View[P]) -> View[P]:
        return _guard(view, permissions, check)

    return decorate


def operator(view: View[P]) -> View[P]:
    """Let in those who run the site."""

    def check() -> None:
        if not current_user.is_operator:
            raise NotAllowed(say("Halaman ini untuk operator situs."))

    return _guard(view, "operator", check)


def office(view: View[P]) -> View[P]:
    """Let in the city office and those who run the site."""

    def check() -> None:
        if not (current_user.is_office or current_user.is_operator):
            raise NotAllowed(say("Halaman ini untuk dinas koperasi kota."))

    return _guard(view, "office", check)
