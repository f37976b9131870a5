"""Settings: one frozen dataclass, read from the environment once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

Environment = Literal["development", "test", "production"]
DEVELOPMENT_KEY = "development-only-key-that-production-refuses"
PREFIXES = ("GUYUB_", "MIDTRANS_", "DATABASE_", "RATE_", "MAIL_", "FILES_")
KNOWN_ELSEWHERE = frozenset({"GUYUB_DATA", "GUYUB_TEST_DATABASES"})

GATEWAYS = frozenset(
    {
        "midtrans_server_key",
        "midtrans_base_url",
        "xendit_secret_key",
        "xendit_callback_token",
        "xendit_base_url",
    }
)
MAY_BE_EMPTY = GATEWAYS | {"database_read_url", "redis_url", "clock_file"}
SHORTEST_TOKEN = 16


class UnsafeSettings(Exception):  # noqa: N818 - read by operators as a sentence
    """The environment asks for something that must not run. One line per problem."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that differs between two installations."""

    env: Environment = "development"
    database_url: str = "sqlite:///var/guyub.sqlite3"
    database_read_url: str | None = None
    redis_url: str | None = None
    secret_key: str = DEVELOPMENT_KEY
    public_url: str = "http://127.0.0.1:8000"
    trusted_hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
    files_url: str = "file:var/files"
    search_path: str = "var/search"
    mail_url: str = "console:"
    mail_from: str = "guyub@localhost"
    site_name: str = "Guyub"
    city: str = "Malang"
    midtrans_server_key: str | None = None
    midtrans_base_url: str | None = None
    xendit_secret_key: str | None = None
    xendit_callback_token: str | None = None
    xendit_base_url: str | None = None
    clock_file: str | None = None
    rate_limits: bool = True
    metrics_token: str | None = None
    port: int = 8000
    web_workers: int = 2
    web_threads: int = 4

    @property
    def is_production(self) -> bool:
        """Say whether strangers' money may pass through."""
        return self.env == "production"

    @property
    def https(self) -> bool:
        """Say whether visitors come by an encrypted address."""
        return self.public_url.startswith("https://")


NAMES = {
    "GUYUB_ENV": "env",
    **{field.name.upper(): field.name for field in fields(Settings) if field.name != "env"},
}


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings; refuse unknown names, unreadable values and unsafe production."""
    problems = _unknown_names(environment)
    values: dict[str, object] = {}
    for variable, name in NAMES.items():
        if variable in environment:
            try:
                values[name] = _value(name, environment[variable])
            except ValueError as error:
                problems.append(f"{variable}: {error}")
    if problems:
        raise UnsafeSettings(problems)
    settings = Settings(**values)  # type: ignore[arg-type]  # each value is checked by _value
    problems = unsafe(settings)
    if problems:
        raise UnsafeSettings(problems)
    return settings


def _unknown_names(environment: Mapping[str, str]) -> list[str]:
    return [
        f"{name}: no such setting"
        for name in sorted(environment)
        if name.startswith("GUYUB_") and name not in NAMES and name not in KNOWN_ELSEWHERE
    ]


def _value(name: str, text: str) -> object:
    if name == "env":
        if text not in ("development", "test", "production"):
            message = "must be development, test or production"
            raise ValueError(message)
        return text
    if name == "trusted_hosts":
        return tuple(host.strip() for host in text.split(",") if host.strip())
    if name == "rate_limits":
        if text not in ("on", "off"):
            message = "must be on or off"
            raise ValueError(message)
        return text == "on"
    if name in ("port", "web_workers", "web_threads"):
        number = int(text) if text.isascii() and text.isdigit() else 0
        if not 1 <= number <= 65535:
            message = "must be a whole number of at least 1"
            raise ValueError(message)
        return number
    return text or None if name in MAY_BE_EMPTY else text


def unsafe(settings: Settings) -> list[str]:
    """List what must not run as it is; an empty list is fit to start."""
    problems = []
    if settings.clock_file and settings.env != "test":
        problems.append("CLOCK_FILE: only allowed with GUYUB_ENV=test")
    if not settings.rate_limits and settings.env != "test":
        problems.append("RATE_LIMITS: may be off only with GUYUB_ENV=test")
    if not settings.database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
        problems.append("DATABASE_URL: must start with sqlite:/// or postgresql+psycopg://")
    if settings.xendit_secret_key and not settings.xendit_callback_token:
        problems.append("XENDIT_CALLBACK_TOKEN: needed with XENDIT_SECRET_KEY")
    return problems + (_unsafe_in_production(settings) if settings.is_production else [])


def _unsafe_in_production(settings: Settings) -> list[str]:
    host = urlsplit(settings.public_url).hostname or ""
    checks = (
        (
            settings.secret_key == DEVELOPMENT_KEY or len(settings.secret_key) < 32,
            "SECRET_KEY: needs at least 32 characters that nobody else knows",
        ),
        (not settings.https, "PUBLIC_URL: must be an https:// address"),
        (
            not settings.trusted_hosts or host not in settings.trusted_hosts,
            "TRUSTED_HOSTS: must name the host of PUBLIC_URL",
        ),
        ("*" in settings.trusted_hosts, "TRUSTED_HOSTS: must not be a wildcard"),
        (
            settings.mail_url.startswith("console:"),
            "MAIL_URL: console: reaches nobody; use smtp:// or file:",
        ),
    )
    return [problem for wrong, problem in checks if wrong] + _unsafe_gateways(settings)


def _unsafe_gateways(settings: Settings) -> list[str]:
    """List what would let play money pay, or real money be read or claimed by others."""
    token = settings.xendit_callback_token
    checks = (
        (
            (settings.midtrans_server_key or "").startswith("SB-"),
            "MIDTRANS_SERVER_KEY: is a sandbox key, with which nobody pays real money",
        ),
        (
            (settings.xendit_secret_key or "").startswith("xnd_development_"),
            "XENDIT_SECRET_KEY: is a test key, with which nobody pays real money",
        ),
        (
            token is not None and len(token) < SHORTEST_TOKEN,
            f"XENDIT_CALLBACK_TOKEN: needs at least {SHORTEST_TOKEN} characters",
        ),
        (_is_plain(settings.midtrans_base_url), "MIDTRANS_BASE_URL: must be an https:// address"),
        (_is_plain(settings.xendit_base_url), "XENDIT_BASE_URL: must be an https:// address"),
    )
    return [problem for wrong, problem in checks if wrong]


def _is_plain(address: str | None) -> bool:
    return address is not None and not address.startswith("https://")


def sqlite_path(settings: Settings) -> Path | None:
    """Give the file of an SQLite database, or None for PostgreSQL."""
    prefix = "sqlite:///"
    if not settings.database_url.startswith(prefix):
        return None
    return Path(settings.database_url.removeprefix(prefix))
