"""Indonesian is the source language, English is complete; the visitor chooses."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, request
from flask_babel import get_translations, gettext
from flask_login import current_user

from marketplace.kernel.text import Sentence
from marketplace.web.extensions import babel

LANGUAGES = ("id", "en")
COOKIE = "bahasa"


def language() -> str:
    """Name the language of this request: the visitor's choice, else Indonesian."""
    if "language" not in g:
        chosen = request.cookies.get(COOKIE)
        g.language = chosen if chosen in LANGUAGES else "id"
    found: str = g.language
    return found


def translate(message: Sentence | str) -> str:
    """Put a sentence of the domain into the visitor's language."""
    if isinstance(message, Sentence):
        values = {name: translate_value(value) for name, value in message.values.items()}
        return str(gettext(message.template, **values))
    return message


def translate_value(value: object) -> object:
    """Put a sentence inside a sentence into the visitor's language; leave the rest."""
    return translate(value) if isinstance(value, Sentence) else value


def install(app: Flask) -> None:
    """Bind Babel; Indonesian needs no catalogue, it is the source."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "id")
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Asia/Jakarta")
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(app.config["ROOT"] / "translations"))
    babel.init_app(app, locale_selector=language)
    catalogue: Any = app.jinja_env  # Jinja's i18n extension adds methods that it does not type
    catalogue.install_gettext_callables(_gettext, _ngettext, newstyle=True)
    app.jinja_env.globals["language"] = language
    app.jinja_env.filters["translate"] = translate


def _translations() -> Any:
    """Find the catalogue once for each request: a page asks for dozens of sentences."""
    if "translations" not in g:
        g.translations = get_translations()
    return g.translations


def _gettext(text: str) -> str:
    found: str = _translations().ugettext(text)
    return found


def _ngettext(singular: str, plural: str, number: int) -> str:
    found: str = _translations().ungettext(singular, plural, number)
    return found


def person_language() -> str:
    """Name the language for a message to the signed-in person."""
    return getattr(current_user, "language", None) or language()
