"""Secrets for links, cookies and tokens: 128 bits and more, kept only as hashes."""

from __future__ import annotations

import hashlib
import secrets


def new_secret() -> str:
    """Make a secret of 192 bits for a link, a cookie or a token."""
    return secrets.token_urlsafe(24)


def hashed(secret: str) -> str:
    """Give the form of a secret that may be stored; a plain hash will do for random bits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
