"""Hashing passwords with argon2id, a few at a time.

A hash costs 19 MiB and some 25 ms on purpose; a flood of sign-ins must not take the
memory or the processors away from people who shop. Parameters: OWASP's minimum.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from marketplace.accounts.rules import normal_password
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.text import say

AT_ONCE = 2
PATIENCE_SECONDS = 5.0
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_turn = BoundedSemaphore(AT_ONCE)


class TooBusy(RuleBroken):
    """More people are signing in than this machine can hash for."""

    status = 503
    code = "busy"


@contextmanager
def _one_of_few() -> Generator[None]:
    if not _turn.acquire(timeout=PATIENCE_SECONDS):
        raise TooBusy(say("Sedang ramai sekali. Coba lagi sebentar lagi."))
    try:
        yield
    finally:
        _turn.release()


def hash_password(password: str) -> str:
    """Hash a password with a salt of its own."""
    with _one_of_few():
        return _HASHER.hash(normal_password(password))


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash("nobody has this password")


def is_right(stored: str | None, password: str) -> bool:
    """Check a password; without a stored hash it takes just as long, and is wrong."""
    with _one_of_few():
        try:
            _HASHER.verify(stored or _nobodys_hash(), normal_password(password))
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Say whether a hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(stored)
