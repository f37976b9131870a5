from __future__ import annotations

import pytest

from marketplace.config import Settings, UnsafeSettings, read_settings, unsafe

GOOD = {
    "GUYUB_ENV": "production",
    "SECRET_KEY": "k" * 40,
    "PUBLIC_URL": "https://guyub.example",
    "TRUSTED_HOSTS": "guyub.example",
    "DATABASE_URL": "postgresql+psycopg://guyub@db/guyub",
    "MAIL_URL": "smtp://mail.example:587",
}


def problems(**changes: str | None) -> list[str]:
    environment = {k: v for k, v in {**GOOD, **changes}.items() if v is not None}
    with pytest.raises(UnsafeSettings) as refused:
        read_settings(environment)
    return refused.value.problems


def test_nothing_set_is_a_safe_development_set_up():
    settings = read_settings({})

    assert (settings.env, settings.site_name, settings.rate_limits) == (
        "development",
        "Guyub",
        True,
    )
    assert unsafe(settings) == []


def test_a_complete_production_set_up_starts():
    settings = read_settings(GOOD)

    assert settings.is_production
    assert settings.https


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", None),
        ("SECRET_KEY", "short"),
        ("PUBLIC_URL", "http://guyub.example"),
        ("TRUSTED_HOSTS", "other.example"),
        ("TRUSTED_HOSTS", "guyub.example,*"),
        ("MAIL_URL", "console:"),
        ("RATE_LIMITS", "off"),
        ("CLOCK_FILE", "/tmp/clock"),
        ("DATABASE_URL", "mysql://x"),
        ("MIDTRANS_SERVER_KEY", "SB-Mid-server-CONTOH123"),
        ("MIDTRANS_BASE_URL", "http://127.0.0.1:9000"),
        ("XENDIT_BASE_URL", "http://127.0.0.1:9000"),
        ("XENDIT_SECRET_KEY", "xnd_development_CONTOH123"),
        ("XENDIT_CALLBACK_TOKEN", "pendek"),
    ],
)
def test_production_refuses_what_is_unsafe_with_a_line_that_names_it(name, value):
    found = problems(**{name: value})

    assert any(line.startswith(name) for line in found), found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GUYUB_ENV", "staging"),
        ("RATE_LIMITS", "maybe"),
        ("PORT", "0"),
        ("PORT", "99999"),
        ("WEB_WORKERS", "two"),
        ("WEB_THREADS", "²"),
        ("GUYUB_COLOUR", "blue"),
    ],
)
def test_what_cannot_be_read_or_is_unknown_is_refused(name, value):
    with pytest.raises(UnsafeSettings) as refused:
        read_settings({name: value})

    assert refused.value.problems[0].startswith(name)


def test_every_problem_is_told_at_once():
    assert (
        len(problems(SECRET_KEY="x", PUBLIC_URL="http://guyub.example", MAIL_URL="console:")) == 3
    )


def test_settings_cannot_be_changed():
    with pytest.raises(AttributeError):
        Settings().secret_key = "other"  # type: ignore[misc]


def test_the_clock_may_be_set_and_limits_lifted_only_under_test():
    settings = read_settings({"GUYUB_ENV": "test", "CLOCK_FILE": "clock", "RATE_LIMITS": "off"})

    assert (settings.clock_file, settings.rate_limits) == ("clock", False)


def test_a_gateway_whose_news_anybody_could_write_is_refused_everywhere():
    with pytest.raises(UnsafeSettings) as refused:
        read_settings({"XENDIT_SECRET_KEY": "xnd_development_CONTOH123"})

    assert refused.value.problems == ["XENDIT_CALLBACK_TOKEN: needed with XENDIT_SECRET_KEY"]


def test_a_gateway_that_is_set_to_nothing_is_not_set():
    settings = read_settings({**GOOD, "MIDTRANS_SERVER_KEY": "", "XENDIT_SECRET_KEY": ""})

    assert (settings.midtrans_server_key, settings.xendit_secret_key) == (None, None)
