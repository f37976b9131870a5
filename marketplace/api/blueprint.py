"""One operation of the API: its address, who may call it, what it takes, gives and refuses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

from flask import Response, jsonify, request
from flask_login import current_user
from flask_smorest import Blueprint  # type: ignore[import-untyped]
from marshmallow import Schema

from marketplace.accounts.current import me
from marketplace.api import idempotency
from marketplace.api.codes import CODES, by_status
from marketplace.api.reading import StrictParser
from marketplace.api.refusals import ScopeMissing, TokenRefused, refused
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.text import Sentence
from marketplace.web.extensions import caller, csrf, limiter

PREFIX = "/api/v1"
PROBLEM = "application/problem+json"
KEY_PARAMETER = "IdempotencyKey"  # by its name among the components
F = TypeVar("F", bound=Callable[..., Any])
Guard = Callable[[Any], Any]


class ApiBlueprint(Blueprint):  # type: ignore[misc]
    """Where all operations are gathered; bodies are read strictly."""

    ARGUMENTS_PARSER = StrictParser()


api = ApiBlueprint("api", __name__, url_prefix=PREFIX)
# Cookies do not count here (see accounts.current): without a token the caller is a guest,
# so no other site's page can act in a visitor's name.
csrf.exempt(api)
api.register_error_handler(RuleBroken, refused)


@api.before_request  # type: ignore[untyped-decorator]
def refuse_bad_token() -> None:
    """Tell whoever sends a token that opens nothing, instead of treating them as a guest."""
    if "Authorization" in request.headers and not current_user.is_authenticated:
        raise TokenRefused


def asking() -> str:
    """Name who is asking, for rate limits: the account behind a token, else the address."""
    return str(me().account_id) if current_user.is_authenticated else caller()


@dataclass(frozen=True, slots=True, kw_only=True)
class operation:  # noqa: N801 - used as a decorator
    """Make a view an operation. Its name in camelCase is the operationId.

    With ``once`` the view gets a session in an open transaction as its first argument, and
    repeating the request gives the first answer. ``keyed`` only asks for the key, where a
    service keeps the promise by itself. ``codes`` names what else may be refused.
    """

    method: str
    path: str
    summary: Sentence
    guard: Guard
    scope: str | None = None
    asks: type[Schema] | None = None
    takes: type[Schema] | None = None
    gives: type[Schema]
    status: int = 200
    once: bool = False
    keyed: bool = False
    limit: str | None = None
    codes: Sequence[str] = field(default=())

    def __call__(self, view: F) -> F:
        """Put the checks around the view, outermost first: rate, guard, scope, key, input."""
        documented: Any = self._answered(view)
        if self.takes:
            documented = api.arguments(self.takes)(documented)
        if self.asks:
            documented = api.arguments(self.asks, location="query")(documented)
        documented = api.doc(**self._document(view))(documented)
        guarded = self.guard(self._checked(documented))
        if self.limit:
            guarded = limiter.limit(self.limit, key_func=asking)(guarded)
        api.route(self.path, methods=[self.method])(guarded)
        return view

    def _checked(self, view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            check_scope(self.scope)
            if self.once or self.keyed:
                idempotency.key()
            return view(*args, **kwargs)

        return checked

    def _answered(self, view: Callable[..., Any]) -> Callable[..., Any]:
        schema = self.gives()

        @wraps(view)
        def answered(*args: Any, **kwargs: Any) -> Response:
            if self.once:
                return idempotency.once(
                    lambda session: dumped(schema, view(session, *args, **kwargs)),
                    status=self.status,
                )
            response = jsonify(dumped(schema, view(*args, **kwargs)))
            response.status_code = self.status
            return response

        return answered

    def _document(self, view: Callable[..., Any]) -> dict[str, Any]:
        return {
            "operationId": camel(view.__name__),
            "summary": self.summary.template,
            "description": (view.__doc__ or "").strip().split("\n\n")[0],
            "security": [{"token": []}] if self._needs_token else [{}, {"token": []}],
            "responses": {self.status: _success(self.gives), **_refusals(self._all_codes())},
            **({"parameters": [KEY_PARAMETER]} if self.once or self.keyed else {}),
            **({"x-scope": self.scope} if self.scope else {}),
        }

    @property
    def _needs_token(self) -> bool:
        return getattr(self.guard(lambda: None), "__guard__", None) != "public"

    def _all_codes(self) -> set[str]:
        """Gather what may be refused, as it follows from what the operation asks for."""
        keyed = self.once or self.keyed
        follows: list[tuple[object, set[str]]] = [
            (self._needs_token, {"sign_in_needed", "not_allowed"}),
            (self.scope, {"scope_missing"}),
            ("<" in self.path, {"not_found"}),
            (self.takes or self.asks, {"invalid"}),
            (self.method != "GET", {"too_large", "not_allowed"}),
            (self.takes, {"unsupported_media_type"}),
            (keyed, {"idempotency_key_missing", "idempotency_key_invalid"}),
            (keyed, {"key_reused", "key_in_use"}),
            (self.limit, {"too_many_requests"}),
        ]
        found = {"bad_request", "token_refused", "busy", *self.codes}
        return found.union(*(codes for asked, codes in follows if asked))


def camel(name: str) -> str:
    """Write a view's name as an operationId.

    >>> camel("list_supply_rounds")
    'listSupplyRounds'
    """
    first, *others = name.split("_")
    return first + "".join(part.capitalize() for part in others)


def check_scope(scope: str | None) -> None:
    """Refuse a token that was not made for this; guests have none to refuse."""
    if scope is None or not current_user.is_authenticated:
        return
    scopes = me().scopes
    if scopes is not None and scope not in scopes:
        raise ScopeMissing(scope)


def dumped(schema: Schema, found: object) -> dict[str, Any]:
    """Write an answer as its schema says."""
    answer: dict[str, Any] = schema.dump(found)
    return answer


def _success(schema: type[Schema]) -> dict[str, Any]:
    return {"description": "OK", "content": {"application/json": {"schema": schema}}}


def _refusals(codes: set[str]) -> dict[int, Any]:
    """Describe each status with the codes that come with it."""
    return {
        status: {
            "description": " ".join(f"`{code}`: {CODES[code][1].template}" for code in names),
            "x-codes": names,
            "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, names in by_status(codes).items()
    }
